/** What the kernel lists as links, addresses and routes, put together as devices. */
import { formatPrefix } from "../../model/address.ts";
import type { DeviceAddress } from "../../netlink/wire/address.ts";
import type { Link } from "../../netlink/wire/link.ts";
import { MAIN_TABLE, type Route } from "../../netlink/wire/route.ts";
import type { Device } from "../session.ts";

/** ARPHRD_* of linux/if_arp.h. */
const TYPES: Readonly<Record<number, string>> = { 1: "ether", 512: "ppp", 772: "loopback", 65534: "none" };

/** Devices by index, each with its addresses in the kernel's order. */
export function devicesOf(
  links: readonly Link[],
  addresses: readonly DeviceAddress[],
  routes: readonly Route[],
): Device[] {
  const byDevice = Map.groupBy(addresses, (address) => address.device);
  const outward = new Set(routes.filter(isDefault).flatMap((route) => route.hops.map((hop) => hop.device)));
  return links.map((link): Device => {
    const type = TYPES[link.type] ?? "other";
    return {
      name: link.name,
      index: link.index,
      type,
      ...(link.kind === undefined ? {} : { kind: link.kind }),
      up: link.up,
      carrier: link.carrier,
      mtu: link.mtu,
      ...(link.mac === undefined || type === "loopback" ? {} : { mac: link.mac }),
      addresses: (byDevice.get(link.index) ?? []).map(({ address, length }) => formatPrefix({ ...address, length })),
      defaultRoute: outward.has(link.index),
    };
  }).sort((a, b) => a.index - b.index);
}

function isDefault({ table, type, destination }: Route): boolean {
  return table === MAIN_TABLE && type === "unicast" && destination.length === 0;
}
