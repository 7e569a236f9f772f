/** Devices that Patronus makes: what `[[interfaces]]` says of each kind. */
import { z } from "zod";
import { address, oneOrMany } from "../fields.ts";
import { tagsIn } from "./values.ts";

const parent = z.string().describe("Interface below it");
const members = oneOrMany(z.string()).describe("Interfaces that it joins");

/** VLAN identifiers of IEEE 802.1Q: 0 and 4095 mean something else. */
const tag = z.int().min(1, "a VLAN tag is a number from 1 to 4094").max(4094, "a VLAN tag is a number from 1 to 4094");

const tagRange = z.preprocess(
  (value) => typeof value === "number" ? String(value) : value,
  z.string().refine((text) => tagsIn(text) !== null, "expected VLAN tags as 20 or 100-199, from 1 to 4094"),
);

export const vlan = z.strictObject({
  parent,
  tag: tag.describe("VLAN tag, 1 to 4094"),
  protocol: z.enum(["802.1Q", "802.1ad"]).default("802.1Q").describe("802.1ad for the outer tag of two (QinQ)"),
});

export const bridge = z.strictObject({
  members,
  stp: z.boolean().default(false).describe("Spanning tree: no loop, and half a minute until a port forwards"),
  vlan_filtering: z.boolean().default(false).describe("Ports pass only the VLANs that their `port` names"),
});

/** The order of the kernel's modes (Documentation/networking/bonding.rst). */
export const BOND_MODES = [
  "balance-rr",
  "active-backup",
  "balance-xor",
  "broadcast",
  "802.3ad",
  "balance-tlb",
  "balance-alb",
] as const;

export const bond = z.strictObject({
  members,
  mode: z.enum(BOND_MODES).default("active-backup").describe("How members share the work; 802.3ad is LACP"),
  lacp_rate: z.enum(["slow", "fast"]).default("slow").describe("LACP frames each 30 seconds or each second (802.3ad)"),
  monitor: z.int().min(0).max(60_000).default(100).describe("Milliseconds between two looks at the members' carrier"),
  transmit_hash: z.enum(["layer2", "layer2+3", "layer3+4"]).default("layer2")
    .describe("What a packet's member is chosen by (802.3ad, balance-xor)"),
});

export const vxlan = z.strictObject({
  vni: z.int().min(1).max(16_777_215).describe("Network identifier, 1 to 16777215"),
  local: address.optional().describe("Address that packets leave from"),
  remote: address.optional().describe("The other end, or a multicast group of all ends"),
  parent: parent.optional().describe("Interface that packets leave by"),
  port: z.int().min(1).max(65_535).default(4789).describe("UDP port of all ends"),
});

export const macvlan = z.strictObject({
  parent,
  mode: z.enum(["private", "vepa", "bridge", "passthru"]).default("bridge")
    .describe("Which neighbours on the same parent it reaches"),
});

/** What a member of a bridge with VLAN filtering lets pass. */
export const port = z.strictObject({
  untagged: tag.optional().describe("VLAN of packets without a tag: an access port has no other"),
  tagged: oneOrMany(tagRange).describe("VLANs that pass with their tags, as 20 or 100-199: a trunk"),
});
