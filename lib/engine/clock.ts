/** Time since boot, and which boot it is: what deadlines are kept in, for wall clocks jump and some machines have none. */

export interface Clock {
  /** Another one after each boot. */
  readonly bootId: string;
  /** Milliseconds since boot, suspended time included. */
  now(): number;
}

/** The kernel's: random/boot_id (random(4)), and /proc/uptime, which is CLOCK_BOOTTIME in seconds (proc(5)). */
export function kernelClock(): Clock {
  return {
    bootId: Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim(),
    now: () => Math.round(Number(Deno.readTextFileSync("/proc/uptime").split(" ")[0]) * 1000),
  };
}
