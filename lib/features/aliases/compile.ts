/** Aliases as sets: one for each family, or one of ports; members merged, nested ones flattened. */
import { BITS } from "../../model/address.ts";
import type { NamedSet } from "../../nft/ruleset.ts";
import type { Document } from "../document.ts";
import { elementsOf } from "../match.ts";
import { portSetName, type Scope, setName } from "../scope.ts";

export function compileAliases(document: Document, scope: Scope): NamedSet[] {
  return document.aliases.flatMap(({ id, type }): NamedSet[] => {
    if (type === "port") {
      return [{
        name: portSetName(id),
        key: ["inet_service"],
        interval: true,
        elements: elementsOf(scope.ports(id), 16),
      }];
    }
    return ([4, 6] as const).map((family) => ({
      name: setName(id, family),
      key: [family === 4 ? "ipv4_addr" : "ipv6_addr"],
      interval: true,
      elements: elementsOf(scope.addresses(id, family), BITS[family]),
    }));
  });
}
