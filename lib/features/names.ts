/** Between the names that people type and the ids that the document holds. */
import { NAME } from "../model/id.ts";
import { PatronusError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";
import { BUILT_IN_CHAINS, type ReferenceKind, type References } from "./collections.ts";
import type { Document } from "./document.ts";

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

/**
 * Replaces the names in an object's fields by ids. Throws an input error with the nearest name where a word could only be
 * a name and nothing is called so.
 */
export function resolveNames(
  document: Document,
  references: References,
  object: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const resolved: Record<string, unknown> = { ...object };
  for (const [path, kinds] of Object.entries(references)) {
    const [field = "", inner] = path.split(".");
    const value = resolved[field];
    if (inner !== undefined) {
      if (typeof value !== "object" || value === null) continue;
      resolved[field] = resolveNames(document, { [inner]: kinds }, value as Record<string, unknown>);
    } else if (typeof value === "string") {
      resolved[field] = resolveName(document, kinds, field, value);
    } else if (Array.isArray(value)) {
      resolved[field] = value.map((each) =>
        typeof each === "string" ? resolveName(document, kinds, field, each) : each
      );
    }
  }
  return resolved;
}

function resolveName(document: Document, kinds: readonly ReferenceKind[], field: string, word: string): string {
  const [not, name] = word.startsWith("!") ? ["!", word.slice(1)] : ["", word];
  if (kinds.includes("chain") && BUILT_IN_CHAINS.includes(name)) return word;
  const known = kinds.flatMap((kind) => namedObjects(document, kind));
  const found = known.find((item) => item.name === name) ?? known.find((item) => item.id === name);
  if (found !== undefined) return not + found.id;
  // Addresses and ports are never names; interfaces, zones and chains are never anything else.
  if (kinds.includes("alias") && !NAME.test(name)) return word;
  const names = [...known.map((item) => item.name), ...(kinds.includes("chain") ? BUILT_IN_CHAINS : [])];
  const close = nearest(name, names);
  const list = names.length > 12 ? `${names.slice(0, 12).join(", ")}, …` : names.join(", ");
  const label = kinds.join(" or ");
  throw new PatronusError("input", `there is no ${label} ${name} (--${field.replaceAll("_", "-")})`, {
    hint: close !== undefined
      ? `did you mean ${close}?`
      : names.length === 0
      ? `the document has no ${label} yet`
      : `there are ${list}`,
  });
}
