/** When leases end that nobody renews. Time is counted from now on, so that a clock that is set meanwhile ends none. */
import type { Family } from "../../model/address.ts";

/** Seconds after its end until a lease counts as expired: dhcpcd, where it runs, says so first. */
const SLACK = 5;

/** The longest that setTimeout waits, in seconds (2^31 - 1 ms). */
const LONGEST = 2_147_483;

export class Expiry {
  readonly #timers = new Map<Family, ReturnType<typeof setTimeout>>();

  /** `end` is called for a family whose time is over. */
  constructor(readonly end: (family: Family) => void) {}

  /** Takes the place of what was set for the family. `seconds` from now; null for never. */
  set(family: Family, seconds: number | null): void {
    clearTimeout(this.#timers.get(family));
    this.#timers.delete(family);
    if (seconds !== null) this.#wait(family, Math.max(0, seconds) + SLACK);
  }

  clear(): void {
    for (const family of [...this.#timers.keys()]) this.set(family, null);
  }

  #wait(family: Family, seconds: number): void {
    const part = Math.min(seconds, LONGEST);
    const next = () => seconds > part ? this.#wait(family, seconds - part) : this.end(family);
    this.#timers.set(family, setTimeout(next, part * 1000));
  }
}
