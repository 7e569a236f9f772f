/** The document with nothing in it, every setting at its default. A test holds it to the schema's defaults. */
import type { Document } from "./document.ts";

export const EMPTY: Document = frozen({
  schema: 1,
  system: { hostname: "patronus", description: "", resolvers: [], search: [] },
  interfaces: [],
  routes: [],
  zones: [],
  aliases: [],
  firewall: {
    enabled: true,
    forwarding: false,
    default_input: "drop",
    default_forward: "drop",
    default_output: "accept",
    log_default: false,
    drop_invalid: true,
    reverse_path: "loose",
    ping: true,
    dhcp_client: true,
    anti_lockout: { enabled: true, in: [], source: [], ports: ["22"] },
    chains: [],
    rules: [],
  },
  nat: { rules: [] },
});

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
