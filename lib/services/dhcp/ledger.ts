/** The leases of one device: what the client says of them and what is kept of it for others. */
import type { Family } from "../../model/address.ts";
import { readDhcp4 } from "./dhcp4.ts";
import { readDhcp6 } from "./dhcp6.ts";
import type { Environment } from "./environment.ts";
import { readLeases, writeLeases } from "./lease_file.ts";
import type { Lease, LeaseEvent, LeaseReason } from "./lease.ts";
import { leaseReason, PROTOCOLS } from "./reasons.ts";

const READERS = { 4: readDhcp4, 6: readDhcp6 };

export class Ledger {
  readonly #leases = new Map<Family, Lease>();

  /** Begins with what an earlier client left, as far as it has not expired by `now` (seconds since 1970). */
  constructor(readonly runDir: string, readonly device: string, families: readonly Family[], now: number) {
    for (const lease of readLeases(runDir, now)) {
      if (lease.device === device && families.includes(lease.family)) this.#leases.set(lease.family, lease);
    }
  }

  /** IPv4 first. */
  get leases(): readonly Lease[] {
    return [...this.#leases.values()].sort((a, b) => a.family - b.family);
  }

  /** Takes in what dhcpcd said of a family; null where that changes nothing. */
  take(family: Family, word: Environment, now: number): LeaseEvent | null {
    if (word.get("protocol") !== PROTOCOLS[family]) return null;
    const reason = leaseReason(word.get("reason") ?? "");
    if (reason === undefined) return null;
    if (reason === "expired") return this.#leases.has(family) ? this.end(family, "expired") : null;
    const { lease, problems } = READERS[family](this.device, word, now);
    if (lease === null) return this.end(family, "expired", problems);
    this.#leases.set(family, lease);
    return this.#event(family, reason, problems);
  }

  /** The lease of a family is over. */
  end(family: Family, reason: LeaseReason, problems: readonly string[] = []): LeaseEvent {
    this.#leases.delete(family);
    return this.#event(family, reason, problems);
  }

  /** Something happened that leaves the lease as it is. */
  note(family: Family, reason: LeaseReason, problems: readonly string[]): LeaseEvent {
    return this.#event(family, reason, problems);
  }

  /** Puts them where `readLeases` finds them. */
  save(): void {
    writeLeases(this.runDir, this.device, this.leases);
  }

  #event(family: Family, reason: LeaseReason, problems: readonly string[]): LeaseEvent {
    return { device: this.device, family, reason, lease: this.#leases.get(family) ?? null, problems };
  }
}
