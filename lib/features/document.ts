/**
 * The document: every section's schema composed.
 *
 * Inside the program a document is in its *normal form*, the type below: every object has an id, lists are lists,
 * defaults are filled in, and references are ids. People see the *written form* (TOML, JSON): zones and aliases keyed by
 * name, references by name, defaults left out. `config/written.ts` turns one into the other.
 */
import { z } from "zod";
import { alias } from "./aliases/schema.ts";
import { type CollectionPath, SCHEMA_VERSION, type SingletonPath } from "./collections.ts";
import { firewall, rule, settings, userChain } from "./firewall/schema.ts";
import { networkInterface } from "./interfaces/schema.ts";
import { nat, natRule } from "./nat/schema.ts";
import { route } from "./routes/schema.ts";
import { system } from "./system/schema.ts";
import { zone } from "./zones/schema.ts";

export const document = z.strictObject({
  schema: z.literal(SCHEMA_VERSION).default(SCHEMA_VERSION).describe("Version of this document's schema"),
  system: system.prefault({}).describe("The machine itself"),
  interfaces: z.array(networkInterface).default([]).describe("The machine's devices, and those that Patronus makes"),
  routes: z.array(route).default([]).describe("Static routes"),
  zones: z.array(zone).default([]).describe("Interfaces that rules treat alike"),
  aliases: z.array(alias).default([]).describe("Named groups of addresses, networks or ports"),
  firewall: firewall.prefault({}).describe("Packet filter"),
  nat: nat.prefault({}).describe("Address and port translation"),
});

export type Document = z.infer<typeof document>;

/** The schema of each list's objects, and of each part that exists once. */
export const SCHEMAS: Readonly<Record<CollectionPath | SingletonPath, z.ZodObject>> = {
  system,
  interfaces: networkInterface,
  routes: route,
  zones: zone,
  aliases: alias,
  firewall: settings,
  "firewall.chains": userChain,
  "firewall.rules": rule,
  "nat.rules": natRule,
};
