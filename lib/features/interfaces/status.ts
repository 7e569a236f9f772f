/** Reads the machine's devices from the kernel. */
import { NetlinkConnection, ROUTE } from "../../netlink/socket/connection.ts";
import { listAddresses } from "../../netlink/socket/address.ts";
import { listLinks } from "../../netlink/socket/link.ts";
import { listRoutes } from "../../netlink/socket/route.ts";
import type { Device } from "../session.ts";
import { devicesOf } from "./devices.ts";

/** Links with their addresses and default routes. Takes no special rights. Throws a `NetlinkError`. */
export async function readDevices(): Promise<Device[]> {
  using netlink = NetlinkConnection.open(ROUTE);
  const links = await listLinks(netlink);
  const addresses = await listAddresses(netlink);
  return devicesOf(links, addresses, await listRoutes(netlink));
}
