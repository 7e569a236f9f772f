/** `[system]`: the machine itself. */
import { z } from "zod";
import { address, oneOrMany } from "../fields.ts";

/** A host name or a domain (RFC 1123): at most 253 characters in labels of at most 63. */
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

export const system = z.strictObject({
  hostname: z.string().regex(DOMAIN, "not a host name").default("patronus").describe("Host name of this node").meta({
    local: true,
  }),
  description: z.string().max(500).default("").describe("What this machine is for"),
  resolvers: oneOrMany(address).describe(
    "Name servers that this machine itself asks, before those that DHCP brings; with none of either, resolv.conf stays as it is",
  ).meta({ local: true }),
  search: oneOrMany(z.string().regex(DOMAIN, "not a domain")).describe("Domains in which short names are looked for"),
});

export type System = z.infer<typeof system>;
