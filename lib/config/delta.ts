/** What has to be written so that one document becomes another: the objects that differ, and ranks that moved. */
import { type CollectionPath, COLLECTIONS, type SingletonPath, SINGLETONS } from "../features/collections.ts";
import type { Document } from "../features/document.ts";
import { PatronusError } from "../model/error.ts";
import { type Part, parts, same, type Settings, settings } from "./parts.ts";
import { rerank } from "./rank.ts";

/** One object to write. `object` null: it is gone. `rank` undefined: it keeps its place. */
export interface Delta {
  readonly collection: CollectionPath | SingletonPath;
  /** "" for a singleton. */
  readonly id: string;
  readonly object: Part | Settings | null;
  readonly rank?: string;
}

/**
 * Compares by identity first: objects taken over from `before` cost nothing. `ranks` reads the ranks of an ordered
 * collection of `before`; it is asked only where the order differs.
 */
export function deltas(
  before: Document | null,
  after: Document,
  ranks: (collection: string) => ReadonlyMap<string, string>,
): Delta[] {
  const found: Delta[] = [];
  for (const singleton of SINGLETONS) {
    const object = settings(after, singleton);
    if (before === null || !same(settings(before, singleton), object)) {
      found.push({ collection: singleton.path, id: "", object, rank: "" });
    }
  }
  for (const { path, ordered } of COLLECTIONS) {
    const old = before === null ? [] : parts(before, path);
    const list = parts(after, path);
    if (old === list) continue;
    refuseTwice(path, list);
    const known = new Map(old.map((part) => [part.id, part]));
    const moved = ordered && orderDiffers(old, list)
      ? rerank(list.map(({ id }) => id), ranks(path))
      : new Map<string, string>();
    const left = new Set(known.keys());
    for (const part of list) {
      const rank = ordered ? moved.get(part.id) : `${part.name} ${part.id}`;
      left.delete(part.id);
      const previous = known.get(part.id);
      const unchanged = previous !== undefined && same(previous, part);
      if (unchanged && (!ordered || rank === undefined)) continue;
      found.push({ collection: path, id: part.id, object: part, ...(rank === undefined ? {} : { rank }) });
    }
    for (const id of left) found.push({ collection: path, id, object: null });
  }
  return found;
}

function orderDiffers(before: readonly Part[], after: readonly Part[]): boolean {
  return before.length !== after.length || before.some((part, index) => part.id !== after[index]?.id);
}

function refuseTwice(path: string, list: readonly Part[]): void {
  const seen = new Set<string>();
  for (const { id } of list) {
    if (seen.has(id)) throw new PatronusError("input", `the id ${id} occurs twice in ${path}`);
    seen.add(id);
  }
}
