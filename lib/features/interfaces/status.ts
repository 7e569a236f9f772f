/** Reads the machine's devices from the kernel. */
import { NetlinkConnection, ROUTE } from "../../netlink/socket/connection.ts";
import type { Device } from "../session.ts";
import { addressRequest, decodeDevices, linkRequest, routeRequest } from "./devices.ts";

/** Links with their addresses and default routes. Takes no special rights. Throws a `NetlinkError`. */
export async function readDevices(): Promise<Device[]> {
  using netlink = NetlinkConnection.open(ROUTE);
  const dump = async (request: Uint8Array, operation: string) =>
    (await netlink.dump(request, operation)).map((message) => message.payload);
  const links = await dump(linkRequest(), "list links");
  const addresses = await dump(addressRequest(), "list addresses");
  return decodeDevices(links, addresses, await dump(routeRequest(), "list routes"));
}
