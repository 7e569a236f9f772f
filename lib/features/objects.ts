/** Editing the lists of a document, the same way for every kind of object. All functions give a new document. */
import { PatronusError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";
import { type Collection, type CollectionPath, COLLECTIONS, NAMESPACES } from "./collections.ts";
import type { Document } from "./document.ts";
import { wordsAt } from "./reference.ts";

/** Any object of a list. */
export interface Item {
  readonly id: string;
  readonly name?: string;
  readonly enabled?: boolean;
  readonly chain?: string;
}

/** What people call one object of a list. */
export const NOUNS: Readonly<Record<CollectionPath, string>> = {
  interfaces: "interface",
  routes: "route",
  zones: "zone",
  aliases: "alias",
  "firewall.chains": "chain",
  "firewall.rules": "rule",
  "nat.rules": "NAT rule",
};

export function collection(path: CollectionPath): Collection {
  const found = COLLECTIONS.find((each) => each.path === path);
  if (found === undefined) throw new RangeError(`the document has no list ${path}`);
  return found;
}

export function itemsOf(document: Document, path: CollectionPath): readonly Item[] {
  switch (path) {
    case "interfaces":
      return document.interfaces;
    case "routes":
      return document.routes;
    case "zones":
      return document.zones;
    case "aliases":
      return document.aliases;
    case "firewall.chains":
      return document.firewall.chains;
    case "firewall.rules":
      return document.firewall.rules;
    case "nat.rules":
      return document.nat.rules;
  }
}

/** The document with another list in that place. The items must be of the list's own kind, as `validItem` gives them. */
export function withItems(document: Document, path: CollectionPath, items: readonly Item[]): Document {
  const sorted = collection(path).ordered ? items : [...items].sort((a, b) => (a.name ?? "") < (b.name ?? "") ? -1 : 1);
  const [section, list] = path.split(".");
  if (list === undefined) return { ...document, [path]: sorted };
  return section === "nat"
    ? { ...document, nat: { ...document.nat, [list]: sorted } as Document["nat"] }
    : { ...document, firewall: { ...document.firewall, [list]: sorted } as Document["firewall"] };
}

/** Ids that a new object of the list may not take: all of its namespace, and those that mean something else. */
export function takenIds(document: Document, path: CollectionPath): Set<string> {
  const { collections, reserved } = NAMESPACES.find((each) => each.collections.includes(path)) ??
    { collections: [path], reserved: [] };
  return new Set([...reserved, ...collections.flatMap((each) => itemsOf(document, each).map((item) => item.id))]);
}

/** Finds an object by name or id. Throws an input error that names the nearest. */
export function findItem(document: Document, path: CollectionPath, word: string): Item {
  const items = itemsOf(document, path);
  const found = items.find((item) => item.name === word) ?? items.find((item) => item.id === word);
  if (found !== undefined) return found;
  const close = nearest(word, items.map((item) => item.name ?? item.id));
  throw new PatronusError("input", `there is no ${NOUNS[path]} ${word}`, {
    hint: close === undefined ? `patronus ${listCommand(path)} shows what there is` : `did you mean ${close}?`,
  });
}

function listCommand(path: CollectionPath): string {
  const words: Readonly<Record<CollectionPath, string>> = {
    interfaces: "network list",
    routes: "route list",
    zones: "zone list",
    aliases: "alias list",
    "firewall.chains": "firewall show",
    "firewall.rules": "firewall list",
    "nat.rules": "nat list",
  };
  return words[path];
}

/** Where an object of an ordered list goes. */
export interface Position {
  readonly before?: string;
  readonly after?: string;
  readonly first?: boolean;
  readonly last?: boolean;
  /** Counted from 1 among those of the same chain. */
  readonly number?: number;
}

/** The list with an item put in at a position; last where none is given. */
export function placed(
  document: Document,
  path: CollectionPath,
  items: readonly Item[],
  item: Item,
  at: Position,
): Item[] {
  const index = indexOf(
    { ...at },
    (word) => {
      const id = findItem(document, path, word).id;
      return items.findIndex((each) => each.id === id);
    },
    items,
    item,
  );
  return [...items.slice(0, index), item, ...items.slice(index)];
}

function indexOf(at: Position, find: (word: string) => number, items: readonly Item[], item: Item): number {
  if (at.before !== undefined) return Math.max(0, find(at.before));
  if (at.after !== undefined) return find(at.after) + 1;
  if (at.first) return 0;
  if (at.number === undefined) return items.length;
  const same = items.flatMap((each, index) => each.chain === item.chain ? [index] : []);
  return same[Math.max(1, at.number) - 1] ?? items.length;
}

/** Everything that refers to an object, as places of the document. */
export function usersOf(document: Document, path: CollectionPath, id: string): string[] {
  const kind = collection(path).kind;
  if (kind === undefined) return [];
  const users: string[] = [];
  for (const other of COLLECTIONS) {
    for (const item of itemsOf(document, other.path)) {
      for (const [field, kinds] of Object.entries(other.references)) {
        if (kinds.includes(kind) && wordsAt(item, field).some(({ word }) => refersTo(word, id))) {
          users.push(`${other.path}[${item.name ?? item.id}].${field}`);
        }
      }
    }
  }
  if (kind !== "chain" && kind !== "alias" && document.firewall.anti_lockout.in.some((word) => refersTo(word, id))) {
    users.push("firewall.anti_lockout.in");
  }
  return users;
}

function refersTo(word: string, id: string): boolean {
  return word === id || word === `!${id}`;
}
