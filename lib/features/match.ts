/** The matches that rules are put together from, each as the statements of one kernel rule. */
import type { Family } from "../model/address.ts";
import type { Interval } from "../model/interval.ts";
import { NFPROTO_IPV4, NFPROTO_IPV6 } from "../nft/datatype.ts";
import type { Element, Load, MetaKey, PayloadField, Statement, Value } from "../nft/ruleset.ts";

export const meta = (key: MetaKey): Load => METAS.get(key) ?? kept(METAS, key, { load: "meta", key });
export const payload = (field: PayloadField): Load =>
  PAYLOADS.get(field) ?? kept(PAYLOADS, field, { load: "payload", field });

/** Ten thousand rules share a dozen loads. */
const METAS = new Map<MetaKey, Load>();
const PAYLOADS = new Map<PayloadField, Load>();

function kept<Key>(loads: Map<Key, Load>, key: Key, load: Load): Load {
  loads.set(key, load);
  return load;
}

export function equals(load: Load, value: Value, negate = false): Statement {
  return { kind: "match", load, op: negate ? "!=" : "==", value };
}

export const COUNTER: Statement = { kind: "counter", packets: 0, bytes: 0 };
export const ACCEPT: Statement = { kind: "verdict", verdict: { type: "accept" } };
export const DROP: Statement = { kind: "verdict", verdict: { type: "drop" } };

export function jump(chain: string): Statement {
  return { kind: "verdict", verdict: { type: "jump", chain } };
}

const FAMILIES: Readonly<Record<Family, Statement>> = {
  4: equals(meta("nfproto"), NFPROTO_IPV4),
  6: equals(meta("nfproto"), NFPROTO_IPV6),
};

export function ofFamily(family: Family): Statement {
  return FAMILIES[family];
}

/** One of several values: a plain comparison for one, else a set inside the rule. */
export function oneOf(load: Load, values: readonly Value[], negate = false): Statement {
  const sorted = values.length === 1 ? values : [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const [only] = sorted;
  if (sorted.length === 1 && only !== undefined) return equals(load, only, negate);
  const set = { elements: sorted.map((value): Element => ({ key: [value] })) };
  return { kind: "lookup", loads: [load], set, ...(negate ? { negate } : {}) };
}

/** In one of several disjoint intervals: a comparison, a prefix, a range, or a set inside the rule. */
export function inIntervals(load: Load, intervals: readonly Interval[], bits: number, negate = false): Statement {
  const value = (number: bigint): Value => bits > 32 ? number : Number(number);
  const [only] = intervals;
  if (intervals.length !== 1 || only === undefined) {
    const set = { interval: true, elements: elementsOf(intervals, bits) };
    return { kind: "lookup", loads: [load], set, ...(negate ? { negate } : {}) };
  }
  const { from, to } = only;
  if (from === to) return equals(load, value(from), negate);
  const mask = bits === 32 ? networkMask(Number(from), Number(to)) : bits > 32 ? wideNetworkMask(from, to) : null;
  if (mask !== null) return { kind: "match", load, mask, op: negate ? "!=" : "==", value: value(from) };
  return { kind: "range", load, from: value(from), to: value(to), ...(negate ? { negate } : {}) };
}

/** The mask of the network that is exactly these IPv4 addresses; null where there is none. */
function networkMask(from: number, to: number): number | null {
  const span = to - from;
  return (span & (span + 1)) === 0 && (from & span) === 0 ? ~span >>> 0 : null;
}

/** The same for IPv6. */
function wideNetworkMask(from: bigint, to: bigint): bigint | null {
  const span = to - from;
  return (span & (span + 1n)) === 0n && (from & span) === 0n ? LAST_IPV6 ^ span : null;
}

const LAST_IPV6 = (1n << 128n) - 1n;

/** Intervals as set elements; values of more than 32 bits are bigint. */
export function elementsOf(intervals: readonly Interval[], bits: number): Element[] {
  const value = (number: bigint): Value => bits > 32 ? number : Number(number);
  return intervals.map(({ from, to }) =>
    from === to ? { key: [value(from)] } : { key: [value(from)], end: [value(to)] }
  );
}

export function inSet(load: Load, set: string, negate = false): Statement {
  return { kind: "lookup", loads: [load], set, ...(negate ? { negate } : {}) };
}

/** Every way of taking one alternative of each list, in order. */
export function product(lists: readonly (readonly (readonly Statement[])[])[]): Statement[][] {
  // Nearly always there is one way; an array that grows takes twice the room of what it holds.
  if (lists.every((list) => list.length === 1)) return [lists.flatMap(([only]) => only ?? [])];
  let ways: Statement[][] = [[]];
  for (const list of lists) {
    const [only] = list;
    if (list.length === 1 && only !== undefined) { for (const way of ways) way.push(...only); }
    else ways = ways.flatMap((way) => list.map((alternative) => [...way, ...alternative]));
  }
  return ways;
}
