/** What a DHCP server lends to a device, and the news of it. Everything in here has been validated. */
import type { Address, Family, Prefix } from "../../model/address.ts";

export interface LeaseAddress {
  readonly address: Address;
  /** Bits of the network it is in; 128 for IPv6, where router advertisements say what is on the link (RFC 5942). */
  readonly length: number;
  /** Seconds from `obtained` on; null for ever. */
  readonly preferred: number | null;
  readonly valid: number | null;
}

export interface LeaseRoute {
  readonly destination: Prefix;
  /** Null where the destination is on the link itself (RFC 3442). It need not be in the address's own network. */
  readonly gateway: Address | null;
}

export interface Lease {
  readonly device: string;
  readonly family: Family;
  /** At least one. */
  readonly addresses: readonly LeaseAddress[];
  /** None for IPv6: its routes come with router advertisements. */
  readonly routes: readonly LeaseRoute[];
  /** In the server's order. Link-local ones are reached through `device`. */
  readonly resolvers: readonly Address[];
  /** Domains that short names are looked up in, lower case, without a final dot. */
  readonly search: readonly string[];
  /** Bytes; null where the server says nothing. */
  readonly mtu: number | null;
  /** The server's address, or for IPv6 its DUID in hexadecimal; null where it gave none. */
  readonly server: string | null;
  /** Seconds since 1970, by the machine's clock: for people. A clock that is set later does not move the lease itself. */
  readonly obtained: number;
  /** When the client asks for more time, and when the last address ends; null for never. */
  readonly renew: number | null;
  readonly expire: number | null;
}

/**
 * - `bound`: a lease, new or confirmed after a start
 * - `renewed`: by the same server; what it says may have changed
 * - `rebound`: by any server, or with another address
 * - `expired`: it ended, the server took it back, or the device lost its carrier
 * - `released`: given back on our own wish
 * - `failed`: the client ended and is started again; the lease stays until it expires
 */
export type LeaseReason = "bound" | "renewed" | "rebound" | "expired" | "released" | "failed";

export interface LeaseEvent {
  readonly device: string;
  readonly family: Family;
  readonly reason: LeaseReason;
  /** What holds from now on; null where nothing does. */
  readonly lease: Lease | null;
  /** What went wrong, in words; also what of the server's answer was left out. */
  readonly problems: readonly string[];
}

/** A reading of a server's answer: the lease where it has a usable address, and what was left out of it. */
export interface Reading {
  readonly lease: Lease | null;
  readonly problems: readonly string[];
}
