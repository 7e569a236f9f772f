/** Routes over rtnetlink (linux/rtnetlink.h). */
import { type Address, BITS, type Family, network, type Prefix } from "../../model/address.ts";
import { AttributeReader, AttributeWriter, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, AF, readInet } from "./inet.ts";
import { NLM_F } from "./message.ts";

/** RTM_* of linux/rtnetlink.h. */
const RTM = { NEWROUTE: 24, DELROUTE: 25, GETROUTE: 26 } as const;
/** Bytes of struct rtmsg: family, both prefix lengths, TOS, table, protocol, scope, type, flags. */
const HEADER = 12;
/** RTA_*. */
const RTA = { DST: 1, SRC: 2, OIF: 4, GATEWAY: 5, PRIORITY: 6, MULTIPATH: 9, TABLE: 15 } as const;
/** Bytes of struct rtnexthop: length, flags, hops, device index. */
const NEXT_HOP = 8;
/** RTPROT_BOOT: set by hand or by a program that no routing daemon minds. */
const RTPROT_BOOT = 3;
/** RT_SCOPE_*: behind a gateway, or on the link itself. */
const SCOPE = { UNIVERSE: 0, LINK: 253 } as const;
/** RTN_*: what happens to a packet that takes the route. */
const TYPES = [
  "other",
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
] as const;
const UNICAST = 1;

/** RTM_F_*: say the table that decided; answer with the route, not with what follows from it. */
const RTM_F = { LOOKUP_TABLE: 0x1000, FIB_MATCH: 0x2000 } as const;

export type RouteType = (typeof TYPES)[number];

/** RT_TABLE_MAIN. */
export const MAIN_TABLE = 254;

/** Where packets go next: to a gateway, out of a device, or both. */
export interface NextHop {
  /** Index of the device. */
  readonly device?: number;
  readonly gateway?: Address;
}

/** A route to add or to take away. */
export interface NewRoute {
  /** `0.0.0.0/0` and `::/0` are default routes. */
  readonly destination: Prefix;
  readonly device?: number;
  readonly gateway?: Address;
  /** The lowest is taken first; 0 for IPv4 and 1024 for IPv6 where it is left out. */
  readonly metric?: number;
}

/** A route as the kernel lists it. */
export interface Route {
  readonly destination: Prefix;
  readonly type: RouteType;
  readonly table: number;
  /** RTPROT_*: who set it: 2 the kernel, 3 by hand, 4 an administrator's program. */
  readonly protocol: number;
  readonly metric: number;
  /** More than one where packets are spread over several. */
  readonly hops: readonly NextHop[];
}

/** A packet whose route is asked for. */
export interface RouteLookup {
  readonly destination: Address;
  /** An address of this machine that the packet comes from. */
  readonly source?: Address;
  /** Index of the device that the packet shall leave by. */
  readonly device?: number;
}

/** Asks for the route that a packet takes; the kernel answers with an error where there is none. */
export function getRoute({ destination, source, device }: RouteLookup): Uint8Array<ArrayBuffer> {
  const { family } = destination;
  const header = new Uint8Array(HEADER);
  header.set([AF[family], BITS[family], source === undefined ? 0 : BITS[family]]);
  // IPv6 always names the table.
  const flags = family === 4 ? RTM_F.LOOKUP_TABLE | RTM_F.FIB_MATCH : RTM_F.FIB_MATCH;
  new DataView(header.buffer).setUint32(8, flags, LITTLE_ENDIAN);
  const writer = new AttributeWriter(96);
  writer.message(RTM.GETROUTE, 0, header);
  writer.bytes(RTA.DST, addressBytes(destination));
  if (source !== undefined) writer.bytes(RTA.SRC, addressBytes(source));
  if (device !== undefined) writer.u32(RTA.OIF, device);
  return writer.finish();
}

/** Asks for the routes of all tables, of one IP version or of both; for `Netlink.dump`. */
export function routeDump(family?: Family): Uint8Array<ArrayBuffer> {
  const writer = new AttributeWriter(64);
  writer.message(RTM.GETROUTE, 0, [family === undefined ? 0 : AF[family], ...new Uint8Array(HEADER - 1)]);
  return writer.finish();
}

export function newRoute(route: NewRoute): Uint8Array<ArrayBuffer> {
  return message(RTM.NEWROUTE, NLM_F.CREATE | NLM_F.EXCL, route);
}

export function delRoute(route: NewRoute): Uint8Array<ArrayBuffer> {
  return message(RTM.DELROUTE, 0, route);
}

/** Reads the payload of an RTM_NEWROUTE of IPv4 or IPv6; null for other families. Throws a `NetlinkDecodeError`. */
export function readRoute(payload: Uint8Array): Route | null {
  const [af, length = 0, , , table = 0, protocol = 0, , type = 0] = payload;
  if (payload.length < HEADER) throw new NetlinkDecodeError(`a route of ${payload.length} bytes`);
  const family = af === AF[4] ? 4 : af === AF[6] ? 6 : null;
  if (family === null) return null;
  const attributes = new AttributeReader(payload, HEADER);
  let destination: Address = { family, value: 0n };
  let [number, metric] = [table, 0];
  let hops: NextHop[] = [];
  const single: { -readonly [Key in keyof NextHop]: NextHop[Key] } = {};
  while (attributes.next()) {
    switch (attributes.type) {
      case RTA.DST:
        destination = readInet(attributes.bytes());
        break;
      case RTA.TABLE:
        number = attributes.u32();
        break;
      case RTA.PRIORITY:
        metric = attributes.u32();
        break;
      case RTA.OIF:
        single.device = attributes.u32();
        break;
      case RTA.GATEWAY:
        single.gateway = readInet(attributes.bytes());
        break;
      case RTA.MULTIPATH:
        hops = readHops(attributes.bytes());
    }
  }
  if (Object.keys(single).length > 0) hops = [single];
  return {
    destination: { ...destination, length },
    type: TYPES[type] ?? "other",
    table: number,
    protocol,
    metric,
    hops,
  };
}

/** struct rtnexthop, one behind the other, each with attributes of its own. */
function readHops(bytes: Uint8Array): NextHop[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const hops: NextHop[] = [];
  for (let at = 0; at + NEXT_HOP <= bytes.length;) {
    const length = view.getUint16(at, LITTLE_ENDIAN);
    if (length < NEXT_HOP || at + length > bytes.length) {
      throw new NetlinkDecodeError(`a next hop says ${length} bytes where ${bytes.length - at} are left`);
    }
    const attributes = new AttributeReader(bytes, at + NEXT_HOP, at + length);
    let gateway: Address | undefined;
    while (attributes.next()) if (attributes.type === RTA.GATEWAY) gateway = readInet(attributes.bytes());
    hops.push({ device: view.getInt32(at + 4, LITTLE_ENDIAN), ...(gateway === undefined ? {} : { gateway }) });
    at += (length + 3) & ~3;
  }
  return hops;
}

function message(
  type: number,
  flags: number,
  { destination, device, gateway, metric }: NewRoute,
): Uint8Array<ArrayBuffer> {
  // IPv6 knows no scopes of routes.
  const scope = gateway === undefined && destination.family === 4 ? SCOPE.LINK : SCOPE.UNIVERSE;
  const header = [
    AF[destination.family],
    destination.length,
    0,
    0,
    MAIN_TABLE,
    RTPROT_BOOT,
    scope,
    UNICAST,
    0,
    0,
    0,
    0,
  ];
  const writer = new AttributeWriter(128);
  writer.message(type, flags, header);
  if (destination.length > 0) writer.bytes(RTA.DST, addressBytes(network(destination)));
  if (gateway !== undefined) writer.bytes(RTA.GATEWAY, addressBytes(gateway));
  if (metric !== undefined) writer.u32(RTA.PRIORITY, metric);
  if (device !== undefined) writer.u32(RTA.OIF, device);
  return writer.finish();
}
