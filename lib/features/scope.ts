/**
 * What the names of a document stand for, and the parts of a rule that say which packets it means. Every part yields
 * alternatives: each is the statements of one kernel rule, and a packet that any of them matches is meant. Exclusions
 * (`!`) hold in every alternative.
 */
import { BITS, type Family } from "../model/address.ts";
import { parseEndpoint } from "../model/endpoint.ts";
import { type Interval, mergeIntervals } from "../model/interval.ts";
import { parsePorts } from "../model/port.ts";
import type { Statement } from "../nft/ruleset.ts";
import type { Alias } from "./aliases/schema.ts";
import type { Document } from "./document.ts";
import { deviceOf } from "./interfaces/values.ts";
import { inIntervals, inSet, meta, oneOf, payload, product } from "./match.ts";

/** Each the statements of one kernel rule. */
export type Alternatives = readonly (readonly Statement[])[];
const ANY: Alternatives = [[]];

/** Where each family has its addresses. */
const ADDRESS = {
  4: { saddr: payload("ip saddr"), daddr: payload("ip daddr") },
  6: { saddr: payload("ip6 saddr"), daddr: payload("ip6 daddr") },
} as const;

/** The last address of each family. */
const LAST: Readonly<Record<Family, bigint>> = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n };

export class Scope {
  readonly #devices = new Map<string, readonly string[]>();
  readonly #aliases: ReadonlyMap<string, Alias>;
  readonly #members = new Map<string, readonly string[]>();
  readonly #addresses: Readonly<Record<Family, Map<string, readonly Interval[]>>> = { 4: new Map(), 6: new Map() };
  readonly #places = new Map<string, Alternatives>();
  readonly #ways = new Map<string, Alternatives>();

  constructor(document: Document) {
    for (const item of document.interfaces) this.#devices.set(item.id, [deviceOf(item)]);
    for (const { id, interfaces } of document.zones) this.#devices.set(id, this.devices(interfaces));
    this.#aliases = new Map(document.aliases.map((alias) => [alias.id, alias]));
  }

  alias(id: string): Alias | undefined {
    return this.#aliases.get(id);
  }

  /** Devices of interfaces and zones. */
  devices(places: readonly string[]): readonly string[] {
    const [only] = places;
    if (only === undefined) return [];
    if (places.length === 1) return this.#devices.get(only) ?? [];
    return [...new Set(places.flatMap((place) => this.#devices.get(place) ?? []))];
  }

  /** Literals of an alias and of all aliases in it; a cycle, which check refuses, ends. */
  members(id: string): readonly string[] {
    const known = this.#members.get(id);
    if (known !== undefined) return known;
    this.#members.set(id, []);
    const literals = (this.#aliases.get(id)?.members ?? []).flatMap((member) =>
      this.#aliases.has(member) ? this.members(member) : [member]
    );
    this.#members.set(id, literals);
    return literals;
  }

  /** Addresses of one family that an alias holds, disjoint and sorted. */
  addresses(id: string, family: Family): readonly Interval[] {
    let addresses = this.#addresses[family].get(id);
    if (addresses === undefined) {
      this.#addresses[family].set(id, addresses = addressIntervals(this.members(id), family));
    }
    return addresses;
  }

  /** Ports that an alias holds, disjoint and sorted. */
  ports(id: string): Interval[] {
    return portIntervals(this.members(id));
  }

  /** Alternatives for where a packet comes from and where it goes to. */
  way(from: readonly string[], to: readonly string[]): Alternatives {
    const word = `${from.join(" ")} > ${to.join(" ")}`;
    let alternatives = this.#ways.get(word);
    if (alternatives === undefined) {
      this.#ways.set(word, alternatives = product([this.place("iifname", from), this.place("oifname", to)]));
    }
    return alternatives;
  }

  /** Alternatives for where a packet comes from or goes to; none when only zones without interfaces are meant. */
  place(key: "iifname" | "oifname", places: readonly string[]): Alternatives {
    if (places.length === 0) return ANY;
    // Rules name the same few places over and over.
    const word = `${key} ${places.join(" ")}`;
    let alternatives = this.#places.get(word);
    if (alternatives === undefined) this.#places.set(word, alternatives = this.#place(key, places));
    return alternatives;
  }

  #place(key: "iifname" | "oifname", places: readonly string[]): Alternatives {
    const { wanted, excluded } = split(places);
    const within = this.devices(wanted);
    const without = this.devices(excluded);
    if (wanted.length > 0 && within.length === 0) return [];
    const statements: Statement[] = [];
    if (within.length > 0) statements.push(oneOf(meta(key), within));
    if (without.length > 0) statements.push(oneOf(meta(key), without, true));
    return [statements];
  }

  /** Alternatives for the source or destination in one family; none when no address of that family is meant. */
  endpoint(side: "saddr" | "daddr", endpoints: readonly string[], family: Family): Alternatives {
    if (endpoints.length === 0) return ANY;
    const load = ADDRESS[family][side];
    const bits = BITS[family];
    const [only = ""] = endpoints;
    const plain = endpoints.length === 1 && !this.#aliases.has(only) ? parseEndpoint(only) : null;
    if (plain !== null && (plain.from !== 0n || plain.to !== LAST[family])) {
      return plain.family === family ? [[inIntervals(load, [plain], bits)]] : [];
    }
    const { wanted, excluded } = split(endpoints);
    const aliases = (words: readonly string[]) =>
      words.filter((word) => this.#aliases.has(word) && this.addresses(word, family).length > 0);
    const everything = ([first]: readonly Interval[]) => first?.from === 0n && first.to === LAST[family];

    const not: Statement[] = aliases(excluded).map((id) => inSet(load, setName(id, family), true));
    const without = addressIntervals(excluded, family);
    if (everything(without)) return [];
    if (without.length > 0) not.unshift(inIntervals(load, without, bits, true));
    if (wanted.length === 0) return [not];
    const alternatives = aliases(wanted).map((id): Statement[] => [inSet(load, setName(id, family)), ...not]);
    const within = addressIntervals(wanted, family);
    if (everything(within)) return [not];
    if (within.length > 0) alternatives.unshift([inIntervals(load, within, bits), ...not]);
    return alternatives;
  }

  /** Alternatives for the source or destination port. */
  port(field: "th sport" | "th dport", ports: readonly string[]): Alternatives {
    if (ports.length === 0) return ANY;
    const load = payload(field);
    const [only = ""] = ports;
    const plain = ports.length === 1 && !this.#aliases.has(only) ? parsePorts(only) : null;
    if (plain !== null) {
      return [[inIntervals(load, [{ from: BigInt(plain.from), to: BigInt(plain.to) }], 16)]];
    }
    const { wanted, excluded } = split(ports);
    const isAlias = (word: string) => this.#aliases.has(word);
    const not: Statement[] = excluded.filter(isAlias).map((id) => inSet(load, portSetName(id), true));
    const without = portIntervals(excluded);
    if (without.length > 0) not.unshift(inIntervals(load, without, 16, true));
    if (wanted.length === 0) return [not];
    const alternatives = wanted.filter(isAlias).map((id): Statement[] => [inSet(load, portSetName(id)), ...not]);
    const within = portIntervals(wanted);
    if (within.length > 0) alternatives.unshift([inIntervals(load, within, 16), ...not]);
    return alternatives;
  }
}

/** Parts `!` entries from the others. */
export function split(words: readonly string[]): { wanted: readonly string[]; excluded: readonly string[] } {
  if (!words.some((word) => word.startsWith("!"))) return { wanted: words, excluded: [] };
  return {
    wanted: words.filter((word) => !word.startsWith("!")),
    excluded: words.filter((word) => word.startsWith("!")).map((word) => word.slice(1)),
  };
}

/** Name of the set that holds an alias's addresses of one family; with the id, since sets cannot be renamed. */
export function setName(id: string, family: Family): string {
  return `a${family}-${id}`;
}

/** Name of the set that holds a port alias. */
export function portSetName(id: string): string {
  return `p-${id}`;
}

/** Literals of one family; other words are passed over. */
function addressIntervals(words: readonly string[], family: Family): Interval[] {
  const intervals: Interval[] = [];
  for (const word of words) {
    const endpoint = parseEndpoint(word);
    if (endpoint?.family === family) intervals.push(endpoint);
  }
  return mergeIntervals(intervals);
}

function portIntervals(words: readonly string[]): Interval[] {
  return mergeIntervals(
    words.map((word) => parsePorts(word)).filter((range) => range !== null)
      .map(({ from, to }) => ({ from: BigInt(from), to: BigInt(to) })),
  );
}
