/** Several devices bundled to one (IFLA_BOND_* of linux/if_link.h; the kernel's Documentation/networking/bonding.rst). */
import type { Address } from "../../../model/address.ts";
import { choice, counted, FieldTable, flag, inet, list, mac, number } from "../field.ts";

export interface Bond {
  readonly kind: "bond";
  /** Can be changed only while the bond has no members. */
  readonly mode?: BondMode;
  /** Milliseconds between two looks at the members' carrier; 0: none. */
  readonly miimon?: number;
  /** Milliseconds that a member waits after its carrier comes or goes; multiples of `miimon`. */
  readonly upDelay?: number;
  readonly downDelay?: number;
  /** Milliseconds between two questions (ARP) to the targets; not together with `miimon`. */
  readonly arpInterval?: number;
  /** IPv4 addresses. */
  readonly arpTargets?: readonly Address[];
  /** 802.3ad: ask the other side for its LACP frames each 30 seconds or each second. */
  readonly lacpRate?: "slow" | "fast";
  /** 802.3ad: which aggregator is taken. */
  readonly aggregatorSelection?: "stable" | "bandwidth" | "count";
  /** 802.3ad: priority of this system, 1 to 65535. */
  readonly systemPriority?: number;
  /** 802.3ad: address that this system names itself by. */
  readonly systemMac?: string;
  /** What a packet's member is chosen by, in modes that spread packets. */
  readonly transmitHash?: TransmitHash;
  /** Members that must have a carrier for the bond to have one. */
  readonly minLinks?: number;
  /** active-backup: index of the member that is preferred; 0: none. */
  readonly primary?: number;
  readonly primaryReselect?: "always" | "better" | "failure";
  /** active-backup: whose address the bond has. */
  readonly failOverMac?: "none" | "active" | "follow";
  /** Also take packets that arrive at members which are not active. */
  readonly allMembersActive?: boolean;
}

const MODES = counted(
  "balance-rr",
  "active-backup",
  "balance-xor",
  "broadcast",
  "802.3ad",
  "balance-tlb",
  "balance-alb",
);
export type BondMode = keyof typeof MODES;

const HASHES = counted("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac");
export type TransmitHash = keyof typeof HASHES;

export const bond: FieldTable<Omit<Bond, "kind">> = new FieldTable<Omit<Bond, "kind">>({
  mode: choice(1, "u8", MODES),
  miimon: number(3, "u32"),
  upDelay: number(4, "u32"),
  downDelay: number(5, "u32"),
  arpInterval: number(7, "u32"),
  arpTargets: list(8, (type) => inet({ 4: type, 6: type })),
  lacpRate: choice(21, "u8", counted("slow", "fast")),
  aggregatorSelection: choice(22, "u8", counted("stable", "bandwidth", "count")),
  systemPriority: number(24, "u16"),
  systemMac: mac(26),
  transmitHash: choice(14, "u8", HASHES),
  minLinks: number(18, "u32"),
  primary: number(11, "u32"),
  primaryReselect: choice(12, "u8", counted("always", "better", "failure")),
  failOverMac: choice(13, "u8", counted("none", "active", "follow")),
  allMembersActive: flag(17),
}, { arpTargets: [], primary: 0 });

/** What a bond says of one of its members; IFLA_BOND_SLAVE_*. It cannot be set. */
export interface BondPort {
  readonly controller: "bond";
  readonly state?: "active" | "backup";
  /** What the look at its carrier came to. */
  readonly carrier?: "up" | "going down" | "down" | "coming up";
  /** How often its carrier went. */
  readonly failures?: number;
  /** 802.3ad: number of its aggregator; members of one carry packets together. */
  readonly aggregator?: number;
  /** Its own address, which the bond's replaces. */
  readonly hardwareMac?: string;
}

export const bondPort: FieldTable<Omit<BondPort, "controller">> = new FieldTable<Omit<BondPort, "controller">>({
  state: choice(1, "u8", counted("active", "backup")),
  carrier: choice(2, "u8", counted("up", "going down", "down", "coming up")),
  failures: number(3, "u32"),
  hardwareMac: mac(4),
  aggregator: number(6, "u16"),
});
