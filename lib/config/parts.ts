/** The document as its parts: objects in collections, and settings that exist once. */
import {
  type Collection,
  type CollectionPath,
  COLLECTIONS,
  type Singleton,
  SINGLETONS,
} from "../features/collections.ts";
import type { Document } from "../features/document.ts";
import { EMPTY } from "../features/empty.ts";

/** An object of a collection; its schema says what else it holds. */
export interface Part {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Settings that exist once, without the lists that stand beside them in the written form. */
export type Settings = Readonly<Record<string, unknown>>;

/** The objects of a collection, in their order. */
export function parts(document: Document, path: CollectionPath): readonly Part[] {
  const [section = "", list] = path.split(".");
  const value = (document as unknown as Tree)[section];
  return (list === undefined ? value : (value as Tree)[list]) as readonly Part[];
}

/** What a singleton holds, without the collections inside its section. */
export function settings(document: Document, { path }: Singleton): Settings {
  const section = (document as unknown as Tree)[path] as Tree;
  const lists = new Set(
    COLLECTIONS.filter((collection) => collection.path.startsWith(`${path}.`)).map(({ path }) => path),
  );
  return Object.fromEntries(
    Object.entries(section).filter(([field]) => !lists.has(`${path}.${field}` as CollectionPath)),
  );
}

/** Puts a document together. What is missing in either map is empty or takes its defaults. */
export function assemble(
  lists: ReadonlyMap<string, readonly unknown[]>,
  singletons: ReadonlyMap<string, unknown>,
): Document {
  const whole: Tree = Object.fromEntries(
    Object.entries(EMPTY).map(([key, value]) => [key, isTree(value) ? { ...value } : value]),
  );
  for (const { path } of SINGLETONS) Object.assign(whole[path] as Tree, singletons.get(path));
  for (const { path } of COLLECTIONS) {
    const [section = "", list] = path.split(".");
    const objects = lists.get(path) ?? [];
    if (list === undefined) whole[section] = objects;
    else (whole[section] as Tree)[list] = objects;
  }
  return whole as unknown as Document;
}

/** The same document with the collections whose order means nothing sorted by name, as normal form wants them. */
export function sorted(document: Document): Document {
  const lists = new Map<string, readonly unknown[]>();
  let changed = false;
  for (const collection of COLLECTIONS) {
    const list = parts(document, collection.path);
    const done = isSorted(collection, list);
    lists.set(collection.path, done ? list : list.toSorted(byName));
    if (!done) changed = true;
  }
  if (!changed) return document;
  return assemble(lists, new Map(SINGLETONS.map((singleton) => [singleton.path, settings(document, singleton)])));
}

function isSorted(collection: Collection, list: readonly Part[]): boolean {
  if (collection.ordered) return true;
  for (let index = 1; index < list.length; index++) {
    const before = list[index - 1], after = list[index];
    if (before !== undefined && after !== undefined && byName(before, after) > 0) return false;
  }
  return true;
}

/** Orders objects of a collection whose order means nothing. */
export function byName(a: Part, b: Part): number {
  const left = `${a.name} ${a.id}`, right = `${b.name} ${b.id}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether two JSON values are the same; a field that is undefined counts as absent. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!same(a[index], b[index])) return false;
    return true;
  }
  const left = a as Tree, right = b as Tree;
  for (const key in left) if (!same(left[key], Object.hasOwn(right, key) ? right[key] : undefined)) return false;
  for (const key in right) if (right[key] !== undefined && !Object.hasOwn(left, key)) return false;
  return true;
}

/** JSON with keys in alphabetical order: equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, field) => {
    if (typeof field !== "object" || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Makes a document's objects and lists immutable, so that a change behind the store's back fails loudly. */
export function freeze(document: Document): Document {
  for (const { path } of COLLECTIONS) {
    const list = parts(document, path);
    // What is frozen was frozen with all that is in it.
    if (Object.isFrozen(list)) continue;
    for (const part of list) Object.freeze(part);
    Object.freeze(list);
  }
  for (const section of Object.values(document)) Object.freeze(section);
  return Object.freeze(document);
}

type Tree = Record<string, unknown>;

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
