/** What the kernel holds, beside what the store says that it should. */
import type { Version } from "../config/store.ts";
import { PatronusError } from "../model/error.ts";
import type { Status } from "./plan.ts";
import type { Site } from "./settle.ts";
import { readStamp, withoutStamp } from "./stamp.ts";
import type { Change } from "./step.ts";

/** What stands between the machine and the newest version. */
export async function driftOf({ store, machine }: Site, head: Version | null): Promise<Change[]> {
  if (head === null) return [];
  const goal = machine.goal(store.document(head.number), head.number, head.number);
  return (await machine.plan(goal)).flatMap((step) => step.changes);
}

/**
 * Whether the table in the kernel is of no version of this store: of one that was lost, or what boot loaded for want of a
 * store.
 */
export async function holdsStrange({ store, machine }: Site): Promise<boolean> {
  const { observed } = await machine.read(Infinity);
  if (observed === null) return false;
  const stamp = readStamp(observed);
  return stamp === null ? store.head() === null : !store.has(stamp);
}

/** The kernel's part of a status; `unreadable` where the caller may not look. */
export async function kernelStatus(
  site: Site,
  head: Version | null,
): Promise<Pick<Status, "kernel" | "rules" | "foreign">> {
  try {
    const { observed } = await site.machine.read();
    const rules = [...observed === null ? [] : withoutStamp(observed).rules.values()];
    const drift = await driftOf(site, head);
    const state = await holdsStrange(site)
      ? "strange"
      : head === null
      ? "none"
      : observed === null
      ? "missing"
      : drift.length > 0
      ? "drift"
      : "in-sync";
    return {
      kernel: { state, version: readStamp(observed)?.version ?? null, drift },
      rules: rules.reduce((sum, list) => sum + list.length, 0),
      foreign: await site.machine.foreignChains(),
    };
  } catch (error) {
    if (!(error instanceof PatronusError && error.code === "permission")) throw error;
    return { kernel: { state: "unreadable", version: null, drift: [] }, rules: 0, foreign: [] };
  }
}
