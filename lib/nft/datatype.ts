/** Datatypes of values: how wide they are, in which byte order the kernel compares them, and how nft writes them. */
import { formatAddress } from "../model/address.ts";
import type { Datatype, Value } from "./ruleset.ts";

export interface DatatypeInfo {
  /** Number of the type in NFTA_SET_KEY_TYPE, by which `nft` prints a set's type (enum datatypes of nftables). */
  readonly id: number;
  /** Bytes in a register. */
  readonly size: number;
  /** `text` is an interface name, padded with zeros. */
  readonly order: "host" | "network" | "text";
}

export const DATATYPES: Readonly<Record<Datatype, DatatypeInfo>> = {
  integer: { id: 4, size: 4, order: "network" },
  ipv4_addr: { id: 7, size: 4, order: "network" },
  ipv6_addr: { id: 8, size: 16, order: "network" },
  ether_addr: { id: 9, size: 6, order: "network" },
  inet_proto: { id: 12, size: 1, order: "network" },
  inet_service: { id: 13, size: 2, order: "network" },
  icmp_type: { id: 14, size: 1, order: "network" },
  tcp_flag: { id: 15, size: 1, order: "network" },
  mark: { id: 19, size: 4, order: "host" },
  ct_state: { id: 26, size: 4, order: "host" },
  ct_dir: { id: 27, size: 1, order: "network" },
  ct_status: { id: 28, size: 4, order: "host" },
  icmpv6_type: { id: 29, size: 1, order: "network" },
  pkt_type: { id: 31, size: 1, order: "network" },
  icmp_code: { id: 32, size: 1, order: "network" },
  icmpv6_code: { id: 33, size: 1, order: "network" },
  nf_proto: { id: 2, size: 1, order: "network" },
  ifname: { id: 41, size: 16, order: "text" },
  fib_addrtype: { id: 44, size: 4, order: "host" },
  time: { id: 46, size: 8, order: "host" },
  day: { id: 45, size: 1, order: "network" },
  hour: { id: 47, size: 4, order: "host" },
  dscp: { id: 10, size: 1, order: "network" },
};

/** Bits of `ct state` (NF_CT_STATE_BIT of linux/netfilter/nf_conntrack_common.h). */
export const CT_STATES: Readonly<Record<string, number>> = {
  invalid: 1,
  established: 2,
  related: 4,
  new: 8,
  untracked: 64,
};

/** Bits of `ct status` (enum ip_conntrack_status). */
const CT_STATUSES: Readonly<Record<string, number>> = {
  expected: 1,
  "seen-reply": 2,
  assured: 4,
  confirmed: 8,
  snat: 16,
  dnat: 32,
  dying: 512,
};

/** Bits of the TCP header's flags (RFC 9293, section 3.1). */
const TCP_FLAGS: Readonly<Record<string, number>> = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ecn: 64,
  cwr: 128,
};

/** NFPROTO_* of linux/netfilter.h. */
export const NFPROTO_IPV4 = 2;
export const NFPROTO_IPV6 = 10;

/** Names of datatypes whose values are words in nft's syntax. */
const WORDS: Partial<Readonly<Record<Datatype, Readonly<Record<string, number>>>>> = {
  nf_proto: { ipv4: NFPROTO_IPV4, ipv6: NFPROTO_IPV6 },
  // IANA protocol numbers that nft prints by name.
  inet_proto: { icmp: 1, tcp: 6, udp: 17, gre: 47, esp: 50, ah: 51, "ipv6-icmp": 58, sctp: 132 },
  // RTN_* of linux/rtnetlink.h.
  fib_addrtype: {
    unicast: 1,
    local: 2,
    broadcast: 3,
    anycast: 4,
    multicast: 5,
    blackhole: 6,
    unreachable: 7,
    prohibit: 8,
  },
  // PACKET_* of linux/if_packet.h.
  pkt_type: { host: 0, broadcast: 1, multicast: 2, other: 3 },
  ct_dir: { original: 0, reply: 1 },
};

const BITS: Partial<Readonly<Record<Datatype, Readonly<Record<string, number>>>>> = {
  ct_state: CT_STATES,
  ct_status: CT_STATUSES,
  tcp_flag: TCP_FLAGS,
};

/** Writes one value as nft does; strings are quoted. */
export function printValue(type: Datatype, value: Value): string {
  if (typeof value === "string") return `"${value}"`;
  switch (type) {
    case "ipv4_addr":
      return formatAddress({ family: 4, value: BigInt(value) });
    case "ipv6_addr":
      return formatAddress({ family: 6, value: BigInt(value) });
    case "ether_addr":
      return BigInt(value).toString(16).padStart(12, "0").match(/../g)?.join(":") ?? "";
    case "mark":
      return `0x${value.toString(16).padStart(8, "0")}`;
    default: {
      const word = Object.entries(WORDS[type] ?? {}).find(([, number]) => number === Number(value));
      return word?.[0] ?? value.toString();
    }
  }
}

/** Writes a bit mask as words (`established,related`); null where some bit has no name or the type has none. */
export function printBits(type: Datatype, value: Value): string[] | null {
  const table = BITS[type];
  if (table === undefined || typeof value !== "number") return null;
  const names = Object.entries(table).filter(([, bit]) => (value & bit) !== 0);
  const all = names.reduce((bits, [, bit]) => bits | bit, 0);
  return all === value && value !== 0 ? names.map(([name]) => name) : null;
}

/** The bits of a prefix where a mask is one (leading ones only); null for other masks. */
export function maskLength(type: Datatype, mask: Value): number | null {
  if (typeof mask === "string") return null;
  const bits = DATATYPES[type].size * 8;
  const inverted = ((1n << BigInt(bits)) - 1n) ^ BigInt(mask);
  // A prefix's inverted mask is 2^n - 1.
  if ((inverted & (inverted + 1n)) !== 0n) return null;
  return bits - (inverted === 0n ? 0 : inverted.toString(2).length);
}
