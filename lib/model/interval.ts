/** Sets of integers as inclusive intervals: address ranges, port ranges. */

export interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

/** Sorted, disjoint and not even touching: overlapping and adjacent intervals become one. */
export function mergeIntervals(intervals: Iterable<Interval>): Interval[] {
  const all = [...intervals];
  if (all.length < 2) return all;
  const sorted = all.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && next.from <= last.to + 1n) {
      if (next.to > last.to) merged[merged.length - 1] = { from: last.from, to: next.to };
    } else {
      merged.push(next);
    }
  }
  return merged;
}

/** What is in `minuend` and not in `subtrahend`; sorted and disjoint. */
export function subtractIntervals(minuend: Iterable<Interval>, subtrahend: Iterable<Interval>): Interval[] {
  const cuts = mergeIntervals(subtrahend);
  const rest: Interval[] = [];
  for (const { from, to } of mergeIntervals(minuend)) {
    let start = from;
    for (const cut of cuts) {
      if (cut.to < start) continue;
      if (cut.from > to) break;
      if (cut.from > start) rest.push({ from: start, to: cut.from - 1n });
      start = cut.to + 1n;
    }
    if (start <= to) rest.push({ from: start, to });
  }
  return rest;
}
