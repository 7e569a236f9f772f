/** Static routes as the kernel's. */
import { type Family, formatAddress, formatPrefix, parseAddress } from "../../model/address.ts";
import type { Document } from "../document.ts";
import { deviceOf } from "../interfaces/values.ts";
import type { HopState, RouteState } from "../network_state.ts";
import type { Route } from "./schema.ts";
import { destinationIn, familiesOf, hopsOf } from "./values.ts";

/** IP6_RT_PRIO_USER of net/ip6_route.h: what the kernel takes for an IPv6 route without a metric. */
const USUAL_METRIC: Readonly<Record<Family, number>> = { 4: 0, 6: 1024 };

export function compileRoutes({ routes, interfaces }: Document): RouteState[] {
  const devices = new Map(interfaces.map((item) => [item.id, deviceOf(item)]));
  return routes.filter(({ enabled }) => enabled).flatMap((route) =>
    familiesOf(route).map((family) => ({
      destination: formatPrefix(destinationIn(route, family)),
      type: route.type,
      hops: route.type === "unicast" ? hops(route, devices) : [],
      // IPv6 takes 0 for none.
      metric: (family === 6 ? route.metric || undefined : route.metric) ?? USUAL_METRIC[family],
      table: route.table,
    }))
  );
}

function hops(route: Route, devices: ReadonlyMap<string, string>): HopState[] {
  return hopsOf(route).map(({ gateway, interface: through, weight }) => {
    const address = gateway === undefined ? null : parseAddress(gateway);
    return {
      ...(address === null ? {} : { gateway: formatAddress(address) }),
      ...(through === undefined ? {} : { device: devices.get(through) ?? through }),
      ...(weight === 1 ? {} : { weight }),
      ...(route.on_link ? { onLink: true } : {}),
    };
  });
}
