/** Checks of addresses, networks, ranges and aliases where rules name them. */
import { BITS, type Family } from "../model/address.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Finding } from "../model/error.ts";
import { NAME } from "../model/id.ts";
import { subtractIntervals } from "../model/interval.ts";
import { addressComplaint } from "./aliases/contents.ts";
import type { Directory } from "./directory.ts";
import { error, repeats, warning } from "./finding.ts";
import { split } from "./scope.ts";

/** Checks a source or destination; `!` in front excludes. */
export function checkEndpoints(words: readonly string[], path: string, directory: Directory): Finding[] {
  if (words.length === 0) return [];
  const wrong = wrongWords(words, path, directory);
  if (wrong.length > 0) return wrong;
  return [...reach(words, path, directory), ...repeats(path, words.map((word) => directory.name(word)))];
}

/** Families of the addresses that a source or destination means; both where it says nothing that could be read. */
export function familiesMeant(words: readonly string[], directory: Directory): readonly Family[] {
  if (words.length === 0) return BOTH;
  const { wanted, excluded } = split(words);
  if (wanted.length === 0) {
    return BOTH.filter((family) => !excluded.some((word) => isEverything(directory.endpoint(word), family)));
  }
  const found = wanted.flatMap((word) => familiesOfWord(word, directory));
  return found.length === 0 ? BOTH : BOTH.filter((family) => found.includes(family));
}

/** Families of one literal or alias; none where it is empty or cannot be read. */
export function familiesOfWord(word: string, directory: Directory): readonly Family[] {
  if (directory.is("alias", word)) return directory.alias(word)?.type === "port" ? [] : directory.families(word);
  const endpoint = directory.endpoint(word);
  return endpoint === null ? [] : [endpoint.family];
}

const BOTH: readonly Family[] = [4, 6];

function isEverything(endpoint: Endpoint | null, family: Family): boolean {
  return endpoint?.family === family && endpoint.from === 0n && endpoint.to === (1n << BigInt(BITS[family])) - 1n;
}

function wrongWords(words: readonly string[], path: string, directory: Directory): Finding[] {
  return words.flatMap((entry, index) => {
    const word = entry.startsWith("!") ? entry.slice(1) : entry;
    const alias = directory.alias(word);
    if (alias?.type === "port") {
      return [error(`${path}[${index}]`, `${alias.name} is an alias of ports, where addresses stand`)];
    }
    if (directory.is("alias", word) || directory.endpoint(word) !== null) return [];
    const { message, hint } = NAME.test(word) ? directory.unknown(["alias"], word) : addressComplaint(word);
    return [error(`${path}[${index}]`, message, hint)];
  });
}

/** Whether any address is left. What aliases exclude of literals, and the other way round, is not worked out. */
function reach(words: readonly string[], path: string, directory: Directory): Finding[] {
  const { wanted, excluded } = split(words);
  if (wanted.length > 0 && wanted.every((word) => directory.isEmpty(word))) {
    const names = wanted.map((word) => directory.name(word)).join(", ");
    return [warning(path, `${names} ${wanted.length === 1 ? "is" : "are"} empty: no packet ever matches`)];
  }
  if (excluded.length === 0) return [];
  const without = excluded.map((word) => directory.endpoint(word)).filter((endpoint) => endpoint !== null);
  const dead = wanted.length === 0
    ? BOTH.every((family) => subtractIntervals([whole(family)], ofFamily(without, family)).length === 0)
    : wanted.every((word) => excluded.includes(word) || isCovered(directory.endpoint(word), without));
  return dead ? [warning(path, "it excludes all that it names: no packet ever matches")] : [];
}

function isCovered(endpoint: Endpoint | null, by: readonly Endpoint[]): boolean {
  return endpoint !== null && subtractIntervals([endpoint], ofFamily(by, endpoint.family)).length === 0;
}

function ofFamily(endpoints: readonly Endpoint[], family: Family): Endpoint[] {
  return endpoints.filter((endpoint) => endpoint.family === family);
}

function whole(family: Family): Endpoint {
  return { family, from: 0n, to: (1n << BigInt(BITS[family])) - 1n };
}
