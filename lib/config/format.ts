/** The document as text: TOML for people, JSON for programs. */
import type { Document } from "../features/document.ts";
import { parse } from "../std/toml.ts";
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
    const message = `this is not ${format === "json" ? "JSON" : "TOML"}: ${
      error instanceof Error ? error.message : error
    }`;
    return { document: null, findings: [{ severity: "error", path: "", message }] };
  }
  return fromWritten(value);
}

/** Prints the written form; `read` gives the same document back. */
export function print(document: Document, format: Format): string {
  const written = toWritten(document);
  return format === "json" ? `${JSON.stringify(written, null, 2)}\n` : printToml(written);
}
