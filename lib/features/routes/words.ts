/** A route in words. */
import type { Names } from "../words.ts";
import type { Route } from "./schema.ts";
import { type Hop, hopsOf } from "./values.ts";

/** `route to-branch: 10.8.0.0/16 by 192.168.1.254`. */
export function routeWords(route: Route, names: Names): string {
  return `route ${route.id}: ${route.destination} ${wayWords(route, names)}${route.enabled ? "" : " (disabled)"}`;
}

/** Where it leads: `by 192.168.1.254 on lan`, `blackhole`. */
export function wayWords(route: Route, names: Names): string {
  if (route.type !== "unicast") return route.type;
  return hopsOf(route).map((hop) => hopWords(hop, names)).join(" or ");
}

function hopWords({ gateway, interface: through, weight }: Hop, names: Names): string {
  const words = [
    gateway === undefined ? "" : `by ${gateway}`,
    through === undefined ? "" : `on ${names(through)}`,
    weight === 1 ? "" : `(weight ${weight})`,
  ];
  return words.filter((word) => word !== "").join(" ");
}
