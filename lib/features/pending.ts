/** Which objects of a candidate differ from what the machine runs. */
import type { Text } from "../model/command.ts";
import type { Item } from "./objects.ts";

export type Pending = "added" | "changed" | "moved" | "removed";

/** The mark that lists show in front of an object. */
export const MARKS: Readonly<Record<Pending, Text>> = {
  added: { text: "+", tone: "good" },
  changed: { text: "~", tone: "warn" },
  moved: { text: "↕", tone: "warn" },
  removed: { text: "-", tone: "bad" },
};

/**
 * Differences by id. `after` is the candidate's list, `before` the running one, null where nothing runs yet (then nothing
 * is marked). In an ordered list as few objects as possible count as moved.
 */
export function pendingChanges(
  before: readonly Item[] | null,
  after: readonly Item[],
  ordered: boolean,
): Map<string, Pending> {
  const pending = new Map<string, Pending>();
  if (before === null) return pending;
  const old = new Map(before.map((item, index) => [item.id, { item, index }]));
  const kept = after.flatMap((item) => old.get(item.id)?.index ?? []);
  const still = new Set(ordered ? longestRising(kept) : kept);
  for (const item of after) {
    const was = old.get(item.id);
    if (was === undefined) pending.set(item.id, "added");
    else if (was.item !== item && JSON.stringify(was.item) !== JSON.stringify(item)) pending.set(item.id, "changed");
    else if (!still.has(was.index)) pending.set(item.id, "moved");
    old.delete(item.id);
  }
  for (const id of old.keys()) pending.set(id, "removed");
  return pending;
}

/** A longest rising part of a list of different numbers, by patience sorting. */
export function longestRising(numbers: readonly number[]): number[] {
  const ends: number[] = [];
  const before = new Map<number, number | undefined>();
  for (const number of numbers) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    before.set(number, ends[low - 1]);
    ends[low] = number;
  }
  const rising: number[] = [];
  for (let number = ends.at(-1); number !== undefined; number = before.get(number)) rising.push(number);
  return rising.reverse();
}
