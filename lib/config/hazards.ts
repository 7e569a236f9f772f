/** What no schema is to be shown. */
import { error } from "../features/finding.ts";
import type { Finding } from "../model/error.ts";
import type { Table } from "./table.ts";

/** Deeper than any document is. */
const DEEPEST = 16;

/** Keys that reach into JavaScript's objects, and absurd depth. */
export function hazards(value: unknown, place = "", depth = 0): Finding[] {
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  if (depth > DEEPEST) return [error(place, "the document is nested too deeply")];
  const found: Finding[] = [];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (typeof item === "object") found.push(...hazards(item, `${place}[${index}]`, depth + 1));
    }
    return found;
  }
  for (const [key, field] of Object.entries(value)) {
    const path = place === "" ? key : `${place}.${key}`;
    if (key === "__proto__") found.push(error(path, "unknown key __proto__"));
    else found.push(...hazards(field, path, depth + 1));
  }
  return found;
}

const DATE = Symbol("date");

/**
 * The value with a symbol for each of TOML's dates. A symbol fits no field; a date, which JavaScript holds as an object
 * without fields, would pass for an empty table. What has none in it is given back as it is.
 */
export function withoutDates(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return DATE;
  if (Array.isArray(value)) {
    const items = value.map((item) => typeof item === "object" ? withoutDates(item) : item);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  let result = value as Table;
  for (const [key, field] of Object.entries(value)) {
    const plain = withoutDates(field);
    if (plain !== field) result = { ...result, [key]: plain };
  }
  return result;
}
