/** Checks of static routes. */
import { type Address, formatPrefix, network, parseAddress, prefixRange } from "../../model/address.ts";
import type { Finding } from "../../model/error.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import { error, PLACES } from "../finding.ts";
import type { NetworkInterface } from "../interfaces/schema.ts";
import { staticAddresses } from "../interfaces/values.ts";
import type { Route } from "./schema.ts";
import { destinationIn, familiesOf, type Hop, hopsOf, metricIn } from "./values.ts";

export function checkRoutes({ routes, interfaces }: Document, directory: Directory): Finding[] {
  return [
    ...routes.flatMap((route) => [
      ...checkShape(route),
      ...hopsOf(route).flatMap((hop, index) => {
        const path = route.hops.length === 0 ? PLACES.route(route) : `${PLACES.route(route)}.hops[${index}]`;
        return checkHop(hop, path, route, { interfaces, directory });
      }),
    ]),
    ...twice(routes),
  ];
}

/** What a route of its type has and has not. */
function checkShape(route: Route): Finding[] {
  const path = PLACES.route(route);
  const ways = hopsOf(route);
  const own = route.gateway !== undefined || route.interface !== undefined;
  if (route.type !== "unicast") {
    return ways.length === 0
      ? []
      : [error(path, `a route that is ${route.type} leads nowhere`, "leave the gateway out")];
  }
  if (ways.length === 0) return [error(path, "it leads nowhere", "give it a gateway, an interface, or both")];
  return [
    ...(own && route.hops.length > 0
      ? [error(`${path}.hops`, "it has a way of its own already", "put all into hops")]
      : []),
    ...(route.on_link && ways.some(({ interface: through }) => through === undefined)
      ? [error(`${path}.on_link`, "on which link?", "name the interface")]
      : []),
    ...(familiesOf(route).length > 1 && ways.some(({ gateway }) => gateway !== undefined)
      ? [error(`${path}.hops`, "its gateways are of both families", "make it two routes")]
      : []),
  ];
}

interface Surroundings {
  readonly interfaces: readonly NetworkInterface[];
  readonly directory: Directory;
}

function checkHop(hop: Hop, path: string, route: Route, { interfaces, directory }: Surroundings): Finding[] {
  const through = interfaces.find(({ id }) => id === hop.interface);
  if (hop.interface !== undefined && !directory.is("interface", hop.interface)) {
    const { message, hint } = directory.unknown(["interface"], hop.interface);
    return [error(`${path}.interface`, message, hint)];
  }
  const gateway = hop.gateway === undefined ? null : parseAddress(hop.gateway);
  if (gateway === null) return [];
  const [family] = familiesOf(route);
  if (route.destination !== "default" && gateway.family !== family) {
    return [error(`${path}.gateway`, `${hop.gateway} is IPv${gateway.family}, and the destination IPv${family}`)];
  }
  return directory.isWhole ? checkReach(gateway, `${path}.gateway`, { through, interfaces, route }) : [];
}

/** Whether an interface's network holds the gateway. */
function checkReach(
  gateway: Address,
  path: string,
  { through, interfaces, route }: {
    through?: NetworkInterface | undefined;
    interfaces: readonly NetworkInterface[];
    route: Route;
  },
): Finding[] {
  const own = interfaces.find((item) =>
    staticAddresses(item, gateway.family).some(({ value }) => value === gateway.value)
  );
  if (own !== undefined) return [error(path, `it is this machine's own address, on ${own.name}`)];
  // fe80::/10 (RFC 4291) is on every link.
  if (gateway.family === 6 && gateway.value >> 118n === 0x3fan) {
    return through === undefined ? [error(path, "a link-local gateway is on every link", "name the interface")] : [];
  }
  if (route.on_link) return [];
  const near = through === undefined ? interfaces : [through];
  if (near.some((item) => reaches(item, gateway))) return [];
  const hint = through === undefined ? undefined : "on_link says that it is on the link nevertheless";
  return [error(path, `the gateway is outside every network of ${through?.name ?? "the interfaces"}`, hint)];
}

/** Whether a gateway can be on an interface's link: what is not known of its addresses may be. */
function reaches(item: NetworkInterface, gateway: Address): boolean {
  if (item.addresses === undefined) return true;
  if (item.addresses.includes("dhcp") || (gateway.family === 6 && item.addresses.includes("slaac"))) return true;
  return staticAddresses(item, gateway.family).some((prefix) => {
    const { from, to } = prefixRange(network(prefix));
    return from <= gateway.value && gateway.value <= to;
  });
}

/** The kernel has one route for a destination, a metric and a table. */
function twice(routes: readonly Route[]): Finding[] {
  const seen = new Map<string, Route>();
  return routes.filter(({ enabled }) => enabled).flatMap((route) =>
    familiesOf(route).flatMap((family): Finding[] => {
      const destination = formatPrefix(destinationIn(route, family));
      const key = `${destination} ${metricIn(route, family)} ${route.table}`;
      const other = seen.get(key);
      seen.set(key, route);
      if (other === undefined) return [];
      const hint = "give one a higher metric, or list both gateways under hops";
      return [error(PLACES.route(route), `${other.id} goes to ${route.destination} with the same metric`, hint)];
    })
  );
}
