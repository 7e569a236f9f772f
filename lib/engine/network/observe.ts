/** Reads the network from the kernel, in the document's words. */
import { ORIGIN_DHCP, ORIGIN_PATRONUS, ORIGIN_RA } from "../../features/allocation.ts";
import type { MadeLink, PortVlans, RouteState } from "../../features/network_state.ts";
import { formatAddress, formatPrefix } from "../../model/address.ts";
import type { DeviceAddress } from "../../netlink/wire/address.ts";
import type { Link } from "../../netlink/wire/link.ts";
import type { BridgeVlan } from "../../netlink/wire/bridge_vlan.ts";
import { ORIGIN, type Route } from "../../netlink/wire/route.ts";
import { listAddresses } from "../../netlink/socket/address.ts";
import { listBridgeVlans } from "../../netlink/socket/bridge_vlan.ts";
import type { Netlink } from "../../netlink/socket/connection.ts";
import { listLinks } from "../../netlink/socket/link.ts";
import { listRoutes } from "../../netlink/socket/route.ts";
import { acceptRaSysctl, readSysctl } from "../../services/sysctl.ts";
import type { ObservedLink, ObservedNetwork } from "./reconcile.ts";

/** Everything that Patronus might change. Takes no special rights. Throws a `NetlinkError`. */
export async function observeNetwork(netlink: Netlink): Promise<ObservedNetwork> {
  const links = await listLinks(netlink);
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const name = (index: number) => names.get(index) ?? `device ${index}`;
  const addresses = Map.groupBy(await listAddresses(netlink), ({ device }) => device);
  const vlans = links.some(({ settings }) => settings?.kind === "bridge")
    ? new Map((await listBridgeVlans(netlink)).map(({ device, vlans }) => [device, vlans]))
    : new Map<number, readonly BridgeVlan[]>();
  const routes = await listRoutes(netlink);
  return {
    links: new Map(links.map((link) => [
      link.name,
      observedLink(link, name, addresses.get(link.index) ?? [], vlans.get(link.index)),
    ])),
    routes: routes.filter(({ protocol }) => protocol === ORIGIN_PATRONUS).flatMap((route) => routeState(route, name)),
    others: routes.filter(({ protocol }) => !OWN_WAYS.includes(protocol)).flatMap((route) =>
      routeState(route, name).map((state) => ({ ...state, protocol: route.protocol }))
    ),
  };
}

/** What comes and goes by itself or is no stranger's: ICMP redirects, the kernel's, leases, router advertisements. */
const OWN_WAYS: readonly number[] = [1, ORIGIN.KERNEL, ORIGIN_DHCP, ORIGIN_RA, ORIGIN_PATRONUS];

type NameOf = (index: number) => string;

function observedLink(
  link: Link,
  name: NameOf,
  addresses: readonly DeviceAddress[],
  vlans: readonly BridgeVlan[] | undefined,
): ObservedLink {
  const made = madeOf(link, name);
  const isPort = link.port?.controller === "bridge" || made?.kind === "bridge";
  return {
    device: link.name,
    index: link.index,
    ...(made === undefined ? {} : { made }),
    up: link.up,
    mtu: link.mtu,
    ...(link.mac === undefined ? {} : { mac: link.mac }),
    controller: link.controller === undefined ? null : name(link.controller),
    ...(isPort ? { vlans: portVlans(vlans ?? []) } : {}),
    addresses: addresses.filter(isStatic).map(prefixOf),
    reaches: addresses.map(prefixOf),
    ...acceptRa(link.name),
  };
}

function prefixOf({ address, length }: DeviceAddress): string {
  return formatPrefix({ ...address, length });
}

/** What an administrator set: neither what runs out nor what the kernel makes of the MAC. */
function isStatic({ permanent, address, scope }: DeviceAddress): boolean {
  return permanent && !(address.family === 6 && scope === "link");
}

/** What a device was made as, if it is of a kind that the document can say. */
function madeOf({ settings, parent }: Link, name: NameOf): MadeLink | undefined {
  switch (settings?.kind) {
    case "vlan":
      return {
        kind: "vlan",
        parent: name(parent ?? 0),
        tag: settings.id ?? 0,
        protocol: settings.protocol ?? "802.1Q",
      };
    case "bridge":
      return { kind: "bridge", stp: settings.stp ?? false, vlanFiltering: settings.vlanFiltering ?? false };
    case "bond":
      return {
        kind: "bond",
        mode: settings.mode ?? "balance-rr",
        lacpRate: settings.lacpRate ?? "slow",
        monitor: settings.miimon ?? 0,
        transmitHash: hashOf(settings.transmitHash),
      };
    case "vxlan": {
      const { id, local, remote, device, port } = settings;
      return {
        kind: "vxlan",
        vni: id ?? 0,
        ...(local === undefined ? {} : { local: formatAddress(local) }),
        ...(remote === undefined ? {} : { remote: formatAddress(remote) }),
        ...(device === undefined ? {} : { parent: name(device) }),
        port: port ?? 0,
      };
    }
    case "macvlan": {
      const { mode = "vepa" } = settings;
      return mode === "source" ? undefined : { kind: "macvlan", parent: name(parent ?? 0), mode };
    }
    case "dummy":
      return { kind: "dummy" };
    default:
      return undefined;
  }
}

/** The document knows no others; they count as different from all that it can say. */
function hashOf(hash: string | undefined): "layer2" | "layer2+3" | "layer3+4" {
  return (hash ?? "layer2") as "layer2" | "layer2+3" | "layer3+4";
}

/** The untagged VLAN is that of packets that come without a tag, and that leave without one. */
function portVlans(vlans: readonly BridgeVlan[]): PortVlans {
  const untagged = vlans.find(({ native }) => native)?.from;
  const tagged = vlans.filter((vlan) => !vlan.untagged).map(({ from, to }) => [from, to] as const);
  return { ...(untagged === undefined ? {} : { untagged }), tagged };
}

function routeState(route: Route, name: NameOf): RouteState[] {
  const { destination, type, metric, table, hops } = route;
  if (type !== "unicast" && type !== "blackhole" && type !== "unreachable" && type !== "prohibit") return [];
  return [{
    destination: formatPrefix(destination),
    type,
    hops: hops.map(({ gateway, device, weight, onLink }) => ({
      ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
      ...(device === undefined ? {} : { device: name(device) }),
      ...(weight === undefined ? {} : { weight }),
      ...(onLink ? { onLink } : {}),
    })),
    metric,
    table,
  }];
}

function acceptRa(device: string): { acceptRa?: number } {
  const value = readSysctl(acceptRaSysctl(device));
  return value === null ? {} : { acceptRa: Number(value) };
}
