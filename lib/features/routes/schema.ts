/** `[[routes]]`: static routes. */
import { z } from "zod";
import { address, comment, enabled, id } from "../fields.ts";
import { parseDestination } from "./values.ts";

const gateway = z.string().refine(
  (text) => address.safeParse(text).success,
  "expected the address of a router",
);
const through = z.string().optional().describe(
  "Interface that it leads out of; found by the gateway where it is left out",
);

const hop = z.strictObject({
  gateway: gateway.optional().describe("Router that packets are handed to"),
  interface: through,
  weight: z.int().min(1).max(256).default(1).describe("Share of the connections, 1 to 256"),
});

export const route = z.strictObject({
  id,
  enabled,
  destination: z.string().refine(
    (text) => parseDestination(text) !== null,
    "expected default or a network as 10.0.0.0/8 or fd00::/8, without host bits",
  ).describe("Network, or default for everything that no other route knows"),
  type: z.enum(["unicast", "blackhole", "unreachable", "prohibit"]).default("unicast")
    .describe("unicast leads on; the others drop, or refuse with an ICMP error"),
  gateway: gateway.optional().describe("Router that packets are handed to"),
  interface: through,
  hops: z.array(hop).max(32).default([]).describe(
    "Several ways that connections are spread over, instead of one gateway",
  ),
  metric: z.int().min(0).max(4_294_967_295).optional()
    .describe("Of routes to the same network the one with the lowest metric is taken"),
  table: z.int().min(1).max(4_294_967_295).default(254).describe("Number of the routing table; 254 is the main one"),
  on_link: z.boolean().default(false).describe(
    "The gateway is on the link although no address of the interface says so",
  ),
  comment,
});

export type Route = z.infer<typeof route>;
