/**
 * What the document consists of, as data: its lists, what their objects refer to, which names they share. The schemas
 * stand apart (document.ts): who only reads what was validated before needs none of them, and starts without them.
 */

import { RESERVED_PREFIXES } from "./allocation.ts";

/** Version of the schema that this program writes; older documents are migrated when read. */
export const SCHEMA_VERSION = 1;

/** What a reference may name. */
export type ReferenceKind = "interface" | "zone" | "alias" | "chain";

/**
 * For each field of a collection's objects that names others, what it may name. A dot goes into a field, and into each
 * object of a list. Values that name nothing are literals.
 */
export type References = Readonly<Record<string, readonly ReferenceKind[]>>;

/** Chains that every document has. */
export const BUILT_IN_CHAINS: readonly string[] = ["input", "forward", "output"];

export type CollectionPath =
  | "interfaces"
  | "routes"
  | "zones"
  | "aliases"
  | "firewall.chains"
  | "firewall.rules"
  | "nat.rules";

/** A list of objects in the document, each an object of its own for history and merging. */
export interface Collection {
  readonly path: CollectionPath;
  /** The order carries meaning: first match decides. Others are kept sorted by name. */
  readonly ordered: boolean;
  /** Kind of its objects as others refer to them; such objects have names. */
  readonly kind?: ReferenceKind;
  /** Written as a table keyed by name (`[zones.inside]`) instead of a list. */
  readonly keyed?: boolean;
  readonly references: References;
}

/** What the fields that filter and NAT rules share may name. */
const TRAFFIC: References = {
  in: ["interface", "zone"],
  out: ["interface", "zone"],
  source: ["alias"],
  destination: ["alias"],
  source_port: ["alias"],
  destination_port: ["alias"],
};

/** Interfaces that others are made of or on. */
const BELOW: References = {
  "vlan.parent": ["interface"],
  "bridge.members": ["interface"],
  "bond.members": ["interface"],
  "vxlan.parent": ["interface"],
  "macvlan.parent": ["interface"],
};

export const COLLECTIONS: readonly Collection[] = [
  { path: "interfaces", ordered: false, kind: "interface", references: BELOW },
  {
    path: "routes",
    ordered: false,
    references: { interface: ["interface"], "hops.interface": ["interface"] },
  },
  { path: "zones", ordered: false, kind: "zone", keyed: true, references: { interfaces: ["interface"] } },
  { path: "aliases", ordered: false, kind: "alias", keyed: true, references: { members: ["alias"] } },
  { path: "firewall.chains", ordered: false, kind: "chain", references: {} },
  { path: "firewall.rules", ordered: true, references: { chain: ["chain"], target: ["chain"], ...TRAFFIC } },
  { path: "nat.rules", ordered: true, references: { ...TRAFFIC, hairpin: ["interface", "zone"] } },
];

/** Collections among which every id, and every name, means one object. */
export interface Namespace {
  readonly collections: readonly CollectionPath[];
  /** Words that mean something else where an id could stand. */
  readonly reserved: readonly string[];
  /** What ids may not begin with: Patronus's own do. */
  readonly reservedPrefixes?: readonly string[];
}

/**
 * Interfaces, zones and aliases share one, because rules name them in the same fields; chains have their own; filter rules
 * and NAT rules share one, because both show up as rule comments, log prefixes and counters.
 */
export const NAMESPACES: readonly Namespace[] = [
  { collections: ["interfaces", "zones", "aliases"], reserved: ["any"] },
  { collections: ["firewall.chains"], reserved: BUILT_IN_CHAINS },
  { collections: ["routes"], reserved: [] },
  { collections: ["firewall.rules", "nat.rules"], reserved: [], reservedPrefixes: RESERVED_PREFIXES },
];

export type SingletonPath = "system" | "firewall";

/** A part of the document that exists once. `firewall` is its settings, without its lists. */
export interface Singleton {
  readonly path: SingletonPath;
  readonly references: References;
}

export const SINGLETONS: readonly Singleton[] = [
  { path: "system", references: {} },
  { path: "firewall", references: { "anti_lockout.in": ["interface", "zone"] } },
];
