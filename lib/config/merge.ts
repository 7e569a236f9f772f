/**
 * Three-way merge by object: what one side changed is taken, what both changed alike is taken once, and what both changed
 * differently is a conflict. Settings merge field by field. The order of an ordered list merges as moves.
 */
import { type Collection, COLLECTIONS, SINGLETONS } from "../features/collections.ts";
import type { Document } from "../features/document.ts";
import { assemble, byName, type Part, parts, same, settings } from "./parts.ts";
import { ascending } from "./rank.ts";

/** Two changes that do not go together. The merged document has `mine` there. */
export interface Conflict {
  /** As `firewall.rules[allow-web]`, `zones[inside]` or `firewall.default_input`. */
  readonly path: string;
  /** Id of the object; "" for settings. */
  readonly id: string;
  /** Speaks of the path: `was changed on both sides`. */
  readonly message: string;
}

/** The document is worth using only where there are no conflicts; check it again then. */
export function merge(
  base: Document,
  mine: Document,
  theirs: Document,
): { readonly document: Document; readonly conflicts: readonly Conflict[] } {
  const conflicts: Conflict[] = [];
  const lists = new Map<string, readonly Part[]>();
  for (const collection of COLLECTIONS) {
    const { path } = collection;
    const sides = [parts(base, path), parts(mine, path), parts(theirs, path)] as const;
    lists.set(path, mergeLists(collection, ...sides, conflicts));
  }
  const singletons = new Map(SINGLETONS.map((singleton) => [
    singleton.path,
    mergeFields(
      settings(base, singleton),
      settings(mine, singleton),
      settings(theirs, singleton),
      singleton.path,
      conflicts,
    ),
  ]));
  return { document: assemble(lists, singletons), conflicts };
}

type Fields = Readonly<Record<string, unknown>>;

function mergeFields(base: Fields, mine: Fields, theirs: Fields, path: string, conflicts: Conflict[]): Fields {
  const merged: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)])) {
    const [old, left, right] = [base[key], mine[key], theirs[key]];
    const place = `${path}.${key}`;
    let value: unknown;
    if (isTable(old) && isTable(left) && isTable(right)) value = mergeFields(old, left, right, place, conflicts);
    else if (same(left, right) || same(old, right)) value = left;
    else if (same(old, left)) value = right;
    else {
      value = left;
      conflicts.push({ path: place, id: "", message: "was changed on both sides" });
    }
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function mergeLists(
  { path, ordered }: Collection,
  base: readonly Part[],
  mine: readonly Part[],
  theirs: readonly Part[],
  conflicts: Conflict[],
): readonly Part[] {
  if (base === theirs) return mine;
  if (base === mine) return theirs;
  const [old, left, right] = [byId(base), byId(mine), byId(theirs)];
  const merged = new Map<string, Part>();
  for (const id of new Set([...left.keys(), ...right.keys()])) {
    const part = mergePart(old.get(id), left.get(id), right.get(id), (message) => {
      conflicts.push({ path: `${path}[${id}]`, id, message: `was ${message}` });
    });
    if (part !== undefined) merged.set(id, part);
  }
  if (!ordered) return [...merged.values()].sort(byName);
  const order = mergeOrder(base.map(({ id }) => id), mine.map(({ id }) => id), theirs.map(({ id }) => id), (id) => {
    conflicts.push({
      path: `${path}[${id}]`,
      id,
      message: "was moved to different places on both sides",
    });
  });
  return order.flatMap((id) => merged.get(id) ?? []);
}

function mergePart(
  old: Part | undefined,
  left: Part | undefined,
  right: Part | undefined,
  conflict: (message: string) => void,
): Part | undefined {
  if (same(left, right) || same(old, right)) return left;
  if (same(old, left)) return right;
  if (old === undefined) conflict("added on both sides with different content");
  else if (left === undefined) conflict("deleted here and changed there");
  else if (right === undefined) conflict("changed here and deleted there");
  else conflict("changed on both sides");
  return left ?? right;
}

/**
 * Takes their order and puts into it what I moved or added, each behind the neighbour that it follows in mine. Contains
 * every id of either side.
 */
function mergeOrder(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
  conflict: (id: string) => void,
): string[] {
  const [left, right] = [moves(base, mine), moves(base, theirs)];
  const here = new Set(mine), there = new Set(theirs), was = new Set(base);
  for (const [id, after] of left) {
    if (was.has(id) && right.has(id) && right.get(id) !== after) conflict(id);
  }
  // Mine decides the place of what I moved, of what only I have, and of what both added.
  const placed = mine.filter((id) => left.has(id) || !there.has(id));
  const order = theirs.filter((id) => !(left.has(id) && here.has(id)));
  const position = new Map(order.map((id, index) => [id, index]));
  const behind = new Map<number, string[]>();
  const anchors = new Map<string, number>();
  const places = new Map(mine.map((id, index) => [id, index]));
  // What I added stays with its neighbour wherever they move that; what I moved keeps to a neighbour that they left alone.
  const followed = (id: string): string | null => {
    let place = (places.get(id) ?? 0) - 1;
    if (was.has(id)) { while (place >= 0 && right.has(mine[place] ?? "")) place--; }
    return mine[place] ?? null;
  };
  for (const id of placed) {
    const neighbour = followed(id);
    const anchor = neighbour === null ? -1 : anchors.get(neighbour) ?? position.get(neighbour) ?? -1;
    anchors.set(id, anchor);
    behind.set(anchor, [...behind.get(anchor) ?? [], id]);
  }
  return [...behind.get(-1) ?? [], ...order.flatMap((id, index) => [id, ...behind.get(index) ?? []])];
}

/** What stands in another place than before, or is new: its id and the older object that it now follows (null: none). */
function moves(base: readonly string[], list: readonly string[]): Map<string, string | null> {
  const index = new Map(base.map((id, place) => [id, place]));
  const stayed = ascending(list.map((id) => index.get(id)));
  const found = new Map<string, string | null>();
  let last: string | null = null;
  for (const [place, id] of list.entries()) {
    if (!stayed.has(place)) found.set(id, last);
    if (index.has(id)) last = id;
  }
  return found;
}

function byId(list: readonly Part[]): Map<string, Part> {
  return new Map(list.map((part) => [part.id, part]));
}

function isTable(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
