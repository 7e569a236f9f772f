/** The whole document as the state that it asks of the machine. */
import { TABLE } from "./allocation.ts";
import { compileAliases } from "./aliases/compile.ts";
import type { Desired } from "./desired.ts";
import type { Document } from "./document.ts";
import { compileFirewall } from "./firewall/compile.ts";
import { compileInterfaces } from "./interfaces/compile.ts";
import { compileNat } from "./nat/compile.ts";
import { sharedBy } from "./memo.ts";
import type { NetworkState } from "./network_state.ts";
import { compileRoutes } from "./routes/compile.ts";
import { Scope } from "./scope.ts";

const scopeOf = sharedBy(({ aliases, interfaces, zones }) => [aliases, interfaces, zones], (all) => new Scope(all));
const setsOf = sharedBy(({ aliases }) => [aliases], (document) => compileAliases(document, scopeOf(document)));

const networkOf = sharedBy(({ interfaces, routes }) => [interfaces, routes], (document): NetworkState => ({
  links: compileInterfaces(document),
  gone: [],
  routes: compileRoutes(document),
}));

/** Compiles a document whose check found no errors. With the firewall disabled, the table is empty. */
export function compile(document: Document): Desired {
  const { forwarding, enabled } = document.firewall;
  const on = (family: "ipv4" | "ipv6") => forwarding === true || forwarding === family ? "1" : "0";
  const sysctls = { "net.ipv4.ip_forward": on("ipv4"), "net.ipv6.conf.all.forwarding": on("ipv6") };
  const network = networkOf(document);
  const resolver = { servers: document.system.resolvers, search: document.system.search };
  if (!enabled) return { table: { ...TABLE, chains: [], sets: [] }, sysctls, network, resolver };
  const scope = scopeOf(document);
  const chains = [...compileFirewall(document, scope), ...compileNat(document, scope)];
  return { table: { ...TABLE, chains, sets: setsOf(document) }, sysctls, network, resolver };
}
