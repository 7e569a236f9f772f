/** What lists of all features share: counters in few characters, and objects in their written form. */
import type { Text } from "../model/command.ts";
import type { CollectionPath } from "./collections.ts";
import type { Reading } from "./session.ts";

/** `950`, `1.2k`, `34M`: at most four characters. */
export function count(value: number): string {
  return scaled(value, 1000, ["", "k", "M", "G", "T", "P"]);
}

/** Bytes with binary units: `1.5Ki`. */
export function bytes(value: number): string {
  return scaled(value, 1024, ["", "Ki", "Mi", "Gi", "Ti", "Pi"]);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (rest >= step - 0.5 && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  const digits = unit > 0 && rest < 9.95 ? rest.toFixed(1) : String(Math.round(rest));
  return `${digits}${units[unit] ?? ""}`;
}

/** Packets and bytes as two cells; empty where nothing was read. */
export function counterCells(reading: Reading | undefined, readable: boolean): [Text, Text] {
  if (!readable) return ["", ""];
  if (reading === undefined || reading.packets === 0) return [{ text: "0", tone: "dim" }, { text: "0", tone: "dim" }];
  return [count(reading.packets), bytes(reading.bytes)];
}

/** The objects of one list out of a document's written form; those of a table get their name as a field. */
export function writtenItems(
  written: Readonly<Record<string, unknown>>,
  path: CollectionPath,
): Record<string, unknown>[] {
  let value: unknown = written;
  for (const key of path.split(".")) value = isRecord(value) ? value[key] : undefined;
  if (Array.isArray(value)) return value.filter(isRecord);
  if (!isRecord(value)) return [];
  return Object.entries(value).map(([name, fields]) => ({ name, ...(isRecord(fields) ? fields : {}) }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
