/** Between the names that people type and the ids that the document holds. */
import { NAME } from "../model/id.ts";
import { type Finding, PatronusError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";
import { BUILT_IN_CHAINS, type ReferenceKind, type References } from "./collections.ts";
import type { Document } from "./document.ts";
import { either, error } from "./finding.ts";

interface Named {
  readonly id: string;
  readonly name: string;
}

/** All objects of a kind that have names. */
export function namedObjects(document: Document, kind: ReferenceKind): readonly Named[] {
  switch (kind) {
    case "interface":
      return document.interfaces;
    case "zone":
      return document.zones;
    case "alias":
      return document.aliases;
    case "chain":
      return document.firewall.chains;
  }
}

/** Gives each id its name; what is no id of the document stays as it is. */
export function nameLookup(document: Document): (reference: string) => string {
  const names = new Map<string, string>();
  for (const kind of ["chain", "alias", "zone", "interface"] as const) {
    for (const item of namedObjects(document, kind)) names.set(item.id, item.name);
  }
  return (reference) => {
    const [not, id] = reference.startsWith("!") ? ["!", reference.slice(1)] : ["", reference];
    return not + (names.get(id) ?? id);
  };
}

/** Says where a field stands. */
export type Placer = (field: string) => string;

/** As the command line's option: `--source-port`. */
const OPTION: Placer = (field) => `--${field.replaceAll(/[._]/g, "-")}`;

/**
 * Replaces the names in an object's fields by ids. Throws an input error where words could only be names and nothing is
 * called so: with all of them, and the nearest names.
 */
export function resolveNames(
  document: Document,
  references: References,
  object: Readonly<Record<string, unknown>>,
  placer: Placer = OPTION,
): Record<string, unknown> {
  const resolved: Record<string, unknown> = { ...object };
  const unknown: Finding[] = [];
  for (const [path, kinds] of Object.entries(references)) {
    const resolve = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(resolve);
      if (typeof value !== "string") return value;
      const id = idOf(document, kinds, value);
      if (id === null) unknown.push(unknownName(document, kinds, value, placer(path)));
      return id;
    };
    const [field = "", inner] = path.split(".");
    const value = resolved[field];
    if (inner === undefined) resolved[field] = resolve(value);
    else if (typeof value === "object" && value !== null) {
      const inside = (object: Readonly<Record<string, unknown>>) =>
        inner in object ? { ...object, [inner]: resolve(object[inner]) } : object;
      resolved[field] = Array.isArray(value) ? value.map(inside) : inside(value as Record<string, unknown>);
    }
  }
  const [first, ...more] = unknown;
  if (first === undefined) return resolved;
  if (more.length > 0) throw new PatronusError("input", "some words name nothing", { findings: unknown });
  throw new PatronusError("input", `${first.message} (${first.path})`, { hint: first.hint ?? "" });
}

/** The id that a word stands for, with its `!`; the word itself where it need not be a name, null where it must be one. */
function idOf(document: Document, kinds: readonly ReferenceKind[], word: string): string | null {
  const [not, name] = word.startsWith("!") ? ["!", word.slice(1)] : ["", word];
  if (kinds.includes("chain") && BUILT_IN_CHAINS.includes(name)) return word;
  const known = kinds.flatMap((kind) => namedObjects(document, kind));
  const found = known.find((item) => item.name === name) ?? known.find((item) => item.id === name);
  if (found !== undefined) return not + found.id;
  // Addresses and ports are never names; interfaces, zones and chains are never anything else.
  return kinds.includes("alias") && !NAME.test(name) ? word : null;
}

/** Most names that a hint lists. */
const MOST_NAMES = 12;

function unknownName(document: Document, kinds: readonly ReferenceKind[], word: string, option: string): Finding {
  const name = word.startsWith("!") ? word.slice(1) : word;
  const names = [
    ...kinds.flatMap((kind) => namedObjects(document, kind).map((item) => item.name)),
    ...(kinds.includes("chain") ? BUILT_IN_CHAINS : []),
  ];
  const label = either(kinds);
  const close = nearest(name, names);
  const list = names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(", ")}, …` : names.join(", ");
  const hint = close !== undefined
    ? `did you mean ${close}?`
    : names.length === 0
    ? `the document has no ${label} yet`
    : `there are ${list}`;
  return error(option, `there is no ${label} ${name}`, hint);
}
