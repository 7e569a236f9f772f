/** What the caller knows of the machine that a packet passes through. Functions must be pure. */
import type { FibLoad } from "../expr/fib.ts";
import type { Value } from "../ruleset.ts";
import type { AddressValue, Packet } from "./packet.ts";

/** Where routing sends a packet; `nowhere` where no route leads to it or one forbids it. */
export type Destination =
  | { readonly to: "here" }
  | { readonly to: "device"; readonly device: string }
  | { readonly to: "nowhere" };

export interface Facts {
  /** What the routing tables say to a `fib` expression; undefined where that is not known. */
  readonly fib?: (load: FibLoad, packet: Packet) => Value | undefined;
  /** Where a packet goes after prerouting; undefined where that is not known. */
  readonly route?: (packet: Packet) => Destination | undefined;
  /** The address that masquerade and redirect take of a device; null where it has none of the packet's family. */
  readonly addressOf?: (device: string, packet: Packet) => AddressValue | null | undefined;
  /** Whether rates are kept to; `within` where left out. */
  readonly limit?: "within" | "exceeded";
}
