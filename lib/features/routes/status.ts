/** Reads the routes of the kernel. */
import { formatAddress, formatPrefix } from "../../model/address.ts";
import { NetlinkConnection, ROUTE } from "../../netlink/socket/connection.ts";
import { listLinks } from "../../netlink/socket/link.ts";
import { listRoutes } from "../../netlink/socket/route.ts";
import type { Route } from "../../netlink/wire/route.ts";
import { ORIGIN_PATRONUS } from "../allocation.ts";
import type { KernelRoute } from "../session.ts";

/** RTPROT_* of linux/rtnetlink.h, for who sets routes on a router. */
const ORIGINS: Readonly<Record<number, string>> = {
  [ORIGIN_PATRONUS]: "patronus",
  1: "redirect",
  2: "kernel",
  3: "boot",
  4: "static",
  9: "ra",
  11: "zebra",
  12: "bird",
  16: "dhcp",
  18: "keepalived",
  186: "bgp",
  187: "isis",
  188: "ospf",
  189: "rip",
};

/** RT_TABLE_LOCAL: the machine's own addresses, which say nothing of the network. */
const LOCAL_TABLE = 255;

/** Routes of both families and all tables but the machine's own addresses. Takes no special rights. Throws a `NetlinkError`. */
export async function readRoutes(): Promise<KernelRoute[]> {
  using netlink = NetlinkConnection.open(ROUTE);
  const names = new Map((await listLinks(netlink)).map(({ index, name }) => [index, name]));
  const routes = await listRoutes(netlink);
  return routes.filter(({ table, type }) => table !== LOCAL_TABLE && type !== "multicast" && type !== "local")
    .map((route) => kernelRoute(route, names));
}

function kernelRoute(route: Route, names: ReadonlyMap<number, string>): KernelRoute {
  const { destination, type, hops, metric, table, protocol } = route;
  const ways = hops.map(({ gateway, device }) =>
    [
      gateway === undefined ? "" : `by ${formatAddress(gateway)}`,
      device === undefined ? "" : `on ${names.get(device) ?? device}`,
    ].filter((word) => word !== "").join(" ")
  );
  return {
    destination: destination.length === 0 ? "default" : formatPrefix(destination),
    type,
    way: type === "unicast" ? ways.join(" or ") : type,
    metric,
    table,
    origin: ORIGINS[protocol] ?? String(protocol),
  };
}
