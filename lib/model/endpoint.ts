/** Addresses as rules write them: one address, a network, or a range. */
import { type Family, parseAddress, parsePrefix, prefixRange } from "./address.ts";
import type { Interval } from "./interval.ts";

/** The addresses that a literal stands for, first and last included. */
export interface Endpoint extends Interval {
  readonly family: Family;
}

/** Reads `10.0.0.1`, `10.0.0.0/8` or `10.0.0.1-10.0.0.9`; null where the text is none of these. */
export function parseEndpoint(text: string): Endpoint | null {
  if (text.includes("/")) {
    const prefix = parsePrefix(text);
    if (prefix === null) return null;
    const { from, to } = prefixRange(prefix);
    return { family: prefix.family, from, to };
  }
  const dash = text.indexOf("-");
  const from = parseAddress(dash < 0 ? text : text.slice(0, dash));
  const to = dash < 0 ? from : parseAddress(text.slice(dash + 1));
  if (from === null || to === null || from.family !== to.family || from.value > to.value) return null;
  return { family: from.family, from: from.value, to: to.value };
}
