/** Connections that the demo tries, with what example.toml says about each. */
import type { Attempt, Outcome } from "./protocol.ts";
import { bare, type HostName, hostNamed } from "./topology.ts";

export interface Claim {
  readonly from: HostName;
  /** Whose address it is, for people. */
  readonly to: string;
  readonly attempt: Attempt;
  readonly result: Outcome["result"];
  /** Id of the rule that decides, and of those that translate. */
  readonly rule: string;
  readonly translations: readonly string[];
}

/** Milliseconds after which a packet counts as dropped; TCP repeats its first one after 1000 (RFC 6298). */
const PATIENCE = 400;

const [LAN] = hostNamed("lan").addresses.map(bare);
const [DMZ, DMZ6] = hostNamed("dmz").addresses.map(bare);
const [WAN, WAN6, LISTED] = hostNamed("wan").addresses.map(bare);
const [INWARD] = hostNamed("lan").router.map(bare);
const [PUBLIC, PUBLIC6] = hostNamed("wan").router.map(bare);

function claim(
  from: HostName,
  to: string,
  address: string | undefined,
  service: string,
  result: Outcome["result"],
  rule: string,
  ...translations: string[]
): Claim {
  const [protocol = "", port = "0"] = service.split(" ");
  if (address === undefined || (protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp")) {
    throw new RangeError(`a claim about ${service} to ${to}`);
  }
  const attempt: Attempt = { protocol, address, port: Number(port), timeout: PATIENCE };
  return { from, to, attempt, result, rule, translations };
}

export const CLAIMS: readonly Claim[] = [
  claim("lan", "wan", WAN, "tcp 80", "accepted", "lan-web", "outbound"),
  claim("lan", "wan", WAN6, "tcp 443", "accepted", "lan-web"),
  claim("lan", "wan", WAN, "udp 53", "accepted", "lan-dns", "outbound"),
  claim("lan", "wan", WAN, "icmp", "accepted", "lan-ping", "outbound"),
  claim("lan", "wan", WAN6, "icmp", "accepted", "lan-ping6"),
  claim("lan", "wan", WAN, "tcp 25", "rejected", "lan-mail"),
  claim("lan", "wan", WAN, "tcp 22", "dropped", "default-forward"),
  claim("lan", "blocked", LISTED, "tcp 443", "rejected", "block-list"),
  claim("lan", "dmz", DMZ, "tcp 22", "accepted", "lan-dmz"),
  claim("lan", "router", INWARD, "tcp 22", "accepted", "lockout"),
  claim("lan", "public", PUBLIC, "tcp 80", "accepted", "lan-dmz", "web-in"),
  claim("wan", "public", PUBLIC, "tcp 80", "accepted", "public-web", "web-in"),
  claim("wan", "dmz", DMZ6, "tcp 443", "accepted", "public-web"),
  claim("wan", "dmz", DMZ6, "tcp 22", "dropped", "default-forward"),
  claim("wan", "router", PUBLIC, "tcp 22", "dropped", "default-input"),
  claim("wan", "router", PUBLIC6, "icmp", "accepted", "system-ping"),
  claim("dmz", "lan", LAN, "tcp 80", "dropped", "default-forward"),
];
