/** Why dhcpcd calls its script (dhcpcd-run-hooks(8)), in our words. */
import type { Family } from "../../model/address.ts";
import type { LeaseReason } from "./lease.ts";

/** Only what changes a lease. That dhcpcd stops is left to whoever stopped it: the lease is good until it expires. */
const REASONS: Readonly<Record<string, LeaseReason>> = {
  BOUND: "bound",
  REBOOT: "bound",
  RENEW: "renewed",
  RECONFIGURE: "renewed",
  REBIND: "rebound",
  EXPIRE: "expired",
  NAK: "expired",
};

/** `RENEW6` is `renewed`; undefined for what changes no lease. */
export function leaseReason(reason: string): LeaseReason | undefined {
  const name = reason.replace(/6$/, "");
  return Object.hasOwn(REASONS, name) ? REASONS[name] : undefined;
}

/** What dhcpcd calls the protocols of the two families. */
export const PROTOCOLS: Readonly<Record<Family, string>> = { 4: "dhcp", 6: "dhcp6" };
