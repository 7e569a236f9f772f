/** Checks of how interfaces stand on each other: parents, members, and what each passes on. */
import type { Finding } from "../../model/error.ts";
import type { Directory } from "../directory.ts";
import { error, PLACES, repeats, warning } from "../finding.ts";
import { layers } from "../graph.ts";
import type { NetworkInterface } from "./schema.ts";
import { below, tagsIn } from "./values.ts";

/** Bytes that an 802.1Q tag adds to a frame. */
const TAG_SIZE = 4;
/** Bytes of the headers of a VXLAN over IPv4 and over IPv6: Ethernet, IP, UDP, VXLAN (RFC 7348). */
const VXLAN_SIZE = { 4: 50, 6: 70 } as const;
/** Bytes of the largest packet on Ethernet, which a device has that is told nothing else. */
const ETHERNET_MTU = 1500;

export function checkLayers(interfaces: readonly NetworkInterface[], directory: Directory): Finding[] {
  const byId = new Map(interfaces.map((item) => [item.id, item]));
  return [
    ...interfaces.flatMap((item) => unknown(item, directory)),
    ...circles(interfaces, byId),
    ...sharedMembers(interfaces, byId),
    ...interfaces.flatMap((item) => [
      ...checkVlan(item, interfaces),
      ...checkParentMtu(item, byId),
      ...checkPort(item, interfaces, directory),
      ...checkVxlan(item),
    ]),
  ];
}

/** Every reference of an interface to another, with its place. */
function references(item: NetworkInterface): { readonly path: string; readonly id: string }[] {
  const path = PLACES.interface(item);
  const one = (field: "vlan" | "macvlan" | "vxlan") => {
    const parent = item[field]?.parent;
    return parent === undefined ? [] : [{ path: `${path}.${field}.parent`, id: parent }];
  };
  const many = (field: "bridge" | "bond") =>
    (item[field]?.members ?? []).map((id, index) => ({ path: `${path}.${field}.members[${index}]`, id }));
  return [...one("vlan"), ...one("macvlan"), ...one("vxlan"), ...many("bridge"), ...many("bond")];
}

function unknown(item: NetworkInterface, directory: Directory): Finding[] {
  const members = (item.bridge ?? item.bond)?.members ?? [];
  const field = item.bridge === undefined ? "bond" : "bridge";
  return [
    ...references(item).flatMap(({ path, id }) => {
      if (directory.is("interface", id)) return [];
      const { message, hint } = directory.unknown(["interface"], id);
      return [error(path, message, hint)];
    }),
    ...repeats(`${PLACES.interface(item)}.${field}.members`, members.map((id) => directory.name(id))),
  ];
}

/** Interfaces that stand on themselves, by way of others. */
function circles(
  interfaces: readonly NetworkInterface[],
  byId: ReadonlyMap<string, NetworkInterface>,
): Finding[] {
  const { cycles } = layers(new Map(interfaces.map((item) => [item.id, below(item)])));
  return cycles.map((cycle) => {
    const names = [...cycle, ...cycle.slice(0, 1)].map((id) => byId.get(id)?.name ?? id);
    const [name = ""] = names;
    return error(PLACES.interface({ name }), `it stands on itself: ${names.join(" on ")}`);
  });
}

/** A device is part of one bridge or bond, and has no addresses of its own then. */
function sharedMembers(
  interfaces: readonly NetworkInterface[],
  byId: ReadonlyMap<string, NetworkInterface>,
): Finding[] {
  const owners = new Map<string, NetworkInterface>();
  return interfaces.flatMap((item) => {
    const field = item.bridge === undefined ? "bond" : "bridge";
    return (item[field]?.members ?? []).flatMap((id, index): Finding[] => {
      const path = `${PLACES.interface(item)}.${field}.members[${index}]`;
      const member = byId.get(id);
      const owner = owners.get(id);
      owners.set(id, item);
      if (member === undefined) return [];
      if (owner !== undefined && owner !== item) {
        return [error(path, `${member.name} is part of ${owner.name} already`)];
      }
      if ((member.addresses ?? []).length === 0) return [];
      const hint = `give ${item.name} the addresses`;
      return [
        error(`${PLACES.interface(member)}.addresses`, `a member of a ${field} has no addresses of its own`, hint),
      ];
    });
  });
}

function checkVlan(item: NetworkInterface, interfaces: readonly NetworkInterface[]): Finding[] {
  const { vlan } = item;
  if (vlan === undefined) return [];
  const twin = interfaces.find((other) =>
    other !== item && other.vlan?.parent === vlan.parent && other.vlan.tag === vlan.tag &&
    other.vlan.protocol === vlan.protocol
  );
  if (twin === undefined || twin.name > item.name) return [];
  return [error(`${PLACES.interface(item)}.vlan.tag`, `${twin.name} has VLAN ${vlan.tag} of the same parent already`)];
}

/** What stands on another device carries no larger packets than that one does. */
function checkParentMtu(item: NetworkInterface, byId: ReadonlyMap<string, NetworkInterface>): Finding[] {
  const parent = byId.get(item.vlan?.parent ?? item.macvlan?.parent ?? "");
  const { mtu } = item;
  if (parent === undefined || mtu === undefined) return [];
  const most = parent.mtu ?? ETHERNET_MTU;
  const path = `${PLACES.interface(item)}.mtu`;
  if (mtu > most) {
    const hint = parent.mtu === undefined ? `give ${parent.name} an MTU of its own` : undefined;
    return [error(path, `${mtu} is more than the ${most} of ${parent.name}, which carries it`, hint)];
  }
  if (item.vlan === undefined || parent.vlan === undefined || mtu + TAG_SIZE <= most) return [];
  return [warning(path, `with two tags, ${mtu} bytes may be too many for devices on the way`)];
}

function checkPort(item: NetworkInterface, interfaces: readonly NetworkInterface[], { isWhole }: Directory): Finding[] {
  const { port } = item;
  if (port === undefined) return [];
  const path = `${PLACES.interface(item)}.port`;
  const bridge = interfaces.find(({ bridge, id }) => id === item.id ? bridge : bridge?.members.includes(item.id))
    ?.bridge;
  if (bridge === undefined && !isWhole) return [];
  if (bridge === undefined) return [error(path, "it is no member of a bridge", "put it into a bridge's members")];
  const untagged = port.tagged.find((text) => {
    const tags = tagsIn(text);
    return tags !== null && port.untagged !== undefined && tags.from <= port.untagged && port.untagged <= tags.to;
  });
  return [
    ...(bridge.vlan_filtering
      ? []
      : [warning(path, "the bridge does not filter VLANs: everything passes", "set vlan_filtering")]),
    ...(untagged === undefined
      ? []
      : [error(`${path}.tagged`, `VLAN ${port.untagged} passes either with its tag or without`)]),
    ...repeats(`${path}.tagged`, port.tagged),
  ];
}

function checkVxlan(item: NetworkInterface): Finding[] {
  const { vxlan, mtu } = item;
  if (vxlan === undefined) return [];
  const path = PLACES.interface(item);
  const family = (vxlan.remote ?? vxlan.local ?? "").includes(":") ? 6 : 4;
  const both = vxlan.remote !== undefined && vxlan.local !== undefined;
  return [
    ...(both && vxlan.remote?.includes(":") !== vxlan.local?.includes(":")
      ? [error(`${path}.vxlan.local`, "both ends are of one family")]
      : []),
    ...(mtu !== undefined && mtu > ETHERNET_MTU - VXLAN_SIZE[family]
      ? [warning(`${path}.mtu`, `more than ${ETHERNET_MTU - VXLAN_SIZE[family]} does not fit into usual Ethernet`)]
      : []),
  ];
}
