/** Routes of this network namespace. Each function throws a `NetlinkError` that says what was asked for and why not. */
import { formatAddress } from "../../model/address.ts";
import { NetlinkError } from "../wire/error.ts";
import { getRoute, readRoute, type Route, routeDump, type RouteFilter, type RouteLookup } from "../wire/route.ts";
import type { Netlink } from "./connection.ts";

/** Routes of all tables and both IP versions, or of those that the filter says. */
export async function listRoutes(netlink: Netlink, filter: RouteFilter = {}): Promise<Route[]> {
  try {
    const answers = await netlink.dump(routeDump(filter), "list routes");
    return answers.map(({ payload }) => readRoute(payload))
      .filter((route) => route !== null && (filter.table ?? route.table) === route.table) as Route[];
  } catch (error) {
    // A table is there once it has a route.
    if (filter.table !== undefined && error instanceof NetlinkError && error.code === "ENOENT") return [];
    throw error;
  }
}

/** The route that a packet takes; null where none leads there or one forbids it. */
export async function findRoute(netlink: Netlink, lookup: RouteLookup): Promise<Route | null> {
  try {
    const [answer] = await netlink.request(
      getRoute(lookup),
      `look up the route to ${formatAddress(lookup.destination)}`,
    );
    return answer === undefined ? null : readRoute(answer.payload);
  } catch (error) {
    if (error instanceof NetlinkError && NO_ROUTE.has(error.code)) return null;
    throw error;
  }
}

/** What fib_lookup answers where no route fits, and for routes of type unreachable, prohibit and blackhole. */
const NO_ROUTE: ReadonlySet<string> = new Set(["ENETUNREACH", "EHOSTUNREACH", "EACCES", "EINVAL"]);
