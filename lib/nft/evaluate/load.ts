/**
 * What a load reads of a packet. The kernel reads bytes at an offset whatever protocol they belong to: only what is not
 * there at all ends the rule (NFT_BREAK). Measured on 6.18: `th dport != 53` matches an echo request, whose checksum
 * stands there. Such bytes are not known here.
 */
import { CT_STATES, NFPROTO_IPV4, NFPROTO_IPV6 } from "../datatype.ts";
import { PAYLOAD_FIELDS } from "../expr/payload.ts";
import type { CtKey, Load, MetaKey, PayloadField, Value } from "../ruleset.ts";
import type { Facts } from "./facts.ts";
import { type Connection, type Endpoint, ICMP, ICMPV6, isTracked, type Packet, PORTED, TCP } from "./packet.ts";

/** Null: not there, so that the rule does not match, whatever it compares with. Undefined: not known. */
export type Loaded = Value | null | undefined;

/** `tracked`: conntrack has seen the packet. Before it has, the state is invalid and nothing else is there. */
export function loadValue(load: Load, packet: Packet, tracked: boolean, facts: Facts): Loaded {
  switch (load.load) {
    case "meta":
      return META[load.key]?.(packet);
    case "payload":
      return loadPayload(load.field, packet);
    case "ct":
      return loadConnection(load.key, load.direction, packet, tracked);
    case "fib":
      return facts.fib?.(load, packet);
  }
}

/** Keys that are not here are never known. A device that is not there has an empty name, as measured on 6.18. */
const META: Partial<Readonly<Record<MetaKey, (packet: Packet) => Loaded>>> = {
  iifname: (packet) => packet.in,
  oifname: (packet) => packet.out,
  nfproto: ({ family }) => nfproto(family),
  l4proto: ({ protocol }) => protocol,
  mark: ({ mark }) => mark,
  length: ({ length }) => length,
};

function nfproto(family: Packet["family"]): number {
  return family === 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

function loadPayload(field: PayloadField, packet: Packet): Loaded {
  const info = PAYLOAD_FIELDS[field];
  // NFT_PAYLOAD_TRANSPORT_HEADER: a later fragment has none.
  if (info.base === 2 && packet.fragment === true) return null;
  if (info.nfproto !== undefined && info.nfproto !== nfproto(packet.family)) return undefined;
  if (info.l4proto !== undefined && info.l4proto !== packet.protocol) return undefined;
  // NFT_PAYLOAD_LL_HEADER: a packet made here has none yet.
  if (info.base === 0) return packet.in === "" ? null : undefined;
  return PAYLOAD[field]?.(packet);
}

const PAYLOAD: Partial<Readonly<Record<PayloadField, (packet: Packet) => Loaded>>> = {
  "ip saddr": ({ source }) => source.address,
  "ip daddr": ({ destination }) => destination.address,
  "ip protocol": ({ protocol }) => protocol,
  "ip dscp": ({ trafficClass }) => trafficClass,
  "ip ttl": ({ ttl }) => ttl,
  "ip length": ({ length }) => length,
  "ip6 saddr": ({ source }) => source.address,
  "ip6 daddr": ({ destination }) => destination.address,
  "ip6 hoplimit": ({ ttl }) => ttl,
  "th sport": (packet) => PORTED.has(packet.protocol) ? packet.source.port : typeAndCode(packet),
  "th dport": ({ protocol, destination }) => PORTED.has(protocol) ? destination.port : undefined,
  "tcp flags": ({ protocol, tcpFlags }) => protocol === TCP ? tcpFlags : undefined,
  "icmp type": ({ icmp }) => icmp?.type,
  "icmp code": ({ icmp }) => icmp?.code,
  "icmpv6 type": ({ icmp }) => icmp?.type,
  "icmpv6 code": ({ icmp }) => icmp?.code,
};

/** Where other headers have a source port, ICMP has type and code. */
function typeAndCode({ protocol, icmp }: Packet): Loaded {
  if ((protocol !== ICMP && protocol !== ICMPV6) || icmp === undefined) return undefined;
  return icmp.type * 256 + icmp.code;
}

function loadConnection(
  key: CtKey,
  direction: "original" | "reply" | undefined,
  packet: Packet,
  tracked: boolean,
): Loaded {
  const { connection } = packet;
  if (key === "state") return CT_STATES[!tracked && isTracked(connection) ? "invalid" : connection.state];
  if (!tracked || !isTracked(connection)) return null;
  if (key === "l3proto") return nfproto(packet.family);
  if (key === "protocol") return packet.protocol;
  const fresh = connection.state === "new";
  if (key === "status") return connection.status ?? (fresh ? 0 : undefined);
  if (key === "mark") return connection.mark ?? (fresh ? 0 : undefined);
  if (key === "direction") {
    const way = connection.direction ?? (fresh ? "original" : undefined);
    return way === undefined ? undefined : way === "original" ? 0 : 1;
  }
  if (direction !== "original") return undefined;
  return originalEnd(key, connection, packet.family);
}

function originalEnd(key: CtKey, { original }: Connection, family: Packet["family"]): Loaded {
  if (original === undefined) return undefined;
  const end: Endpoint = key.endsWith("saddr") || key === "proto-src" ? original.source : original.destination;
  if (key === "proto-src" || key === "proto-dst") return end.port;
  return key.startsWith(family === 4 ? "ip " : "ip6 ") ? end.address : undefined;
}
