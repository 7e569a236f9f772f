/**
 * The ruleset as data: what `compile` yields, `text` prints, `wire` encodes, `decode` reads back, `diff` compares and
 * the simulator evaluates. Plain immutable values without class or handle, so that two rulesets are the same when
 * they are deeply equal.
 *
 * A statement corresponds to one statement of nft's syntax; the kernel's register machine (linux/netfilter/nf_tables.h)
 * appears only in `wire` and `decode`, which turn a match into load, bitwise and compare expressions and back.
 */

/** Address family of a table (NFPROTO_*). */
export type TableFamily = "inet" | "ip" | "ip6" | "arp" | "bridge" | "netdev";

/** All that one table holds. */
export interface Table {
  readonly family: TableFamily;
  readonly name: string;
  readonly chains: readonly Chain[];
  readonly sets: readonly NamedSet[];
}

export type Hook = "prerouting" | "input" | "forward" | "output" | "postrouting" | "ingress" | "egress";

export interface Chain {
  readonly name: string;
  /** Absent on a regular chain, which is only jumped to. */
  readonly base?: {
    readonly type: "filter" | "nat" | "route";
    readonly hook: Hook;
    /** Signed; NF_IP_PRI_* of linux/netfilter_ipv4.h, for example 0 for filter and -100 for dstnat. */
    readonly priority: number;
    readonly policy: "accept" | "drop";
    /** Devices of an ingress or egress hook. */
    readonly devices?: readonly string[];
  };
  readonly comment?: string;
  readonly rules: readonly Rule[];
}

export interface Rule {
  /** At most 127 bytes of UTF-8 without a double quote or control character (see `comment.ts`). */
  readonly comment?: string;
  readonly statements: readonly Statement[];
}

// Values ------------------------------------------------------------------------------------------------------------

/**
 * A value of one datatype: integers, IPv4 addresses and marks as number; IPv6 addresses and MACs as bigint; interface
 * names as string (a trailing `*` matches the prefix).
 */
export type Value = number | bigint | string;

/** Datatypes of sets and loads; ids, sizes and byte orders stand in `datatype.ts`. */
export type Datatype =
  | "ipv4_addr"
  | "ipv6_addr"
  | "ether_addr"
  | "inet_proto"
  | "inet_service"
  | "icmp_type"
  | "icmpv6_type"
  | "icmp_code"
  | "icmpv6_code"
  | "mark"
  | "ifname"
  | "nf_proto"
  | "ct_state"
  | "ct_status"
  | "ct_dir"
  | "pkt_type"
  | "tcp_flag"
  | "fib_addrtype"
  | "time"
  | "hour"
  | "day"
  | "dscp"
  | "integer";

/** Where a value comes from: exactly one kernel load expression. */
export type Load =
  | { readonly load: "meta"; readonly key: MetaKey }
  | { readonly load: "payload"; readonly field: PayloadField }
  | { readonly load: "ct"; readonly key: CtKey; readonly direction?: "original" | "reply" }
  | {
    readonly load: "fib";
    readonly flags: readonly ("saddr" | "daddr" | "mark" | "iif" | "oif")[];
    readonly result: "oif" | "oifname" | "type" | "present";
  };

export type MetaKey =
  | "iifname"
  | "oifname"
  | "iif"
  | "oif"
  | "nfproto"
  | "l4proto"
  | "mark"
  | "pkttype"
  | "length"
  | "skuid"
  | "time"
  | "hour"
  | "day"
  | "random"
  | "iifgroup"
  | "oifgroup";

/** A named header field; offset, length and datatype stand in `expr/payload.ts`. */
export type PayloadField =
  | "ip saddr"
  | "ip daddr"
  | "ip protocol"
  | "ip dscp"
  | "ip ttl"
  | "ip length"
  | "ip frag-off"
  | "ip6 saddr"
  | "ip6 daddr"
  | "ip6 nexthdr"
  | "ip6 hoplimit"
  | "th sport"
  | "th dport"
  | "tcp flags"
  | "icmp type"
  | "icmp code"
  | "icmpv6 type"
  | "icmpv6 code"
  | "ether saddr"
  | "ether daddr"
  | "ether type";

export type CtKey =
  | "state"
  | "status"
  | "direction"
  | "mark"
  | "l3proto"
  | "protocol"
  | "ip saddr"
  | "ip daddr"
  | "ip6 saddr"
  | "ip6 daddr"
  | "proto-src"
  | "proto-dst"
  | "zone";

// Statements --------------------------------------------------------------------------------------------------------

export type Statement =
  | MatchStatement
  | RangeStatement
  | LookupStatement
  | VerdictStatement
  | CounterStatement
  | LogStatement
  | LimitStatement
  | NatStatement
  | RejectStatement
  | AssignStatement
  | { readonly kind: "notrack" }
  /** Something in the kernel that Patronus did not write and does not know: only ever decoded. */
  | { readonly kind: "unknown"; readonly expression: string };

/**
 * Compares one loaded value. With `mask`, `(loaded & mask) op value`: an address prefix has the netmask and the network
 * address; `ct state` and `tcp flags` test bits with op `!=` and value 0.
 */
export interface MatchStatement {
  readonly kind: "match";
  readonly load: Load;
  readonly mask?: Value;
  readonly op: "==" | "!=" | "<" | ">" | "<=" | ">=";
  readonly value: Value;
}

/** `from <= loaded <= to`, both inclusive; `negate` inverts. */
export interface RangeStatement {
  readonly kind: "range";
  readonly load: Load;
  readonly from: Value;
  readonly to: Value;
  readonly negate?: boolean;
}

/** Looks the loaded values (several: a concatenation) up in a set; in a map of verdicts, the hit's verdict is taken. */
export interface LookupStatement {
  readonly kind: "lookup";
  readonly loads: readonly Load[];
  /** Name of a set of the table, or an anonymous one. */
  readonly set: string | AnonymousSet;
  readonly negate?: boolean;
  /** The set is a map of verdicts (`vmap`). */
  readonly verdicts?: boolean;
}

export interface VerdictStatement {
  readonly kind: "verdict";
  readonly verdict: Verdict;
}

export type Verdict =
  | { readonly type: "accept" | "drop" | "continue" | "return" }
  | { readonly type: "jump" | "goto"; readonly chain: string };

/** Packets and bytes are the starting values; they are never compared. */
export interface CounterStatement {
  readonly kind: "counter";
  readonly packets: number;
  readonly bytes: number;
}

export interface LogStatement {
  readonly kind: "log";
  /** At most 127 bytes (NF_LOG_PREFIXLEN 128 with its zero). */
  readonly prefix?: string;
  /** NFLOG group; without one, the kernel log. */
  readonly group?: number;
  /** Bytes of the packet to copy, with a group. */
  readonly snaplen?: number;
  readonly queueThreshold?: number;
}

export interface LimitStatement {
  readonly kind: "limit";
  readonly unit: "packets" | "bytes";
  /** Units for each `per` seconds. */
  readonly rate: number;
  /** Seconds: 1, 60, 3600, 86400 or 604800. */
  readonly per: number;
  readonly burst: number;
  /** Match what exceeds the rate instead of what keeps to it. */
  readonly over?: boolean;
}

export interface NatStatement {
  readonly kind: "snat" | "dnat" | "masquerade" | "redirect";
  /** Family of the address; needed when there is one. */
  readonly family?: "ip" | "ip6";
  readonly address?: Value;
  /** Last address of a range. */
  readonly addressEnd?: Value;
  readonly port?: number;
  /** Last port of a range. */
  readonly portEnd?: number;
  /** Rewrite only the network part (NF_NAT_RANGE_NETMAP): `address`/`addressEnd` are the first and last of the prefix. */
  readonly prefix?: boolean;
  readonly random?: boolean;
  readonly fullyRandom?: boolean;
  readonly persistent?: boolean;
}

export interface RejectStatement {
  readonly kind: "reject";
  /** `icmpx` is the family-neutral kind of an inet table. */
  readonly with:
    | { readonly type: "tcp-reset" }
    | { readonly type: "icmp" | "icmpv6" | "icmpx"; readonly code: number };
}

/** `meta mark set 7`, `ct mark set 7`. */
export interface AssignStatement {
  readonly kind: "assign";
  readonly target: { readonly set: "meta"; readonly key: "mark" } | { readonly set: "ct"; readonly key: "mark" };
  readonly value: number;
}

// Sets --------------------------------------------------------------------------------------------------------------

/** One element; `end` makes an inclusive interval; concatenations have one part for each component. */
export interface Element {
  readonly key: readonly Value[];
  /** Inclusive last value of each component, where the set has intervals. */
  readonly end?: readonly Value[];
  /** In a map of verdicts. */
  readonly verdict?: Verdict;
  /** Seconds. */
  readonly timeout?: number;
  readonly comment?: string;
}

/** A set written inside a rule; its datatypes follow from the loads. Elements are sorted and disjoint. */
export interface AnonymousSet {
  readonly interval?: boolean;
  readonly elements: readonly Element[];
}

export interface NamedSet {
  readonly name: string;
  /** One datatype, or several for a concatenation. */
  readonly key: readonly Datatype[];
  readonly interval?: boolean;
  readonly verdicts?: boolean;
  /** Elements carry counters. */
  readonly counter?: boolean;
  /** Elements may have timeouts. */
  readonly timeout?: boolean;
  /** Default timeout in seconds. */
  readonly defaultTimeout?: number;
  /** Packets add elements: they are state, never drift. */
  readonly dynamic?: boolean;
  readonly size?: number;
  readonly comment?: string;
  /** Sorted by key and disjoint. State sets (dynamic or timeout) are listed empty. */
  readonly elements: readonly Element[];
}
