/** Routes over rtnetlink (linux/rtnetlink.h). */
import { type Address, BITS, type Family, formatPrefix, network, type Prefix } from "../../model/address.ts";
import { AttributeReader, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, AF, readInet } from "./inet.ts";
import { NLM_F } from "./message.ts";
import { hopWords, type NextHop, readGateway, readHops, RTA_HOP, RTNH_F, writeGateway, writeHops } from "./next_hop.ts";
import { type Change, message } from "./rtnetlink.ts";

/** RTM_* of linux/rtnetlink.h. */
const RTM = { NEWROUTE: 24, DELROUTE: 25, GETROUTE: 26 } as const;
/** Bytes of struct rtmsg: family, both prefix lengths, TOS, table, protocol, scope, type, flags. */
const HEADER = 12;
/** RTA_*. */
const RTA = { DST: 1, SRC: 2, PRIORITY: 6, PREFSRC: 7, METRICS: 8, MULTIPATH: 9, TABLE: 15 } as const;
/** RTAX_MTU, inside RTA_METRICS. */
const RTAX_MTU = 2;
/** RT_SCOPE_*: behind a gateway, on the link itself, in this machine; and, for deleting, any. */
const SCOPE = { UNIVERSE: 0, LINK: 253, HOST: 254, NOWHERE: 255 } as const;
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
  "throw",
] as const;
/** Types that lead nowhere. IPv6 lists the loopback device for them. */
const DEAD_ENDS: ReadonlySet<RouteType> = new Set(["blackhole", "unreachable", "prohibit", "throw"]);
/** IP6_RT_PRIO_USER of net/ip6_route.h: the metric of an IPv6 route that is given none. */
const METRIC_6 = 1024;

/** RTM_F_*: say the table that decided; answer with the route, not with what follows from it. */
const RTM_F = { LOOKUP_TABLE: 0x1000, FIB_MATCH: 0x2000 } as const;

export type RouteType = (typeof TYPES)[number];

/** RT_TABLE_MAIN. */
export const MAIN_TABLE = 254;
/** RTPROT_*: set by the kernel itself; by hand, or by a program that no routing daemon minds. */
export const ORIGIN = { KERNEL: 2, BOOT: 3 } as const;

/** A route as the kernel lists it. */
export interface Route {
  /** `0.0.0.0/0` and `::/0` are default routes. */
  readonly destination: Prefix;
  readonly type: RouteType;
  readonly table: number;
  /** RTPROT_*: who set it: 2 the kernel, 3 by hand, 4 an administrator's program. */
  readonly protocol: number;
  /** The lowest is taken first. */
  readonly metric: number;
  /** The address that this machine's own packets leave from. */
  readonly source?: Address;
  /** Bytes; where it is less than the device's. */
  readonly mtu?: number;
  /** None where it leads nowhere; more than one where packets are spread over several. */
  readonly hops: readonly NextHop[];
}

/** A route to add or to take away. What is left out is as `completeRoute` says. */
export interface NewRoute extends Partial<Omit<Route, "type">> {
  readonly destination: Prefix;
  readonly type?: Exclude<RouteType, "other">;
}

/** A packet whose route is asked for. */
export interface RouteLookup {
  readonly destination: Address;
  /** An address of this machine that the packet comes from. */
  readonly source?: Address;
  /** Index of the device that the packet shall leave by. */
  readonly device?: number;
}

/** Which routes a dump gives: all where nothing is said. */
export interface RouteFilter {
  readonly family?: Family;
  readonly table?: number;
}

/**
 * A route as the kernel will list it once it is added: for comparing. What is left out is the main table, unicast, set
 * by hand, and the metric 0 for IPv4 and 1024 for IPv6.
 */
export function completeRoute(route: NewRoute): Route {
  const { destination, type = "unicast", table = MAIN_TABLE, protocol = ORIGIN.BOOT, metric, source, mtu } = route;
  return {
    destination: network(destination),
    type,
    table,
    protocol,
    // IPv6 takes 0 for none.
    metric: destination.family === 6 ? metric || METRIC_6 : metric ?? 0,
    ...(source === undefined ? {} : { source }),
    ...(mtu === undefined ? {} : { mtu }),
    hops: (route.hops ?? []).map(({ weight = 1, onLink = false, ...hop }) => ({
      ...hop,
      ...(weight === 1 ? {} : { weight }),
      ...(onLink ? { onLink } : {}),
    })),
  };
}

/** Asks for the route that a packet takes; the kernel answers with an error where there is none. */
export function getRoute({ destination, source, device }: RouteLookup): Uint8Array<ArrayBuffer> {
  const { family } = destination;
  const header = new Uint8Array(HEADER);
  header.set([AF[family], BITS[family], source === undefined ? 0 : BITS[family]]);
  // IPv6 always names the table.
  const flags = family === 4 ? RTM_F.LOOKUP_TABLE | RTM_F.FIB_MATCH : RTM_F.FIB_MATCH;
  new DataView(header.buffer).setUint32(8, flags, LITTLE_ENDIAN);
  return message(RTM.GETROUTE, 0, header, (writer) => {
    writer.bytes(RTA.DST, addressBytes(destination));
    if (source !== undefined) writer.bytes(RTA.SRC, addressBytes(source));
    if (device !== undefined) writer.u32(RTA_HOP.OIF, device);
  });
}

/** Asks for routes; for `Netlink.dump`. The kernel filters by table only where it checks dumps strictly. */
export function routeDump({ family, table }: RouteFilter = {}): Uint8Array<ArrayBuffer> {
  const header = [family === undefined ? 0 : AF[family], ...new Uint8Array(HEADER - 1)];
  return message(RTM.GETROUTE, 0, header, (writer) => {
    if (table !== undefined) writer.u32(RTA.TABLE, table);
  });
}

/** Adds a route; refused with EEXIST where its table has one with that destination and metric. */
export function newRoute(route: NewRoute): Change {
  return change("add", RTM.NEWROUTE, NLM_F.CREATE | NLM_F.EXCL, route);
}

/** Adds a route, or puts it in the place of the one with that destination and metric. */
export function replaceRoute(route: NewRoute): Change {
  return change("set", RTM.NEWROUTE, NLM_F.CREATE | NLM_F.REPLACE, route);
}

/** Takes a route away: what is said of it says which. */
export function delRoute(route: NewRoute): Change {
  return change("delete", RTM.DELROUTE, 0, route);
}

/** Reads the payload of an RTM_NEWROUTE or RTM_DELROUTE of IPv4 or IPv6; null for other families. Throws a `NetlinkDecodeError`. */
export function readRoute(payload: Uint8Array): Route | null {
  const [af, length = 0, , , table = 0, protocol = 0, , typeNumber = 0] = payload;
  if (payload.length < HEADER) throw new NetlinkDecodeError(`a route of ${payload.length} bytes`);
  const family = af === AF[4] ? 4 : af === AF[6] ? 6 : null;
  if (family === null) return null;
  const flags = new DataView(payload.buffer, payload.byteOffset, payload.length).getUint32(8, LITTLE_ENDIAN);
  const attributes = new AttributeReader(payload, HEADER);
  let destination: Address = { family, value: 0n };
  let [number, metric] = [table, 0];
  let hops: NextHop[] = [];
  const single: { -readonly [Key in keyof NextHop]: NextHop[Key] } = {};
  const more: { -readonly [Key in "source" | "mtu"]?: Route[Key] } = {};
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
      case RTA.PREFSRC:
        more.source = readInet(attributes.bytes());
        break;
      case RTA.METRICS: {
        const metrics = attributes.nested();
        while (metrics.next()) if (metrics.type === RTAX_MTU) more.mtu = metrics.u32();
        break;
      }
      case RTA.MULTIPATH:
        hops = readHops(attributes.bytes());
        break;
      case RTA_HOP.OIF:
        single.device = attributes.u32();
        break;
      default:
        single.gateway = readGateway(attributes) ?? single.gateway;
    }
  }
  if (single.gateway === undefined) delete single.gateway;
  if (Object.keys(single).length > 0) {
    if ((flags & RTNH_F.ONLINK) !== 0) single.onLink = true;
    hops = [single];
  }
  const type = TYPES[typeNumber] ?? "other";
  return {
    destination: { ...destination, length },
    type,
    table: number,
    protocol,
    metric,
    ...more,
    hops: DEAD_ENDS.has(type) ? [] : hops,
  };
}

function change(verb: string, type: number, flags: number, route: NewRoute): Change {
  const { hops = [], metric, source, mtu, table = MAIN_TABLE } = route;
  const { family, length } = route.destination;
  const [only] = hops.length === 1 ? hops : [];
  const header = new Uint8Array(HEADER);
  header.set([AF[family], length, 0, 0, table < 256 ? table : 0]);
  // Of a route to delete, 0 leaves open who set it.
  const protocol = route.protocol ?? (type === RTM.DELROUTE ? 0 : ORIGIN.BOOT);
  header.set([protocol, scopeOf(type, route), TYPES.indexOf(route.type ?? "unicast")], 5);
  new DataView(header.buffer).setUint32(8, only?.onLink ? RTNH_F.ONLINK : 0, LITTLE_ENDIAN);
  return {
    operation: `${verb} ${routeWords(route)}`,
    message: message(type, flags, header, (writer) => {
      if (length > 0) writer.bytes(RTA.DST, addressBytes(network(route.destination)));
      writeGateway(writer, family, only?.gateway);
      if (metric !== undefined) writer.u32(RTA.PRIORITY, metric);
      if (source !== undefined) writer.bytes(RTA.PREFSRC, addressBytes(source));
      if (table > 255) writer.u32(RTA.TABLE, table);
      if (only?.device !== undefined) writer.u32(RTA_HOP.OIF, only.device);
      if (hops.length > 1) {
        const nest = writer.nest(RTA.MULTIPATH);
        writeHops(writer, family, hops);
        writer.end(nest);
      }
      if (mtu !== undefined) {
        const nest = writer.nest(RTA.METRICS);
        writer.u32(RTAX_MTU, mtu);
        writer.end(nest);
      }
    }),
  };
}

/** IPv6 knows no scopes of routes. */
function scopeOf(message: number, { destination, type = "unicast", hops = [] }: NewRoute): number {
  if (destination.family === 6) return SCOPE.UNIVERSE;
  if (message === RTM.DELROUTE) return SCOPE.NOWHERE;
  if (type === "local") return SCOPE.HOST;
  if (DEAD_ENDS.has(type)) return SCOPE.UNIVERSE;
  return hops.some(({ gateway }) => gateway !== undefined) ? SCOPE.UNIVERSE : SCOPE.LINK;
}

function routeWords({ destination, type = "unicast", table = MAIN_TABLE, hops = [] }: NewRoute): string {
  const what = type === "unicast" ? "route" : `${type} route`;
  const where = table === MAIN_TABLE ? "" : ` in table ${table}`;
  return `${what} to ${formatPrefix(destination)}${hops.map(hopWords).join(" and")}${where}`;
}
