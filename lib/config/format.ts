/** The document as text: TOML for people, JSON for programs. */
import type { Document } from "../features/document.ts";
import { parse, TomlError } from "smol-toml";
import { printToml } from "./toml.ts";
import { fromWritten, type Reading, toWritten } from "./written.ts";

export type Format = "toml" | "json";

/** Reads a whole document. A syntax error is a finding that names the line; never throws. */
export function read(text: string, format: Format): Reading {
  let value: unknown;
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  try {
    value = format === "json" ? JSON.parse(plain) : parse(plain);
  } catch (error) {
    return { document: null, findings: [{ severity: "error", path: "", ...syntaxError(error, plain, format) }] };
  }
  return fromWritten(value);
}

/** Says what is wrong, where, and shows the line. */
function syntaxError(error: unknown, text: string, format: Format): { message: string; hint?: string } {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof TomlError)) return { message: `this is not ${format.toUpperCase()}: ${reason}` };
  const { line, column } = error;
  const [words = ""] = reason.replace(/^Invalid TOML document: /, "").split("\n");
  const source = text.split("\n")[line - 1]?.trim() ?? "";
  return {
    message: `this is not TOML: line ${line}, column ${column}: ${words}`,
    ...(source === "" ? {} : { hint: `the line is: ${source}` }),
  };
}

/** Prints the written form; `read` gives the same document back. */
export function print(document: Document, format: Format): string {
  const written = toWritten(document);
  return format === "json" ? `${JSON.stringify(written, null, 2)}\n` : printToml(written);
}
