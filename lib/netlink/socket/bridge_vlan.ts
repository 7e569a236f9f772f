/** VLANs of the bridges of this network namespace. */
import { bridgeVlanDump, type PortVlans, readPortVlans } from "../wire/bridge_vlan.ts";
import type { Netlink } from "./connection.ts";

/** Bridges and bridge ports with the VLANs that they are members of; only those that have any. Throws a `NetlinkError`. */
export async function listBridgeVlans(netlink: Netlink): Promise<PortVlans[]> {
  const answers = await netlink.dump(bridgeVlanDump(), "list the VLANs of bridges");
  return answers.map(({ payload }) => readPortVlans(payload))
    .filter((port) => port !== null && port.vlans.length > 0) as PortVlans[];
}
