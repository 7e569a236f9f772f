/** What a translation makes of a packet (net/netfilter/nf_nat_core.c, nf_nat_masquerade.c, nf_nat_redirect.c). */
import { BITS, type Family } from "../../model/address.ts";
import type { Hook, NatStatement } from "../ruleset.ts";
import type { Facts } from "./facts.ts";
import { type AddressValue, type Endpoint, type Packet, PORTED, STATUS_DNAT, STATUS_SNAT } from "./packet.ts";

/** Which end of a packet a hook can translate. */
export type Side = "source" | "destination";

export function sideOf(hook: Hook): Side {
  return hook === "prerouting" || hook === "output" ? "destination" : "source";
}

/** The new end of a packet; what the kernel chooses by itself is left out. Null: the kernel drops it for want of an address. */
export function translated(packet: Packet, nat: NatStatement, hook: Hook, facts: Facts): Endpoint | null {
  const before = packet[sideOf(hook)];
  const address = newAddress(packet, nat, hook, before, facts);
  if (address === null) return null;
  const port = newPort(packet, nat, sideOf(hook), before);
  return { ...(address === undefined ? {} : { address }), ...(port === undefined ? {} : { port }) };
}

/** The packet with another end; the status of a connection that begins says so (nf_nat_setup_info). */
export function rewrite(packet: Packet, side: Side, end: Endpoint): Packet {
  const { connection, [side]: before } = packet;
  const same = end.address !== undefined && end.address === before.address && end.port === before.port;
  if (same || connection.state !== "new") return { ...packet, [side]: end };
  const bit = side === "source" ? STATUS_SNAT : STATUS_DNAT;
  return { ...packet, [side]: end, connection: { ...connection, status: (connection.status ?? 0) | bit } };
}

function newAddress(
  packet: Packet,
  nat: NatStatement,
  hook: Hook,
  before: Endpoint,
  { addressOf }: Facts,
): AddressValue | null | undefined {
  if (nat.kind === "masquerade") return addressOf?.(packet.out, packet);
  if (nat.kind === "redirect") {
    if (hook === "output") return packet.family === 4 ? LOOPBACK[4] : LOOPBACK[6];
    return addressOf?.(packet.in, packet);
  }
  const { address, addressEnd } = nat;
  if (address === undefined || typeof address === "string") return before.address;
  if (addressEnd === undefined || addressEnd === address) return address;
  // Of a range, the kernel takes one by a hash of its own.
  if (nat.prefix !== true || typeof addressEnd === "string" || before.address === undefined) return undefined;
  return inPrefix(packet.family, BigInt(address), BigInt(addressEnd), BigInt(before.address));
}

/** 127.0.0.1 and ::1. */
const LOOPBACK = { 4: 0x7f000001, 6: 1n } as const;

/** The network of one range, the host part of an address (NF_NAT_RANGE_NETMAP). */
function inPrefix(family: Family, from: bigint, to: bigint, address: bigint): AddressValue {
  const hosts = from ^ to;
  const all = (1n << BigInt(BITS[family])) - 1n;
  const value = (from & (all ^ hosts)) | (address & hosts);
  return family === 4 ? Number(value) : value;
}

/** A port in the range stays; else a destination gets the first of the range, a source any (nf_nat_l4proto_unique_tuple). */
function newPort({ protocol }: Packet, nat: NatStatement, side: Side, { port }: Endpoint): number | undefined {
  if (!PORTED.has(protocol)) return port;
  const random = nat.random === true || nat.fullyRandom === true;
  if (nat.port === undefined) return random ? undefined : port;
  const last = nat.portEnd ?? nat.port;
  if (nat.port === last) return nat.port;
  if (random || port === undefined) return undefined;
  if (port >= nat.port && port <= last) return port;
  return side === "destination" ? nat.port : undefined;
}
