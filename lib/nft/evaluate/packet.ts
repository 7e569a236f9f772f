/**
 * A packet and what is known about it, as plain values. What is left out is not known: a rule that asks for it cannot be
 * told, and the answer says so.
 */
import type { Family } from "../../model/address.ts";

/** An address as sets hold it: IPv4 as number, IPv6 as bigint. */
export type AddressValue = number | bigint;

/** One end of a connection. */
export interface Endpoint {
  readonly address?: AddressValue;
  readonly port?: number;
}

export interface Packet {
  readonly family: Family;
  /** IANA number of the transport protocol. */
  readonly protocol: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** ICMP or ICMPv6 type and code. */
  readonly icmp?: { readonly type: number; readonly code: number };
  /** Flags of the TCP header (RFC 9293, section 3.1): fin 1, syn 2, rst 4, psh 8, ack 16. */
  readonly tcpFlags?: number;
  /** A later fragment, which has no transport header. */
  readonly fragment?: boolean;
  /** Bytes with the IP header. */
  readonly length?: number;
  /** Time to live, or hop limit. */
  readonly ttl?: number;
  /** The second byte of the IPv4 header: DSCP in its upper six bits (RFC 2474). */
  readonly trafficClass?: number;
  /** Device that it came in by; empty where it was made here. */
  readonly in: string;
  /** Device that it leaves by; empty before it is routed, and for packets to this machine. */
  readonly out: string;
  readonly mark: number;
  readonly connection: Connection;
}

export type ConnectionState = "new" | "established" | "related" | "invalid" | "untracked";

/** What connection tracking knows of the packet's connection. */
export interface Connection {
  readonly state: ConnectionState;
  /** IPS_* of linux/netfilter/nf_conntrack_common.h; of a new connection 0 where left out. */
  readonly status?: number;
  /** `original` is the way of the packet that began it; of a new connection where left out. */
  readonly direction?: "original" | "reply";
  /** Of a new connection 0 where left out. */
  readonly mark?: number;
  /** Ends of the packet that began it, before any translation. */
  readonly original?: { readonly source: Endpoint; readonly destination: Endpoint };
  /** What was decided when it began: packets of this direction get these ends, and no rule is asked. */
  readonly rewrites?: { readonly source?: Endpoint; readonly destination?: Endpoint };
  /** Ends whose translation is decided: rules decide for the first packet, and once only. */
  readonly decided?: { readonly source?: boolean; readonly destination?: boolean };
}

/** IP protocols whose header begins with two ports: TCP, UDP, DCCP, SCTP, UDP-Lite (IANA). */
export const PORTED: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
/** IANA protocol numbers. */
export const TCP = 6;
export const ICMP = 1;
export const ICMPV6 = 58;

/** IPS_SRC_NAT and IPS_DST_NAT of linux/netfilter/nf_conntrack_common.h. */
export const STATUS_SNAT = 16;
export const STATUS_DNAT = 32;

/** Whether conntrack has an entry for it: not for what is invalid or kept out. */
export function isTracked({ state }: Connection): boolean {
  return state !== "invalid" && state !== "untracked";
}
