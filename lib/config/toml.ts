/** Prints plain values as TOML 1.0, the way people write it: short lists on one line, long ones one value to a line. */
import { escapeHidden } from "../model/visible.ts";

type Table = Readonly<Record<string, unknown>>;

/** Widest line of a list, as everywhere in the project. */
const WIDTH = 120;

/** Keys stay in their order, except that the plain values of a table come before the tables inside it. */
export function printToml(table: Table): string {
  const blocks: string[] = [];
  print(table, [], "", blocks);
  return `${blocks.join("\n\n")}\n`;
}

function print(table: Table, path: readonly string[], header: string, blocks: string[]): void {
  const inner = Object.entries(table).filter(([, value]) => isTable(value) || isTables(value));
  const plain = Object.entries(table).filter(([, value]) => value !== undefined && !isTable(value) && !isTables(value));
  const lines = plain.map(([key, value]) => entry(key, value));
  // A header whose only content are other tables says nothing, unless it begins an element of a list.
  const needed = lines.length > 0 || inner.length === 0 || header.startsWith("[[");
  if (needed) blocks.push((header === "" ? lines : [header, ...lines]).join("\n"));
  for (const [key, value] of inner) printInner(key, value, path, blocks);
}

function printInner(key: string, value: unknown, path: readonly string[], blocks: string[]): void {
  const steps = [...path, keyText(key)];
  const name = steps.join(".");
  if (isTable(value)) print(value, steps, `[${name}]`, blocks);
  else if (isTables(value)) { for (const item of value) print(item, steps, `[[${name}]]`, blocks); }
}

function entry(key: string, value: unknown): string {
  const line = `${keyText(key)} = ${valueText(value)}`;
  if (line.length <= WIDTH || !Array.isArray(value)) return line;
  return `${keyText(key)} = [\n${value.map((item) => `  ${valueText(item)},\n`).join("")}]`;
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

function valueText(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (isTable(value)) return `{ ${Object.entries(value).map(([key, item]) => entry(key, item)).join(", ")} }`;
  return String(value);
}

const SHORT: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/** A basic string: quotes and backslashes are escaped, and whatever would not show in an editor or a terminal. */
function quoted(text: string): string {
  const escaped = text.replace(/[\b\t\n\f\r"\\]/g, (character) => SHORT[character] ?? character);
  return `"${escapeHidden(escaped, escapeOf)}"`;
}

/** TOML escapes no halves of surrogate pairs, and has no text with one. */
function escapeOf(codePoint: number): string {
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return "\ufffd";
  const digits = codePoint.toString(16);
  return codePoint > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTables(value: unknown): value is readonly Table[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}
