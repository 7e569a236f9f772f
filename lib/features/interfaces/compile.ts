/** Interfaces as the state of the kernel's devices. */
import { formatPrefix } from "../../model/address.ts";
import type { LinkState, MadeLink, PortVlans } from "../network_state.ts";
import type { Document } from "../document.ts";
import type { NetworkInterface } from "./schema.ts";
import { deviceOf, kindsOf, staticAddresses, tagsIn } from "./values.ts";

export function compileInterfaces({ interfaces }: Document): LinkState[] {
  const devices = new Map(interfaces.map((item) => [item.id, deviceOf(item)]));
  const device = (id: string) => devices.get(id) ?? id;
  const controllers = new Map(
    interfaces.flatMap((item) =>
      ((item.bridge ?? item.bond)?.members ?? []).map((id) => [id, deviceOf(item)] as const)
    ),
  );
  const byId = new Map(interfaces.map((item) => [item.id, item]));
  /** The kernel takes no device up whose parent is down. */
  const isUp = ({ enabled, vlan, macvlan }: NetworkInterface, depth = 0): boolean => {
    const parent = byId.get(vlan?.parent ?? macvlan?.parent ?? "");
    return enabled && (parent === undefined || depth > interfaces.length || isUp(parent, depth + 1));
  };
  return interfaces.map((item): LinkState => {
    const made = madeOf(item, device);
    const { mtu, mac, addresses, port } = item;
    return {
      device: deviceOf(item),
      ...(made === undefined ? {} : { made }),
      up: isUp(item),
      ...(mtu === undefined ? {} : { mtu }),
      ...(mac === undefined ? {} : { mac: mac.toLowerCase() }),
      controller: controllers.get(item.id) ?? null,
      ...(port === undefined ? {} : { vlans: vlansOf(port) }),
      ...(addresses === undefined ? {} : {
        addresses: [...new Set(staticAddresses(item).map(formatPrefix))],
        acceptRa: addresses.includes("slaac") ? 2 : 0,
        dhcp: addresses.includes("dhcp"),
      }),
    };
  });
}

function madeOf(item: NetworkInterface, device: (id: string) => string): MadeLink | undefined {
  const { vlan, bridge, bond, vxlan, macvlan } = item;
  const [kind] = kindsOf(item);
  if (kind === "vlan" && vlan !== undefined) {
    return { kind, parent: device(vlan.parent), tag: vlan.tag, protocol: vlan.protocol };
  }
  if (kind === "bridge" && bridge !== undefined) {
    return { kind, stp: bridge.stp, vlanFiltering: bridge.vlan_filtering };
  }
  if (kind === "bond" && bond !== undefined) {
    const { mode, lacp_rate: lacpRate, monitor, transmit_hash: transmitHash } = bond;
    return { kind, mode, lacpRate, monitor, transmitHash };
  }
  if (kind === "macvlan" && macvlan !== undefined) return { kind, parent: device(macvlan.parent), mode: macvlan.mode };
  if (kind === "vxlan" && vxlan !== undefined) {
    const { parent, local, remote, vni, port } = vxlan;
    return {
      kind,
      vni,
      ...(local === undefined ? {} : { local }),
      ...(remote === undefined ? {} : { remote }),
      ...(parent === undefined ? {} : { parent: device(parent) }),
      port,
    };
  }
  return kind === "dummy" ? { kind } : undefined;
}

/** Ranges of tags, sorted; those that touch are one. */
function vlansOf({ untagged, tagged }: NonNullable<NetworkInterface["port"]>): PortVlans {
  const ranges = tagged.map(tagsIn).filter((range) => range !== null).sort((a, b) => a.from - b.from);
  const merged: [from: number, to: number][] = [];
  for (const { from, to } of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return { ...(untagged === undefined ? {} : { untagged }), tagged: merged };
}
