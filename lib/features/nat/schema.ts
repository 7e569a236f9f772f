/** `[nat]`: address and port translation. */
import { z } from "zod";
import {
  address,
  comment,
  enabled,
  endpoints,
  family,
  id,
  orZone,
  places,
  portRange,
  ports,
  prefix,
  protocol,
  tags,
} from "../fields.ts";

/** One address, or a range as `203.0.113.10-203.0.113.20`. */
const addressOrRange = z.string().refine(
  (text) => {
    const [first = "", last, ...more] = text.split("-");
    return more.length === 0 && address.safeParse(first).success &&
      (last === undefined || address.safeParse(last).success);
  },
  { error: orZone("expected an address or a range as 203.0.113.10-203.0.113.20") },
);

export const natRule = z.strictObject({
  id,
  type: z.enum(["masquerade", "snat", "dnat", "redirect", "one-to-one", "nptv6"]).describe(
    "masquerade, snat: change the source on the way out; dnat: forward to another host; redirect: to this machine; " +
      "one-to-one: a public network to a private one, both ways; nptv6: the same for IPv6 prefixes",
  ),
  enabled,
  family,
  in: places,
  out: places,
  protocol,
  source: endpoints,
  source_port: ports,
  destination: endpoints,
  destination_port: ports,
  to: addressOrRange.optional().describe("New address, or a range of them (snat, dnat)"),
  to_port: portRange.optional().describe("New port, or a range of the same length (snat, dnat, redirect, masquerade)"),
  external: prefix.optional().describe("Public side, a network or one address (one-to-one, nptv6)"),
  internal: prefix.optional().describe("Private side, with the same prefix length (one-to-one, nptv6)"),
  hairpin: places.describe(
    "Interfaces or zones whose hosts reach a forwarded port by the public address as well (dnat)",
  ),
  random_port: z.boolean().default(false).describe("Choose source ports at random (masquerade, snat)"),
  persistent: z.boolean().default(false).describe("Give a client the same address of the range each time (snat, dnat)"),
  log: z.boolean().default(false).describe("Report each translated connection to the packet log"),
  comment,
  tags,
});

export type NatRule = z.infer<typeof natRule>;

export const nat = z.strictObject({
  rules: z.array(natRule).default([]).describe("Translations, first match decides"),
});

export type Nat = z.infer<typeof nat>;
