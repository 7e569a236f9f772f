/** Finding values in the elements of a set: by bisection, since sets of feeds hold hundreds of thousands. */
import type { Element, Value } from "../ruleset.ts";
import { equal, isBetween, order } from "./compare.ts";

/** Elements by their first component. */
interface Index {
  /** Sorted by first value. */
  readonly elements: readonly Element[];
  /** Largest last value of this element and all before it: behind a smaller one, no earlier element can hold a value. */
  readonly ends: readonly Value[];
  /** Names that end in `*`, which no order finds. */
  readonly wild: readonly Element[];
}

/** Elements are immutable, and the same set is asked for many packets. */
const indexes = new WeakMap<readonly Element[], Index>();

/** The element that holds the values, one for each component; undefined where none does. */
export function findElement(elements: readonly Element[], values: readonly Value[]): Element | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const index = indexOf(elements);
  for (let at = lastAtMost(index.elements, first); at >= 0; at--) {
    const [element, end] = [index.elements[at], index.ends[at]];
    if (element === undefined || end === undefined || end < first) break;
    if (holds(element, values)) return element;
  }
  return index.wild.find((element) => holds(element, values));
}

function indexOf(elements: readonly Element[]): Index {
  let index = indexes.get(elements);
  if (index === undefined) indexes.set(elements, index = makeIndex(elements));
  return index;
}

function makeIndex(elements: readonly Element[]): Index {
  const isWild = ({ key: [first] }: Element) => typeof first === "string" && first.endsWith("*");
  const wild = elements.filter(isWild);
  const plain = wild.length === 0 ? [...elements] : elements.filter((element) => !isWild(element));
  plain.sort((a, b) => order(a.key[0] ?? 0, b.key[0] ?? 0));
  const ends: Value[] = [];
  let largest: Value | undefined;
  for (const { key, end } of plain) {
    const last = end?.[0] ?? key[0] ?? 0;
    if (largest === undefined || last > largest) largest = last;
    ends.push(largest);
  }
  return { elements: plain, ends, wild };
}

/** Place of the last element whose first value is at most this; -1 where there is none. */
function lastAtMost(elements: readonly Element[], value: Value): number {
  let [low, high] = [0, elements.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order(elements[middle]?.key[0] ?? 0, value) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Whether every component holds its value. */
function holds({ key, end }: Element, values: readonly Value[]): boolean {
  return values.length === key.length && values.every((value, component) => {
    const from = key[component];
    const to = end?.[component];
    if (from === undefined) return false;
    if (to === undefined || typeof value === "string") return equal(value, from);
    return isBetween(value, from, to);
  });
}
