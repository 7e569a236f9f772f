/**
 * What the names of a document stand for, and the parts of a rule that say which packets it means. Every part yields
 * alternatives: each is the statements of one kernel rule, and a packet that any of them matches is meant. Exclusions
 * (`!`) hold in every alternative.
 */
import { BITS, type Family } from "../model/address.ts";
import { parseEndpoint } from "../model/endpoint.ts";
import { type Interval, mergeIntervals } from "../model/interval.ts";
import { parsePorts } from "../model/port.ts";
import type { PayloadField, Statement } from "../nft/ruleset.ts";
import type { Alias } from "./aliases/schema.ts";
import type { Document } from "./document.ts";
import { inIntervals, inSet, meta, oneOf, payload } from "./match.ts";

export class Scope {
  readonly #devices = new Map<string, readonly string[]>();
  readonly #aliases: ReadonlyMap<string, Alias>;
  readonly #members = new Map<string, readonly string[]>();

  constructor(document: Document) {
    for (const { id, device } of document.interfaces) this.#devices.set(id, [device]);
    for (const { id, interfaces } of document.zones) {
      this.#devices.set(id, interfaces.flatMap((name) => this.#devices.get(name) ?? []));
    }
    this.#aliases = new Map(document.aliases.map((alias) => [alias.id, alias]));
  }

  alias(id: string): Alias | undefined {
    return this.#aliases.get(id);
  }

  /** Devices of interfaces and zones. */
  devices(places: readonly string[]): string[] {
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
  addresses(id: string, family: Family): Interval[] {
    return mergeIntervals(
      this.members(id).map(parseEndpoint).filter((endpoint) => endpoint?.family === family)
        .filter((endpoint) => endpoint !== null),
    );
  }

  /** Ports that an alias holds, disjoint and sorted. */
  ports(id: string): Interval[] {
    return portIntervals(this.members(id));
  }

  /** Alternatives for where a packet comes from or goes to; none when only zones without interfaces are meant. */
  place(key: "iifname" | "oifname", places: readonly string[]): Statement[][] {
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
  endpoint(side: "saddr" | "daddr", endpoints: readonly string[], family: Family): Statement[][] {
    const field: PayloadField = `${family === 4 ? "ip" : "ip6"} ${side}`;
    const load = payload(field);
    const bits = BITS[family];
    const { wanted, excluded } = split(endpoints);
    const literals = (words: readonly string[]) =>
      mergeIntervals(
        words.map(parseEndpoint).filter((endpoint) => endpoint !== null && endpoint.family === family)
          .filter((endpoint) => endpoint !== null),
      );
    const aliases = (words: readonly string[]) =>
      words.filter((word) => this.#aliases.has(word) && this.addresses(word, family).length > 0);
    const everything = (intervals: readonly Interval[]) =>
      intervals[0]?.from === 0n && intervals[0].to === (1n << BigInt(bits)) - 1n;

    const not: Statement[] = aliases(excluded).map((id) => inSet(load, setName(id, family), true));
    const without = literals(excluded);
    if (everything(without)) return [];
    if (without.length > 0) not.unshift(inIntervals(load, without, bits, true));
    if (wanted.length === 0) return [not];
    const alternatives = aliases(wanted).map((id): Statement[] => [inSet(load, setName(id, family)), ...not]);
    const within = literals(wanted);
    if (everything(within)) return [not];
    if (within.length > 0) alternatives.unshift([inIntervals(load, within, bits), ...not]);
    return alternatives;
  }

  /** Alternatives for the source or destination port. */
  port(field: "th sport" | "th dport", ports: readonly string[]): Statement[][] {
    const load = payload(field);
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
export function split(words: readonly string[]): { wanted: string[]; excluded: string[] } {
  return {
    wanted: words.filter((word) => !word.startsWith("!")),
    excluded: words.filter((word) => word.startsWith("!")).map((word) => word.slice(1)),
  };
}

/** Name of the set that holds an alias's addresses of one family. */
export function setName(id: string, family: Family): string {
  return `a${family}-${id}`;
}

/** Name of the set that holds a port alias. */
export function portSetName(id: string): string {
  return `p-${id}`;
}

function portIntervals(words: readonly string[]): Interval[] {
  return mergeIntervals(
    words.map((word) => parsePorts(word)).filter((range) => range !== null)
      .map(({ from, to }) => ({ from: BigInt(from), to: BigInt(to) })),
  );
}
