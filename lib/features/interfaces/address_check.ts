/** Checks of the addresses that interfaces have: each once, and no network on two interfaces. */
import { type Family, formatAddress, formatPrefix, network, type Prefix, prefixRange } from "../../model/address.ts";
import type { Finding } from "../../model/error.ts";
import { error, note, PLACES } from "../finding.ts";
import type { NetworkInterface } from "./schema.ts";
import { staticAddresses } from "./values.ts";

interface Entry {
  readonly item: NetworkInterface;
  readonly prefix: Prefix;
  readonly path: string;
}

/** fe80::/10 (RFC 4291): each link has that network, and none of its addresses is another's. */
const LINK_LOCAL = 0x3fan;

export function checkAddresses(interfaces: readonly NetworkInterface[]): Finding[] {
  return ([4, 6] as const).flatMap((family) => {
    const entries = interfaces.flatMap((item) =>
      staticAddresses(item, family).map((prefix): Entry => ({
        item,
        prefix,
        path: `${PLACES.interface(item)}.addresses`,
      }))
    ).filter(({ prefix: { value } }) => family === 4 || value >> 118n !== LINK_LOCAL);
    return [...entries.flatMap((entry) => edges(entry, family)), ...collisions(entries)];
  });
}

/** The first and the last address of an IPv4 network mean the network and everybody in it (RFC 1122, RFC 3021). */
function edges({ prefix, path }: Entry, family: Family): Finding[] {
  if (family === 6 || prefix.length > 30) return [];
  const { from, to } = prefixRange(network(prefix));
  if (prefix.value !== from && prefix.value !== to) return [];
  const what = prefix.value === from ? "the network itself" : "everybody in its network";
  return [error(path, `${formatPrefix(prefix)} is no address of one machine: it means ${what}`)];
}

/** Walks the networks in their order: those that overlap stand behind each other. */
function collisions(entries: readonly Entry[]): Finding[] {
  const sorted = entries.map((entry) => ({ ...entry, ...prefixRange(network(entry.prefix)) }))
    .sort((a, b) => a.from < b.from ? -1 : a.from > b.from ? 1 : a.prefix.length - b.prefix.length);
  const findings: Finding[] = [];
  let widest: typeof sorted[number] | undefined;
  const addresses = new Map<bigint, Entry>();
  for (const entry of sorted) {
    const twin = addresses.get(entry.prefix.value);
    addresses.set(entry.prefix.value, entry);
    if (twin !== undefined && twin.item !== entry.item) {
      findings.push(error(entry.path, `${formatAddress(entry.prefix)} is an address of ${twin.item.name} already`));
    } else if (widest !== undefined && entry.from <= widest.to && widest.item !== entry.item) {
      findings.push(overlap(entry, widest));
    } else if (twin !== undefined) {
      findings.push(note(entry.path, `${formatAddress(entry.prefix)} stands here twice, with two prefix lengths`));
    }
    if (widest === undefined || entry.to > widest.to) widest = entry;
  }
  return findings;
}

/** The kernel could not say which way leads to the network. A single address out of another's network is a common trick. */
function overlap(entry: Entry, other: Entry): Finding {
  const message = `${formatPrefix(network(entry.prefix))} overlaps ${
    formatPrefix(network(other.prefix))
  } of ${other.item.name}`;
  const single = entry.prefix.length === (entry.prefix.family === 4 ? 32 : 128);
  return single ? note(entry.path, message) : error(entry.path, message, "each network is behind one interface");
}
