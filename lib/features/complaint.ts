/** Complaints of a schema as findings, in the words of the field instead of zod's. */
import { z } from "zod";
import type { Finding } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";
import { SCHEMA_VERSION } from "./collections.ts";
import { error } from "./finding.ts";
import { fields, schemaAt } from "./shape.ts";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/** Prints the place of a path in the input. */
export type Place = (path: readonly PropertyKey[]) => string;

/** One issue that `schema` has with `input`; an issue about unknown keys becomes a finding for each. */
export function complaints(schema: Schema, issue: Issue, input: unknown, place: Place): Finding[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(schema, [...path, key], place));
  const field = schemaAt(schema, path);
  const found = at(input, path);
  const { message, hint } = words(issue, field, found);
  return [error(place(path), message, hint)];
}

interface Words {
  readonly message: string;
  readonly hint?: string | undefined;
}

function words(issue: Issue, field: Schema | null, found: unknown): Words {
  if (issue.path.length === 1 && issue.path[0] === "schema") {
    return { message: `this document has schema ${shown(found)}`, hint: `this program reads schema ${SCHEMA_VERSION}` };
  }
  const known = field === null ? [] : choices(field);
  if (found === undefined) {
    return { message: "is missing", hint: known.length === 0 ? undefined : `one of ${known.join(", ")}` };
  }
  switch (issue.code) {
    case "too_big":
    case "too_small":
      if (typeof found !== "number") return size(issue, found);
      return mismatch(field, known, found);
    case "invalid_type":
    case "invalid_value":
    case "invalid_union":
      return mismatch(field, known, found);
    default:
      // The schemas say themselves what a pattern or a test of theirs wants.
      return { message: `${shown(found)}: ${issue.message}` };
  }
}

/** Text or a list that is too long or too short. */
function size(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall, found: unknown): Words {
  const extent = typeof found === "string"
    ? `${found.length} characters`
    : `${Array.isArray(found) ? found.length : 1} entries`;
  const limit = issue.code === "too_big"
    ? `at most ${issue.maximum} are allowed`
    : `at least ${issue.minimum} are needed`;
  return { message: `has ${extent}, and ${limit}` };
}

/** A value of the wrong kind, or a word that is none of those known. */
function mismatch(field: Schema | null, known: readonly string[], found: unknown): Words {
  const near = typeof found === "string" ? nearest(found, known) : undefined;
  if (field === null) return { message: `${shown(found)} does not belong here` };
  const wanted = takes(field);
  return {
    message: known.length > 0 ? `${shown(found)} is not ${wanted}` : `expected ${wanted}, found ${kindOf(found)}`,
    hint: typeof found === "symbol"
      ? "write it as text in quotes"
      : near === undefined
      ? undefined
      : `did you mean ${near}?`,
  };
}

/** The words that an enumeration allows (of all branches of a union); empty for any other schema. */
function choices(schema: Schema): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "enum") return Object.values(def.entries).map(String);
  return def.type === "union" ? def.options.flatMap(choices) : [];
}

/** What a field takes: `a number from 0 to 255`, `one of tcp, udp or true or false`. */
function takes(schema: Schema): string {
  if (schema instanceof z.ZodNumber) {
    const { minValue, maxValue, isInt } = schema;
    const noun = isInt ? "a whole number" : "a number";
    return minValue !== null && maxValue !== null ? `${noun} from ${minValue} to ${maxValue}` : noun;
  }
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "enum") return `one of ${choices(schema).join(", ")}`;
  if (def.type === "union") return def.options.map(takes).join(" or ");
  return KINDS[def.type] ?? "a value of another kind";
}

function unknownKey(schema: Schema, path: readonly PropertyKey[], place: Place): Finding {
  const key = String(path.at(-1));
  const owner = schemaAt(schema, path.slice(0, -1));
  const keyed = path[0] === "zones" || path[0] === "aliases";
  const known = owner === null ? [] : Object.keys(fields(owner)).filter((name) => !(keyed && name === "name"));
  const near = nearest(key, known);
  return error(
    place(path),
    `unknown key ${key}`,
    near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${near}?`,
  );
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

/** Longest value that a message repeats in full. */
const LONGEST = 60;

function shown(value: unknown): string {
  const text = typeof value === "bigint" || typeof value === "number"
    ? String(value)
    : JSON.stringify(value) ?? kindOf(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  bigint: "a huge number",
  boolean: "true or false",
  array: "a list",
  object: "a table",
  // Whoever reads TOML puts one for each of its dates.
  symbol: "a date",
};

function kindOf(value: unknown): string {
  if (typeof value === "boolean") return String(value);
  return value === null ? "nothing (null)" : KINDS[Array.isArray(value) ? "array" : typeof value] ?? typeof value;
}
