/** What stands in an alias, read once for all checks. */
import { formatPrefix, network, parseInterfaceAddress } from "../../model/address.ts";
import { parseEndpoint } from "../../model/endpoint.ts";
import { parsePorts } from "../../model/port.ts";
import type { Alias } from "./schema.ts";

/** A member that is a literal, with its place in the list. Both ends are in it; those of IPv6 are bigint. */
export interface Literal {
  readonly index: number;
  readonly from: number | bigint;
  readonly to: number | bigint;
}

export interface Contents {
  readonly ipv4: readonly Literal[];
  readonly ipv6: readonly Literal[];
  readonly ports: readonly Literal[];
  /** Ids of aliases. */
  readonly nested: readonly string[];
  /** Members that are none of what the alias's type allows, by their index. */
  readonly wrong: readonly number[];
}

/** Parts the members of one alias; `isAlias` tells those that name others. */
export function aliasContents({ type, members }: Alias, isAlias: (word: string) => boolean): Contents {
  const ipv4: Literal[] = [];
  const ipv6: Literal[] = [];
  const ports: Literal[] = [];
  const nested: string[] = [];
  const wrong: number[] = [];
  for (const [index, member] of members.entries()) {
    if (isAlias(member)) {
      nested.push(member);
    } else if (type === "port") {
      const range = parsePorts(member);
      if (range === null) wrong.push(index);
      else ports.push({ index, from: range.from, to: range.to });
    } else {
      const endpoint = type === "host" && member.includes("/") ? null : parseEndpoint(member);
      if (endpoint === null) wrong.push(index);
      else if (endpoint.family === 6) ipv6.push({ index, from: endpoint.from, to: endpoint.to });
      else ipv4.push({ index, from: Number(endpoint.from), to: Number(endpoint.to) });
    }
  }
  return { ipv4, ipv6, ports, nested, wrong };
}

/** Why a word is no address, network or range, and what may have been meant. */
export function addressComplaint(word: string): { readonly message: string; readonly hint?: string } {
  const [zone] = /%[^/-]*/.exec(word) ?? [];
  if (zone !== undefined) {
    const bare = word.replace(zone, "");
    return {
      message: `${word} names an interface, where only an address stands`,
      hint: `write ${bare}, and the interface in the field in or out of a rule`,
    };
  }
  const [first = "", last] = word.split("-");
  const from = parseEndpoint(first);
  const to = last === undefined ? null : parseEndpoint(last);
  if (from !== null && to !== null && !word.includes("/")) {
    return { message: `the range ${word} ${from.family === to.family ? "runs backwards" : "mixes IPv4 and IPv6"}` };
  }
  const prefix = parseInterfaceAddress(word);
  if (prefix === null) return { message: `${word} is no address, network or range` };
  return { message: `${word} has host bits set`, hint: `the network is ${formatPrefix(network(prefix))}` };
}
