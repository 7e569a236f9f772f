/** What the fields of each list's objects are where nobody says anything. A test holds this to the schemas. */
import type { CollectionPath } from "./collections.ts";

export type Fields = Readonly<Record<string, unknown>>;

const NONE: readonly never[] = Object.freeze([]);

/** Fields that filter and NAT rules share. */
const TRAFFIC = {
  enabled: true,
  family: "both",
  in: NONE,
  out: NONE,
  protocol: "any",
  source: NONE,
  source_port: NONE,
  destination: NONE,
  destination_port: NONE,
  log: false,
  comment: "",
  tags: NONE,
} as const;

export const DEFAULTS: Readonly<Record<CollectionPath, Fields>> = {
  interfaces: { device: "", enabled: true, dummy: false, comment: "" },
  routes: { enabled: true, type: "unicast", hops: NONE, table: 254, on_link: false, comment: "" },
  zones: { interfaces: NONE, comment: "" },
  aliases: { members: NONE, comment: "", tags: NONE },
  "firewall.chains": { comment: "" },
  "firewall.rules": { ...TRAFFIC, chain: "forward", reject_with: "auto", icmp_type: NONE, state: NONE },
  "nat.rules": { ...TRAFFIC, hairpin: NONE, random_port: false, persistent: false },
};
