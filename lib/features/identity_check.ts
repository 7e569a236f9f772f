/** Checks that every id and name means one object: references, counters and logs find it by them. */
import type { Finding } from "../model/error.ts";
import { type CollectionPath, type Namespace, NAMESPACES } from "./collections.ts";
import type { Document } from "./document.ts";
import { error, PLACES } from "./finding.ts";

interface Entry {
  readonly id: string;
  /** Rules have none. */
  readonly name?: string;
  readonly path: string;
}

export function checkIdentities(document: Document): Finding[] {
  return NAMESPACES.flatMap((namespace) => {
    const objects = namespace.collections.flatMap((path) => entriesOf(document, path));
    return [
      ...twice(objects, "id"),
      ...twice(objects, "name"),
      ...objects.flatMap((entry) => isReserved(entry, namespace)),
    ];
  });
}

function entriesOf({ interfaces, routes, zones, aliases, firewall, nat }: Document, path: CollectionPath): Entry[] {
  switch (path) {
    case "interfaces":
      return interfaces.map(({ id, name }) => ({ id, name, path: PLACES.interface({ name }) }));
    case "routes":
      return routes.map(({ id }) => ({ id, path: PLACES.route({ id }) }));
    case "zones":
      return zones.map(({ id, name }) => ({ id, name, path: PLACES.zone({ name }) }));
    case "aliases":
      return aliases.map(({ id, name }) => ({ id, name, path: PLACES.alias({ name }) }));
    case "firewall.chains":
      return firewall.chains.map(({ id, name }) => ({ id, name, path: PLACES.chain({ name }) }));
    case "firewall.rules":
      return firewall.rules.map(({ id }) => ({ id, path: PLACES.rule({ id }) }));
    case "nat.rules":
      return nat.rules.map(({ id }) => ({ id, path: PLACES.nat({ id }) }));
  }
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

function isReserved({ id, name, path }: Entry, { reserved, reservedPrefixes = [] }: Namespace): Finding[] {
  const prefix = reservedPrefixes.find((each) => id.startsWith(each));
  if (prefix !== undefined) {
    return [error(`${path}.id`, `ids that begin with ${prefix} are Patronus's own`, "give the rule another id")];
  }
  if (name === undefined) return [];
  return Object.entries({ id, name }).filter(([, word]) => reserved.includes(word)).map(([field, word]) =>
    error(`${path}.${field}`, `the ${field} ${word} is reserved`, "it means something else already")
  );
}
