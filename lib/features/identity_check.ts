/** Checks that every id and name means one object: references, counters and logs find it by them. */
import type { Finding } from "../model/error.ts";
import { RESERVED_PREFIXES } from "./allocation.ts";
import type { Document } from "./document.ts";
import { BUILT_IN_CHAINS } from "./fields.ts";
import { error, PLACES } from "./finding.ts";

interface Entry {
  readonly id: string;
  readonly name?: string;
  readonly path: string;
}

export function checkIdentities(document: Document): Finding[] {
  const { interfaces, zones, aliases, firewall: { chains, rules }, nat } = document;
  const at = <T extends { id: string }>(items: readonly T[], path: (item: T) => string): Entry[] =>
    items.map((item) => ({ ...item, path: path(item) }));
  const objects = [...at(interfaces, PLACES.interface), ...at(zones, PLACES.zone), ...at(aliases, PLACES.alias)];
  const ownChains = at(chains, PLACES.chain);
  const allRules = [...at(rules, PLACES.rule), ...at(nat.rules, PLACES.nat)];
  return [
    ...[objects, ownChains, allRules].flatMap((namespace) => [...twice(namespace, "id"), ...twice(namespace, "name")]),
    ...objects.flatMap((entry) => reserved(entry, ["any"], "any stands for everything")),
    ...ownChains.flatMap((entry) => reserved(entry, BUILT_IN_CHAINS, "every document has a chain of this name")),
    ...allRules.flatMap(reservedPrefix),
  ];
}

function twice(entries: readonly Entry[], field: "id" | "name"): Finding[] {
  const seen = new Map<string, string>();
  return entries.flatMap((entry) => {
    const word = entry[field];
    if (word === undefined) return [];
    const other = seen.get(word);
    seen.set(word, entry.path);
    if (other === undefined) return [];
    return [error(`${entry.path}.${field}`, `the ${field} ${word} occurs twice`, `${other} has it as well`)];
  });
}

function reserved(entry: Entry, words: readonly string[], hint: string): Finding[] {
  return (["id", "name"] as const).flatMap((field) => {
    const word = entry[field];
    if (word === undefined || !words.includes(word)) return [];
    return [error(`${entry.path}.${field}`, `the ${field} ${word} is reserved`, hint)];
  });
}

function reservedPrefix({ id, path }: Entry): Finding[] {
  const prefix = RESERVED_PREFIXES.find((each) => id.startsWith(each));
  if (prefix === undefined) return [];
  return [error(`${path}.id`, `ids that begin with ${prefix} are Patronus's own`, "give the rule another id")];
}
