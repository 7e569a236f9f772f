/**
 * The document: every section's schema composed, and the table of what it consists of.
 *
 * Inside the program a document is in its *normal form*, the type below: every object has an id, lists are lists,
 * defaults are filled in, and references are ids. People see the *written form* (TOML, JSON): zones and aliases keyed by
 * name, references by name, defaults left out. `config/written.ts` turns one into the other.
 */
import { z } from "zod";
import { alias, aliasReferences } from "./aliases/schema.ts";
import { BUILT_IN_CHAINS, type ReferenceKind, type References } from "./fields.ts";
import { firewall, rule, ruleReferences, settings, settingsReferences, userChain } from "./firewall/schema.ts";
import { networkInterface } from "./interfaces/schema.ts";
import { nat, natRule, natRuleReferences } from "./nat/schema.ts";
import { system } from "./system/schema.ts";
import { zone, zoneReferences } from "./zones/schema.ts";

/** Version of the schema that this program writes; older documents are migrated when read. */
export const SCHEMA_VERSION = 1;

export const document = z.strictObject({
  schema: z.literal(SCHEMA_VERSION).default(SCHEMA_VERSION).describe("Version of this document's schema"),
  system: system.prefault({}).describe("The machine itself"),
  interfaces: z.array(networkInterface).default([]).describe("Names for the machine's devices"),
  zones: z.array(zone).default([]).describe("Interfaces that rules treat alike"),
  aliases: z.array(alias).default([]).describe("Named groups of addresses, networks or ports"),
  firewall: firewall.prefault({}).describe("Packet filter"),
  nat: nat.prefault({}).describe("Address and port translation"),
});

export type Document = z.infer<typeof document>;

/** A list of objects in the document, each an object of its own for history and merging. */
export interface Collection {
  readonly path: CollectionPath;
  readonly schema: z.ZodObject;
  /** The order carries meaning: first match decides. Others are kept sorted by name. */
  readonly ordered: boolean;
  /** Kind of its objects as others refer to them; such objects have names. */
  readonly kind?: ReferenceKind;
  /** Written as a table keyed by name (`[zones.inside]`) instead of a list. */
  readonly keyed?: boolean;
  readonly references: References;
}

export type CollectionPath = "interfaces" | "zones" | "aliases" | "firewall.chains" | "firewall.rules" | "nat.rules";

export const COLLECTIONS: readonly Collection[] = [
  { path: "interfaces", schema: networkInterface, ordered: false, kind: "interface", references: {} },
  { path: "zones", schema: zone, ordered: false, kind: "zone", keyed: true, references: zoneReferences },
  { path: "aliases", schema: alias, ordered: false, kind: "alias", keyed: true, references: aliasReferences },
  { path: "firewall.chains", schema: userChain, ordered: false, kind: "chain", references: {} },
  { path: "firewall.rules", schema: rule, ordered: true, references: ruleReferences },
  { path: "nat.rules", schema: natRule, ordered: true, references: natRuleReferences },
];

/** Collections among which every id, and every name, means one object. */
export interface Namespace {
  readonly collections: readonly CollectionPath[];
  /** Words that mean something else where an id could stand. */
  readonly reserved: readonly string[];
}

/**
 * Interfaces, zones and aliases share one, because rules name them in the same fields; chains have their own; filter rules
 * and NAT rules share one, because both show up as rule comments, log prefixes and counters.
 */
export const NAMESPACES: readonly Namespace[] = [
  { collections: ["interfaces", "zones", "aliases"], reserved: ["any"] },
  { collections: ["firewall.chains"], reserved: BUILT_IN_CHAINS },
  { collections: ["firewall.rules", "nat.rules"], reserved: [] },
];

/** A part of the document that exists once. `firewall` is its settings, without its lists. */
export interface Singleton {
  readonly path: "system" | "firewall";
  readonly schema: z.ZodObject;
  readonly references: References;
}

export const SINGLETONS: readonly Singleton[] = [
  { path: "system", schema: system, references: {} },
  { path: "firewall", schema: settings, references: settingsReferences },
];
