/** The document as text: TOML for people, JSON for programs. */
import type { Document } from "../features/document.ts";
import { error } from "../features/finding.ts";
import { visibleJson } from "../model/visible.ts";
import { parse, TomlError } from "smol-toml";
import { repeatedKeys } from "./json_keys.ts";
import { printToml } from "./toml.ts";
import { fromWritten, type Reading, toWritten } from "./written.ts";

export type Format = "toml" | "json";

/** Reads a whole document. A syntax error is a finding that names the line; never throws. */
export function read(text: string, format: Format): Reading {
  let value: unknown;
  try {
    value = format === "json" ? JSON.parse(text) : parse(text);
  } catch (error) {
    return { document: null, findings: [{ severity: "error", path: "", ...syntaxError(error, text, format) }] };
  }
  const twice = format === "json" ? repeatedKeys(text) : [];
  const { document, findings } = fromWritten(value);
  if (twice.length === 0) return { document, findings };
  // TOML's parser refuses them by itself.
  const repeated = twice.map(({ place, key }) => error(place, `the key ${key} stands twice in one object`, "keep one"));
  return { document: null, findings: [...repeated, ...findings] };
}

/** Says what is wrong, where, and shows the line. */
function syntaxError(error: unknown, text: string, format: Format): { message: string; hint?: string } {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof TomlError)) return { message: `this is not ${format.toUpperCase()}: ${reason}` };
  const { line, column } = error;
  const [words = ""] = reason.replace(/^Invalid TOML document: /, "").split("\n");
  const source = shortened(text.split("\n")[line - 1]?.trim() ?? "");
  return {
    message: `this is not TOML: line ${line}, column ${column}: ${words}`,
    ...(source === "" ? {} : { hint: `the line is: ${source}` }),
  };
}

/** Characters of a line that are shown. */
const SHOWN = 100;

function shortened(line: string): string {
  return line.length > SHOWN ? `${line.slice(0, SHOWN)} …` : line;
}

/** Prints the written form; `read` gives the same document back. */
export function print(document: Document, format: Format): string {
  const written = toWritten(document);
  return format === "json" ? visibleJson(`${JSON.stringify(written, null, 2)}\n`) : printToml(written);
}
