/** What the values of a route mean; no schemas here, for whoever only reads documents. */
import { type Family, parseAddress, parsePrefix, type Prefix } from "../../model/address.ts";
import { slug } from "../../model/id.ts";
import type { Route } from "./schema.ts";

/** The networks of everything. */
const EVERYTHING: Readonly<Record<Family, Prefix>> = {
  4: { family: 4, value: 0n, length: 0 },
  6: { family: 6, value: 0n, length: 0 },
};

/** `default` is a word that no family is in yet. Null where the text is no destination. */
export function parseDestination(text: string): Prefix | "default" | null {
  return text === "default" ? text : parsePrefix(text);
}

/** A route's id, made of its destination: `default`, `to-10-8-0-0-16`. */
export function routeId(destination: string): string {
  return destination === "default" ? destination : slug(`to ${destination}`);
}

/** A way of a route. */
export interface Hop {
  readonly gateway?: string;
  /** Id of an interface. */
  readonly interface?: string;
  readonly weight: number;
}

/** Its ways: those that it lists, or the one that stands in the route itself. */
export function hopsOf({ hops, gateway, interface: through }: Route): readonly Hop[] {
  if (hops.length > 0) return hops as readonly Hop[];
  if (gateway === undefined && through === undefined) return [];
  return [{
    ...(gateway === undefined ? {} : { gateway }),
    ...(through === undefined ? {} : { interface: through }),
    weight: 1,
  }];
}

/** The families that a route is for: `default` is for those of its gateways, and for both where it has none. */
export function familiesOf(route: Route): readonly Family[] {
  const destination = parseDestination(route.destination);
  if (destination !== null && destination !== "default") return [destination.family];
  const families = new Set(
    hopsOf(route).flatMap(({ gateway }) => {
      const address = gateway === undefined ? null : parseAddress(gateway);
      return address === null ? [] : [address.family];
    }),
  );
  return families.size === 0 ? [4, 6] : [...families].sort();
}

/** IP6_RT_PRIO_USER of net/ip6_route.h: what the kernel takes for an IPv6 route without a metric, or with 0. */
const USUAL_METRIC: Readonly<Record<Family, number>> = { 4: 0, 6: 1024 };

/** Its metric as the kernel will have it. */
export function metricIn({ metric }: Route, family: Family): number {
  return (family === 6 ? metric || undefined : metric) ?? USUAL_METRIC[family];
}

/** Its destination in one of its families. */
export function destinationIn(route: Route, family: Family): Prefix {
  const destination = parseDestination(route.destination);
  return destination === null || destination === "default" ? EVERYTHING[family] : destination;
}
