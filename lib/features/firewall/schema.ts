/** `[firewall]`: settings, user chains and filter rules. */
import { z } from "zod";
import { parsePorts } from "../../model/port.ts";
import {
  comment,
  enabled,
  endpoints,
  family,
  id,
  name,
  oneOrMany,
  places,
  portRange,
  ports,
  prefix,
  protocol,
  tags,
} from "../fields.ts";

/** Reply of a reject rule; `auto` answers TCP with a reset and everything else with ICMP port unreachable. */
const rejectWith = z.enum([
  "auto",
  "tcp-reset",
  "port-unreachable",
  "host-unreachable",
  "net-unreachable",
  "admin-prohibited",
]).default("auto").describe("Reply that a rejected sender gets");

export const rule = z.strictObject({
  id,
  chain: z.string().default("forward").describe("input, forward, output or a chain of your own"),
  action: z.enum(["accept", "drop", "reject", "jump", "return"]).describe("What happens to a packet that matches"),
  reject_with: rejectWith,
  target: z.string().optional().describe("Chain that action jump goes to"),
  enabled,
  family,
  in: places,
  out: places,
  protocol,
  source: endpoints,
  source_port: ports,
  destination: endpoints,
  destination_port: ports,
  icmp_type: oneOrMany(z.union([z.string(), z.int().min(0).max(255)]))
    .describe("ICMP or ICMPv6 types by name or number, as echo-request"),
  state: oneOrMany(z.enum(["new", "established", "related", "invalid", "untracked"]))
    .describe("Connection states; none means any"),
  log: z.boolean().default(false).describe("Report each matching packet to the packet log"),
  comment,
  tags,
});

export type Rule = z.infer<typeof rule>;

/** A chain of the user's own, which rules jump to. */
export const userChain = z.strictObject({ id, name, comment });

export type UserChain = z.infer<typeof userChain>;

const policy = z.enum(["accept", "drop", "reject"]);

/** Everything of `[firewall]` but its lists. */
export const settings = z.strictObject({
  enabled: z.boolean().default(true).describe("Off: the table stays empty and everything passes"),
  forwarding: z.union([z.boolean(), z.enum(["ipv4", "ipv6"])]).default(false)
    .describe("Whether the machine forwards packets between its interfaces: for both families, one, or none"),
  default_input: policy.default("drop").describe("What happens to packets for this machine that no rule matched"),
  default_forward: policy.default("drop").describe("What happens to packets through this machine that no rule matched"),
  default_output: policy.default("accept").describe("What happens to packets from this machine that no rule matched"),
  log_default: z.boolean().default(false).describe("Report what the defaults drop or reject to the packet log"),
  drop_invalid: z.boolean().default(true).describe("Drop packets that belong to no connection and start none"),
  reverse_path: z.enum(["strict", "loose", "off"]).default("loose")
    .describe("Source check: the way back leads out of the same interface (strict), or exists at all (loose)"),
  ping: z.boolean().default(true).describe("Answer echo requests, a few each second"),
  dhcp_client: z.boolean().default(true).describe("Let this machine ask DHCP servers, and their answers in"),
  anti_lockout: z.strictObject({
    enabled: z.boolean().default(true).describe("Keep the way in for administrators open whatever the rules say"),
    in: places,
    source: oneOrMany(prefix).describe("Networks and addresses that administrators come from; none means any"),
    ports: oneOrMany(portRange.refine((text) => parsePorts(text)?.from !== 0, "there is no port 0")).default(["22"])
      .describe("TCP ports that stay reachable"),
  }).prefault({}).describe("The way in that no rule can close"),
});

export type Settings = z.infer<typeof settings>;

export const firewall = settings.extend({
  chains: z.array(userChain).default([]).describe("Chains of your own"),
  rules: z.array(rule).default([]).describe("Filter rules, first match decides"),
});

export type Firewall = z.infer<typeof firewall>;
