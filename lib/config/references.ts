/** References: names in the written form, ids in the normal form. */
import { COLLECTIONS, type ReferenceKind, type References, SINGLETONS } from "../features/collections.ts";
import type { Document } from "../features/document.ts";
import { assemble, byName, type Part, parts, settings } from "./parts.ts";

/** Translates one reference; what it does not know it gives back as it is. */
export type Translate = (kinds: readonly ReferenceKind[], word: string) => string;

/** A document as it was written, with ids for names, and with lists whose order means nothing in the order of their names. */
export function withIds(named: Document): Document {
  const ids = toIds(named);
  const lists = new Map(COLLECTIONS.map(({ path, references, ordered }) => {
    const list = parts(named, path).map((part) => translate(part, references, ids));
    return [path, ordered ? list : list.sort(byName)];
  }));
  const singletons = new Map(SINGLETONS.map((singleton) => [
    singleton.path,
    translate(settings(named, singleton), singleton.references, ids),
  ]));
  return assemble(lists, singletons);
}

/** From names to ids. A word that is no name may be an id already. */
export function toIds(document: Document): Translate {
  return translator(document, ({ name }) => String(name), ({ id }) => id);
}

/** From ids to names. */
export function toNames(document: Document): Translate {
  return translator(document, ({ id }) => id, ({ name }) => String(name));
}

function translator(document: Document, from: (part: Part) => string, to: (part: Part) => string): Translate {
  const words = new Map<ReferenceKind, Map<string, string>>();
  for (const { path, kind } of COLLECTIONS) {
    if (kind !== undefined) words.set(kind, new Map(parts(document, path).map((part) => [from(part), to(part)])));
  }
  return (kinds, word) => {
    for (const kind of kinds) {
      const found = words.get(kind)?.get(word);
      if (found !== undefined) return found;
    }
    return word;
  };
}

/** The object with its references translated; the same object where none changes. `!` in front stays. */
export function translate<T extends object>(object: T, references: References, to: Translate): T {
  if (Array.isArray(object)) {
    const changed = object.map((each) => translate(each, references, to));
    return changed.every((each, index) => each === object[index]) ? object : changed as unknown as T;
  }
  let result = object;
  for (const [field, kinds] of Object.entries(references)) {
    const [key = "", ...rest] = field.split(".");
    const value = (result as Tree)[key];
    const changed = rest.length > 0 && typeof value === "object" && value !== null
      ? translate(value, { [rest.join(".")]: kinds }, to)
      : translateValue(value, kinds, to);
    if (changed !== value) result = { ...result, [key]: changed };
  }
  return result;
}

function translateValue(value: unknown, kinds: readonly ReferenceKind[], to: Translate): unknown {
  if (typeof value === "string") return value.startsWith("!") ? `!${to(kinds, value.slice(1))}` : to(kinds, value);
  if (!Array.isArray(value)) return value;
  const changed = value.map((entry) => translateValue(entry, kinds, to));
  return changed.every((entry, index) => entry === value[index]) ? value : changed;
}

type Tree = Record<string, unknown>;
