/** Complaints of the schema as findings, in plain words. */
import type { z } from "zod";
import { document as schema } from "../features/document.ts";
import type { Finding } from "../model/error.ts";
import { nearest } from "./nearest.ts";
import { choices, fields, schemaAt } from "./shape.ts";

type Issue = z.core.$ZodIssue;

/** `input` is what was parsed; `place` prints a path with ids and names for indexes. */
export function complaints(issue: Issue, input: unknown, place: (path: readonly PropertyKey[]) => string): Finding[] {
  const path = issue.path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], place));
  const found = at(input, path);
  const error = (message: string, hint?: string): Finding[] => [
    { severity: "error", path: place(path), message, ...(hint === undefined ? {} : { hint }) },
  ];
  if (path.length === 1 && path[0] === "schema") {
    return error(`this document has schema ${shown(found)}`, "this program reads schema 1");
  }
  const target = schemaAt(schema, path);
  const words = target === null ? [] : choices(target);
  if (found === undefined) return error("is missing", words.length > 0 ? `one of ${words.join(", ")}` : undefined);
  if (words.length > 0) {
    const near = typeof found === "string" ? nearest(found, words) : null;
    const other = issue.code === "invalid_union" ? " or another kind of value that the field takes" : "";
    return error(
      `${shown(found)} is not one of ${words.join(", ")}${other}`,
      near === null ? undefined : `did you mean ${near}?`,
    );
  }
  if (issue.code === "invalid_type") return error(`expected ${kind(issue.expected)}, found ${kindOf(found)}`);
  if (issue.code === "too_big") return error(`is too long or too big: at most ${issue.maximum}`);
  if (issue.code === "too_small") return error(`is too short or too small: at least ${issue.minimum}`);
  if (issue.message === "Invalid input") return error(`${shown(found)} is no value that this field takes`);
  return error(`${shown(found)}: ${issue.message}`);
}

function unknownKey(path: readonly PropertyKey[], place: (path: readonly PropertyKey[]) => string): Finding {
  const key = String(path.at(-1));
  const owner = schemaAt(schema, path.slice(0, -1));
  const keyed = path[0] === "zones" || path[0] === "aliases";
  const known = owner === null ? [] : Object.keys(fields(owner)).filter((name) => !(keyed && name === "name"));
  const near = nearest(key, known);
  return {
    severity: "error",
    path: place(path),
    message: `unknown key ${key}`,
    hint: near === null ? `known here: ${known.join(", ")}` : `did you mean ${near}?`,
  };
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const step of path) {
    // A single value stands for a list of one.
    if (typeof step === "number" && !Array.isArray(here)) continue;
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[step];
  }
  return here;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a table",
};

function kind(name: string): string {
  return KINDS[name] ?? name;
}

function kindOf(value: unknown): string {
  return value === null ? "nothing (null)" : kind(Array.isArray(value) ? "array" : typeof value);
}
