/** The packets that a filter or NAT rule means, as the statements of as few kernel rules as will do. */
import type { Family } from "../model/address.ts";
import type { Statement } from "../nft/ruleset.ts";
import { equals, meta, ofFamily, oneOf, payload, product } from "./match.ts";
import type { Scope } from "./scope.ts";

/** IANA protocol numbers. */
export const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  sctp: 132,
};

/** ICMP types by name (IANA registry, RFC 792). */
export const ICMP_TYPES: Readonly<Record<string, number>> = {
  "echo-reply": 0,
  "destination-unreachable": 3,
  "redirect": 5,
  "echo-request": 8,
  "router-advertisement": 9,
  "router-solicitation": 10,
  "time-exceeded": 11,
  "parameter-problem": 12,
  "timestamp-request": 13,
  "timestamp-reply": 14,
};

/** ICMPv6 types by name (IANA registry, RFC 4443, 4861, 2710, 3810). */
export const ICMPV6_TYPES: Readonly<Record<string, number>> = {
  "destination-unreachable": 1,
  "packet-too-big": 2,
  "time-exceeded": 3,
  "parameter-problem": 4,
  "echo-request": 128,
  "echo-reply": 129,
  "mld-listener-query": 130,
  "mld-listener-report": 131,
  "mld-listener-done": 132,
  "router-solicitation": 133,
  "router-advertisement": 134,
  "neighbour-solicitation": 135,
  "neighbour-advertisement": 136,
  "redirect": 137,
  "mld2-listener-report": 143,
};

/** The fields that filter and NAT rules share. */
export interface Traffic {
  readonly family: "both" | "ipv4" | "ipv6";
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly protocol: string | number;
  readonly source: readonly string[];
  readonly source_port: readonly string[];
  readonly destination: readonly string[];
  readonly destination_port: readonly string[];
  readonly icmp_type?: readonly (string | number)[];
}

/** What one kernel rule matches; `family` is set where it is for one family only. */
export interface Selection {
  readonly family?: Family;
  readonly statements: Statement[];
}

/** Protocol numbers of a rule; none means any. */
export function protocolNumbers(protocol: string | number): number[] {
  if (protocol === "any") return [];
  if (protocol === "tcp+udp") return [6, 17];
  const number = typeof protocol === "number" ? protocol : PROTOCOLS[protocol];
  return number === undefined ? [] : [number];
}

/** Families that a rule can be for: what it says, narrowed by ICMP. */
export function familiesOf({ family, protocol }: Pick<Traffic, "family" | "protocol">): readonly Family[] {
  const said = FAMILIES[family];
  return protocol === "icmp" || protocol === "icmpv6"
    ? said.filter((one) => one === (protocol === "icmp" ? 4 : 6))
    : said;
}

const FAMILIES: Readonly<Record<Traffic["family"], readonly Family[]>> = { ipv4: [4], ipv6: [6], both: [4, 6] };

/**
 * Selections whose union is the rule's traffic, in the order places, addresses, protocol and ports. `families` narrows the
 * families further; `protocols` replaces the rule's.
 */
export function selections(
  traffic: Traffic,
  scope: Scope,
  options: { readonly families?: readonly Family[]; readonly protocols?: readonly number[] } = {},
): Selection[] {
  const said = familiesOf(traffic);
  const families = options.families === undefined ? said : said.filter((family) => options.families?.includes(family));
  const places = scope.way(traffic.in, traffic.out);
  const behind = (family: Family | undefined) => transport(traffic, scope, options.protocols, family);
  const addressed = traffic.source.length > 0 || traffic.destination.length > 0;
  if (!addressed && families.length === 2) {
    return product([places, behind(undefined)]).map((statements) => ({ statements }));
  }
  return families.flatMap((family) => {
    const addresses = product([
      scope.endpoint("saddr", traffic.source, family),
      scope.endpoint("daddr", traffic.destination, family),
    ]);
    const ways = product([places, [[ofFamily(family)]], addresses.map(exactFirst), behind(family)]);
    return ways.map((statements) => ({ family, statements }));
  });
}

/** Comparisons with one value come before sets and ranges: nft reads neighbouring fields at once, and would move them together. */
function exactFirst(statements: Statement[]): Statement[] {
  const exact = (statement: Statement) => statement.kind === "match";
  if (statements.length < 2 || statements.every(exact)) return statements;
  return [...statements.filter(exact), ...statements.filter((statement) => !exact(statement))];
}

/** Alternatives for protocol, ports and ICMP types. */
function transport(
  traffic: Traffic,
  scope: Scope,
  replaced: readonly number[] | undefined,
  family: Family | undefined,
): Statement[][] {
  const numbers = replaced ?? protocolNumbers(traffic.protocol);
  const protocol = numbers.length === 0 ? [] : [ofProtocols(numbers)];
  const types = traffic.icmp_type ?? [];
  if (types.length > 0 && family !== undefined) {
    const table = family === 4 ? ICMP_TYPES : ICMPV6_TYPES;
    const values = types.map((type) => typeof type === "number" ? type : table[type] ?? Number(type));
    const field = payload(family === 4 ? "icmp type" : "icmpv6 type");
    return [[...protocol, oneOf(field, values)]];
  }
  // Each protocol by itself where both ports matter: nft reads `th sport 1 th dport 2` as four bytes that it cannot list.
  if (traffic.source_port.length === 0 && traffic.destination_port.length === 0) return [protocol];
  const both = traffic.source_port.length > 0 && traffic.destination_port.length > 0;
  const protocols = both ? numbers.map((number) => [equals(meta("l4proto"), number)]) : [protocol];
  const ports = product([
    scope.port("th sport", traffic.source_port),
    scope.port("th dport", traffic.destination_port),
  ]);
  return product([protocols, ports.map((statements) => apart(exactFirst(statements)))]);
}

/**
 * nft makes of `th sport != 1 th dport != 2` one comparison of four bytes, which holds where either port is another one
 * (seen in 1.0.6). A range, be it of one port, is compared by itself.
 */
function apart(statements: Statement[]): Statement[] {
  const excluding = statements.filter((statement) => statement.kind === "match" && statement.op === "!=");
  if (excluding.length < 2) return statements;
  return statements.map((statement) => {
    if (statement !== excluding.at(-1) || statement.kind !== "match") return statement;
    const { load, value } = statement;
    return { kind: "range", load, from: value, to: value, negate: true };
  });
}

/** Ten thousand rules are for the same few protocols. */
function ofProtocols(numbers: readonly number[]): Statement {
  const key = numbers.join();
  let statement = BY_PROTOCOLS.get(key);
  if (statement === undefined) BY_PROTOCOLS.set(key, statement = oneOf(meta("l4proto"), numbers));
  return statement;
}

const BY_PROTOCOLS = new Map<string, Statement>();

/** The destination is an address of this machine (RTN_LOCAL). */
export const LOCAL_DESTINATION: Statement = equals({ load: "fib", flags: ["daddr"], result: "type" }, 2);
