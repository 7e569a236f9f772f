/**
 * Ranks: text keys that sort as their objects stand in a list, so that a move or an insertion writes one row.
 *
 * A rank is six digits of base 62, then more digits where two neighbours have come close. Digits are in ASCII order, so
 * that SQLite's binary comparison and JavaScript's agree. Appending steps by 62², which leaves room for 14 million.
 */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;
const WIDTH = 6;
const SIZE = BASE ** WIDTH;
const STEP = BASE ** 2;

/** Ranks longer than this are worth giving the whole list new ones. */
export const LONGEST = 64;

/** A rank between two others; null is the open end. */
export function between(low: string | null, high: string | null): string {
  const from = low === null ? null : head(low);
  const to = high === null ? null : head(high);
  if (from === null && to === null) return digits(SIZE / 2);
  if (to === null && from !== null && from + STEP < SIZE) return digits(from + STEP);
  if (from === null && to !== null && to - STEP > 0) return digits(to - STEP);
  const floor = from ?? 0, ceiling = to ?? SIZE;
  if (ceiling - floor > 1) return digits(Math.floor((floor + ceiling) / 2));
  const bound = ceiling === floor && high !== null ? high.slice(WIDTH) : null;
  return digits(floor) + middle(low === null ? "" : low.slice(WIDTH), bound);
}

/**
 * Ranks for a list in its new order: those that stand in ascending order keep theirs (as many as can be), the others get
 * new ones. Returns only what is new.
 */
export function rerank(ids: readonly string[], known: ReadonlyMap<string, string>): Map<string, string> {
  const kept = ascending(ids.map((id) => known.get(id)));
  const fresh = new Map<string, string>();
  let start = 0;
  for (let end = 0; end <= ids.length; end++) {
    if (end < ids.length && !kept.has(end)) continue;
    const low = start === 0 ? null : known.get(ids[start - 1] ?? "") ?? null;
    const high = end === ids.length ? null : known.get(ids[end] ?? "") ?? null;
    fill(ids.slice(start, end), low, high, fresh);
    start = end + 1;
  }
  if (![...fresh.values()].some((rank) => rank.length > LONGEST)) return fresh;
  const renewed = new Map<string, string>();
  fill(ids, null, null, renewed);
  return renewed;
}

/** Gives each of a run of neighbours a rank between two others. */
function fill(ids: readonly string[], low: string | null, high: string | null, into: Map<string, string>): void {
  if (ids.length === 0) return;
  if (low === null || high === null) {
    const run = high === null ? ids : ids.toReversed();
    let last = high === null ? low : high;
    for (const id of run) {
      last = high === null ? between(last, null) : between(null, last);
      into.set(id, last);
    }
    return;
  }
  const half = ids.length >> 1;
  const rank = between(low, high);
  into.set(ids[half] ?? "", rank);
  fill(ids.slice(0, half), low, rank, into);
  fill(ids.slice(half + 1), rank, high, into);
}

/** Indexes of a longest strictly ascending subsequence; what is undefined is never part of it. */
export function ascending<T extends string | number>(values: readonly (T | undefined)[]): Set<number> {
  const tails: number[] = [];
  const before = new Array<number>(values.length).fill(-1);
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    let low = 0, high = tails.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      const tail = values[tails[mid] ?? -1];
      if (tail !== undefined && tail < value) low = mid + 1;
      else high = mid;
    }
    before[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  }
  const found = new Set<number>();
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) found.add(index);
  return found;
}

/** Digits that sort between two tails; the result never ends in 0, or nothing would fit below it. */
function middle(low: string, high: string | null): string {
  let text = "";
  let bounded = high !== null;
  for (let index = 0;; index++) {
    const from = digit(low, index);
    const to = bounded && high !== null ? digit(high, index) : BASE;
    if (to - from > 1) return text + DIGITS.charAt((from + to) >> 1);
    text += DIGITS.charAt(from);
    if (to > from) bounded = false;
  }
}

function digit(text: string, index: number): number {
  return index < text.length ? DIGITS.indexOf(text.charAt(index)) : 0;
}

function head(rank: string): number {
  let value = 0;
  for (let index = 0; index < WIDTH; index++) value = value * BASE + digit(rank, index);
  return value;
}

function digits(value: number): string {
  let text = "";
  for (let rest = value, index = 0; index < WIDTH; index++, rest = Math.floor(rest / BASE)) {
    text = DIGITS.charAt(rest % BASE) + text;
  }
  return text;
}
