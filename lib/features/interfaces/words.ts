/** An interface in words. */
import { list, type Names } from "../words.ts";
import type { NetworkInterface } from "./schema.ts";
import { deviceOf } from "./values.ts";

/** `interface guests: VLAN 20 of lan, 192.168.20.1/24`. */
export function interfaceWords(item: NetworkInterface, names: Names): string {
  const device = deviceOf(item);
  const words = [
    kindWords(item, names),
    device === item.name ? "" : `device ${device}`,
    item.enabled ? "" : "down",
    item.addresses === undefined ? "" : list(item.addresses) || "no addresses",
    item.mtu === undefined ? "" : `MTU ${item.mtu}`,
    item.mac === undefined ? "" : `MAC ${item.mac}`,
    portWords(item),
  ].filter((word) => word !== "");
  return `interface ${item.name}: ${words.join(", ") || `device ${device}`}`;
}

/** What Patronus makes it as: `VLAN 20 of lan`; empty for a device that the machine has. */
export function kindWords({ vlan, bridge, bond, vxlan, macvlan, dummy }: NetworkInterface, names: Names): string {
  const joined = (members: readonly string[]) => list(members, names) || "no members yet";
  if (vlan !== undefined) {
    return `${vlan.protocol === "802.1ad" ? "802.1ad " : ""}VLAN ${vlan.tag} of ${names(vlan.parent)}`;
  }
  if (bridge !== undefined) return `bridge of ${joined(bridge.members)}${bridge.vlan_filtering ? " by VLAN" : ""}`;
  if (bond !== undefined) return `${bond.mode} bond of ${joined(bond.members)}`;
  if (vxlan !== undefined) {
    return `VXLAN ${vxlan.vni}${vxlan.remote === undefined ? "" : ` to ${vxlan.remote}`}`;
  }
  if (macvlan !== undefined) return `macvlan on ${names(macvlan.parent)}`;
  return dummy ? "dummy" : "";
}

function portWords({ port }: NetworkInterface): string {
  if (port === undefined) return "";
  const words = [
    port.untagged === undefined ? "" : `untagged VLAN ${port.untagged}`,
    port.tagged.length === 0 ? "" : `tagged ${list(port.tagged)}`,
  ];
  return words.filter((word) => word !== "").join(", ") || "no VLANs";
}
