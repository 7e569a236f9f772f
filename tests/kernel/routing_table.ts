/** A routing table as data, and what the evaluator asks of it. */
import { type Address, BITS, type Prefix } from "../../lib/model/address.ts";
import type { AddressValue, Destination, Facts, Packet } from "../../lib/nft/evaluate/mod.ts";
import { address, prefix } from "../addresses.ts";

/** RTN_UNICAST, RTN_LOCAL and RTN_UNREACHABLE of linux/rtnetlink.h. */
const UNICAST = 1;
const LOCAL = 2;
const UNREACHABLE = 7;

interface Entry {
  readonly prefix: Prefix;
  /** Absent for an address of the machine itself. */
  readonly device?: string;
}

/** Addresses by device, and routes as `prefix` and device. */
export interface Routing {
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly routes: readonly (readonly [prefix: string, device: string])[];
}

/** As the evaluator holds it. */
export function valueOf({ family, value }: Address): AddressValue {
  return family === 4 ? Number(value) : value;
}

/** What this table says. */
export function factsOf({ addresses, routes }: Routing): Facts {
  const entries: Entry[] = [
    ...Object.values(addresses).flat().map(address).map((own) => ({ prefix: { ...own, length: BITS[own.family] } })),
    ...routes.map(([text, device]) => ({ prefix: prefix(text), device })),
  ].sort((a, b) => b.prefix.length - a.prefix.length);
  const best = (packet: Packet, value: AddressValue | undefined) =>
    entries.find(({ prefix: { family, value: network, length } }) => {
      if (family !== packet.family || value === undefined) return false;
      const hosts = BigInt(BITS[family] - length);
      return BigInt(value) >> hosts === network >> hosts;
    });
  return {
    route(packet): Destination | undefined {
      if (packet.destination.address === undefined) return undefined;
      const found = best(packet, packet.destination.address);
      if (found === undefined) return { to: "nowhere" };
      return found.device === undefined ? { to: "here" } : { to: "device", device: found.device };
    },
    fib({ flags, result }, packet) {
      const found = best(packet, flags.includes("saddr") ? packet.source.address : packet.destination.address);
      if (result === "type") return found === undefined ? UNREACHABLE : found.device === undefined ? LOCAL : UNICAST;
      if (result !== "present") return undefined;
      // An address of the machine itself is no sender that a packet could come from.
      if (found?.device === undefined) return 0;
      return !flags.includes("iif") || found.device === packet.in ? 1 : 0;
    },
    addressOf(device, { family }) {
      const own = (addresses[device] ?? []).map(address).find((each) => each.family === family);
      return own === undefined ? null : valueOf(own);
    },
  };
}
