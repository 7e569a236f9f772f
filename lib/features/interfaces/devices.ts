/** Devices of the machine out of rtnetlink's answers (linux/rtnetlink.h, if_link.h, if_addr.h). */
import { formatAddress } from "../../model/address.ts";
import { AttributeReader, AttributeWriter, LITTLE_ENDIAN } from "../../netlink/wire/attribute.ts";
import type { Device } from "../session.ts";

const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const RTM_GETROUTE = 26;
/** Bytes of struct ifinfomsg, ifaddrmsg and rtmsg. */
const LINK_HEADER = 16;
const ADDRESS_HEADER = 8;
const ROUTE_HEADER = 12;

const IFLA = { ADDRESS: 1, IFNAME: 3, MTU: 4, LINKINFO: 18 } as const;
const IFLA_INFO_KIND = 1;
const IFA = { ADDRESS: 1, LOCAL: 2 } as const;
const RTA = { OIF: 4, MULTIPATH: 9, TABLE: 15 } as const;
const IFF_UP = 0x1;
const IFF_LOWER_UP = 0x10000;
const RT_TABLE_MAIN = 254;
const RTN_UNICAST = 1;
/** Bytes of struct rtnexthop: length, flags, hops, interface index. */
const NEXT_HOP = 8;

/** ARPHRD_* of linux/if_arp.h. */
const TYPES: Readonly<Record<number, string>> = { 1: "ether", 512: "ppp", 772: "loopback", 65534: "none" };

const request = (type: number, header: number) => {
  const writer = new AttributeWriter(64);
  writer.message(type, 0, new Uint8Array(header));
  return writer.finish();
};

export const linkRequest = () => request(RTM_GETLINK, LINK_HEADER);
export const addressRequest = () => request(RTM_GETADDR, ADDRESS_HEADER);
export const routeRequest = () => request(RTM_GETROUTE, ROUTE_HEADER);

/** The payloads of three dumps as devices, in the kernel's order. */
export function decodeDevices(
  links: readonly Uint8Array[],
  addresses: readonly Uint8Array[],
  routes: readonly Uint8Array[],
): Device[] {
  const byIndex = new Map<number, string[]>();
  for (const { index, text } of addresses.map(decodeAddress)) {
    const known = byIndex.get(index);
    if (known === undefined) byIndex.set(index, [text]);
    else known.push(text);
  }
  const outward = new Set(routes.flatMap(defaultRouteDevices));
  return links.map((link) => decodeLink(link, byIndex, outward)).sort((a, b) => a.index - b.index);
}

function decodeLink(
  payload: Uint8Array,
  addresses: ReadonlyMap<number, string[]>,
  outward: ReadonlySet<number>,
): Device {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const index = view.getInt32(4, LITTLE_ENDIAN);
  const flags = view.getUint32(8, LITTLE_ENDIAN);
  const attributes = new AttributeReader(payload, LINK_HEADER);
  let [name, mtu] = ["", 0];
  let mac: string | undefined;
  let kind: string | undefined;
  while (attributes.next()) {
    if (attributes.type === IFLA.IFNAME) name = attributes.string();
    else if (attributes.type === IFLA.MTU) mtu = attributes.u32();
    else if (attributes.type === IFLA.ADDRESS && attributes.size === 6) mac = hexPairs(attributes.bytes());
    else if (attributes.type === IFLA.LINKINFO) {
      const info = attributes.nested();
      while (info.next()) if (info.type === IFLA_INFO_KIND) kind = info.string();
    }
  }
  const type = TYPES[view.getUint16(2, LITTLE_ENDIAN)] ?? "other";
  return {
    name,
    index,
    type,
    ...(kind === undefined ? {} : { kind }),
    up: (flags & IFF_UP) !== 0,
    carrier: (flags & IFF_LOWER_UP) !== 0,
    mtu,
    ...(mac === undefined || type === "loopback" ? {} : { mac }),
    addresses: addresses.get(index) ?? [],
    defaultRoute: outward.has(index),
  };
}

function hexPairs(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function decodeAddress(payload: Uint8Array): { index: number; text: string } {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const attributes = new AttributeReader(payload, ADDRESS_HEADER);
  let own: Uint8Array | undefined;
  while (attributes.next()) {
    // On a point-to-point link IFA_ADDRESS is the other side's; IFA_LOCAL is always ours.
    if (attributes.type === IFA.LOCAL || (attributes.type === IFA.ADDRESS && own === undefined)) {
      own = attributes.bytes();
    }
  }
  return {
    index: view.getUint32(4, LITTLE_ENDIAN),
    text: `${addressText(own ?? new Uint8Array())}/${payload[1] ?? 0}`,
  };
}

function addressText(bytes: Uint8Array): string {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return formatAddress({ family: bytes.length === 16 ? 6 : 4, value });
}

/** Indexes of the devices that a route leads out of, if it is a default route of the main table. */
function defaultRouteDevices(payload: Uint8Array): number[] {
  const [, prefix, , , table, , , type] = payload;
  if (prefix !== 0 || type !== RTN_UNICAST) return [];
  const devices: number[] = [];
  let number = table ?? 0;
  const attributes = new AttributeReader(payload, ROUTE_HEADER);
  while (attributes.next()) {
    if (attributes.type === RTA.TABLE) number = attributes.u32();
    else if (attributes.type === RTA.OIF) devices.push(attributes.u32());
    else if (attributes.type === RTA.MULTIPATH) devices.push(...nextHops(attributes.bytes()));
  }
  return number === RT_TABLE_MAIN ? devices : [];
}

function nextHops(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const devices: number[] = [];
  for (let at = 0; at + NEXT_HOP <= bytes.length;) {
    devices.push(view.getInt32(at + 4, LITTLE_ENDIAN));
    at += Math.max(NEXT_HOP, (view.getUint16(at, LITTLE_ENDIAN) + 3) & ~3);
  }
  return devices;
}
