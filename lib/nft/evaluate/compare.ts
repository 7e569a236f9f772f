/** Comparing a loaded value. Undefined where the outcome is not known. */
import { DATATYPES } from "../datatype.ts";
import { loadType } from "../load.ts";
import type { MatchStatement, RangeStatement, Value } from "../ruleset.ts";

/** `(loaded & mask) op value`. */
export function matches({ load, mask, op, value }: MatchStatement, loaded: Value): boolean | undefined {
  const held = mask === undefined ? loaded : masked(loaded, mask);
  if (held === undefined) return undefined;
  if (op === "==" || op === "!=") return equal(held, value) === (op === "==");
  // The kernel compares bytes, which is no order of numbers in a register in host order.
  if (DATATYPES[loadType(load)].order === "host" || typeof held === "string") return undefined;
  const way = order(held, value);
  return op === "<" ? way < 0 : op === ">" ? way > 0 : op === "<=" ? way <= 0 : way >= 0;
}

/** `from <= loaded <= to`, or not. */
export function inRange({ load, from, to, negate }: RangeStatement, loaded: Value): boolean | undefined {
  if (DATATYPES[loadType(load)].order === "host" || typeof loaded === "string") return undefined;
  return isBetween(loaded, from, to) !== (negate === true);
}

/** Whether a value is meant by a value of a rule: a name that ends in `*` means all that begin so. */
export function equal(loaded: Value, wanted: Value): boolean {
  if (typeof wanted === "string" && wanted.endsWith("*")) {
    return typeof loaded === "string" && loaded.startsWith(wanted.slice(0, -1));
  }
  if (typeof loaded === typeof wanted) return loaded === wanted;
  return typeof loaded !== "string" && typeof wanted !== "string" && BigInt(loaded) === BigInt(wanted);
}

/** Both ends included. */
export function isBetween(value: Value, from: Value, to: Value): boolean {
  return order(value, from) >= 0 && order(value, to) <= 0;
}

/** Below, equal to or above zero, for sorting; names go by their UTF-16 units. */
export function order(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Operators on numbers work on 32 signed bits, which `>>> 0` makes unsigned again. */
function masked(loaded: Value, mask: Value): Value | undefined {
  if (typeof loaded === "number" && typeof mask === "number") return (loaded & mask) >>> 0;
  if (typeof loaded === "string" || typeof mask === "string") return undefined;
  return BigInt(loaded) & BigInt(mask);
}
