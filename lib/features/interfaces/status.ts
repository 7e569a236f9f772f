/** Reads the machine's devices from the kernel. */
import { NetlinkConnection, ROUTE } from "../../netlink/socket/connection.ts";
import { listAddresses } from "../../netlink/socket/address.ts";
import { listLinks, listStatistics } from "../../netlink/socket/link.ts";
import { listRoutes } from "../../netlink/socket/route.ts";
import { MAIN_TABLE } from "../../netlink/wire/route.ts";
import type { Device } from "../session.ts";
import { devicesOf } from "./devices.ts";

/** Links with their addresses, default routes and counters. Takes no special rights. Throws a `NetlinkError`. */
export async function readDevices(): Promise<Device[]> {
  using netlink = NetlinkConnection.open(ROUTE);
  const links = await listLinks(netlink);
  const addresses = await listAddresses(netlink);
  const routes = await listRoutes(netlink, { table: MAIN_TABLE });
  return devicesOf(links, addresses, routes, await listStatistics(netlink));
}
