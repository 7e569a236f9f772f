/** Static routes as the kernel's. */
import { formatAddress, formatPrefix, parseAddress } from "../../model/address.ts";
import type { Document } from "../document.ts";
import { deviceOf } from "../interfaces/values.ts";
import type { HopState, RouteState } from "../network_state.ts";
import type { Route } from "./schema.ts";
import { destinationIn, familiesOf, hopsOf, metricIn } from "./values.ts";

export function compileRoutes({ routes, interfaces }: Document): RouteState[] {
  const devices = new Map(interfaces.map((item) => [item.id, deviceOf(item)]));
  return routes.filter(({ enabled }) => enabled).flatMap((route) =>
    familiesOf(route).map((family) => ({
      destination: formatPrefix(destinationIn(route, family)),
      type: route.type,
      hops: route.type === "unicast" ? hops(route, devices) : [],
      metric: metricIn(route, family),
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
