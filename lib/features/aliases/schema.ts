/** `[aliases.NAME]`: named groups of addresses, networks or ports. Feeds, names and countries join here as more types. */
import { z } from "zod";
import { comment, id, name, tags } from "../fields.ts";

export const alias = z.strictObject({
  id,
  name,
  type: z.enum(["host", "network", "port"]).describe(
    "host: addresses and ranges; network: prefixes too; port: ports and ranges. Each may hold other aliases of its kind",
  ),
  members: z.preprocess(
    (value) => value === undefined || Array.isArray(value) ? value : [value],
    z.array(z.preprocess((value) => typeof value === "number" ? String(value) : value, z.string())).max(1_000_000),
  ).default([])
    .describe("Values, or names of other aliases"),
  comment,
  tags,
});

export type Alias = z.infer<typeof alias>;
