/** What the kernel lists as links, addresses, routes and counters, put together as devices. */
import { formatPrefix } from "../../model/address.ts";
import type { DeviceAddress } from "../../netlink/wire/address.ts";
import type { Link } from "../../netlink/wire/link.ts";
import { MAIN_TABLE, type Route } from "../../netlink/wire/route.ts";
import type { LinkStatistics, Traffic as Counters } from "../../netlink/wire/statistics.ts";
import type { Device, Traffic } from "../session.ts";

/** ARPHRD_* of linux/if_arp.h. */
const TYPES: Readonly<Record<number, string>> = { 1: "ether", 512: "ppp", 772: "loopback", 65534: "none" };

/** Devices by index, each with its addresses in the kernel's order. */
export function devicesOf(
  links: readonly Link[],
  addresses: readonly DeviceAddress[],
  routes: readonly Route[],
  statistics: readonly LinkStatistics[],
): Device[] {
  const names = new Map(links.map(({ index, name }) => [index, name]));
  const carried = new Map(statistics.map((each) => [each.device, each]));
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
      ...(link.controller === undefined ? {} : { controller: names.get(link.controller) ?? String(link.controller) }),
      received: trafficOf(carried.get(link.index)?.received),
      sent: trafficOf(carried.get(link.index)?.sent),
    };
  }).sort((a, b) => a.index - b.index);
}

/** As numbers: exact up to 2^53, which a device of 100 Gbit/s carries in eight days. */
function trafficOf(counters: Counters | undefined): Traffic {
  if (counters === undefined) return { packets: 0, bytes: 0, errors: 0 };
  const { packets, bytes, errors, dropped } = counters;
  return { packets: Number(packets), bytes: Number(bytes), errors: Number(errors + dropped) };
}

function isDefault({ table, type, destination }: Route): boolean {
  return table === MAIN_TABLE && type === "unicast" && destination.length === 0;
}
