/**
 * Ending what others left unfinished: an apply that was cut off is completed where the kernel holds it already, and undone
 * otherwise; a version that nobody confirmed in time is undone. The lock is held.
 */
import type { Store, Version } from "../config/store.ts";
import type { Clock } from "./clock.ts";
import { type Intent, type PendingConfirm, readIntent, readPending, timeLeft, writePending } from "./journal.ts";
import { end, recordUndone } from "./ledger.ts";
import type { Machine } from "./machine.ts";
import { isSame } from "./stamp.ts";

/** Where a change is ended: the store, the machine and the time. */
export interface Site {
  readonly store: Store;
  readonly machine: Machine;
  readonly clock: Clock;
}

/** How something unfinished was ended. */
export interface Ending {
  readonly words: string;
  /** It is undone, not completed. */
  readonly undone: boolean;
}

/** Ends whatever is unfinished or overdue. Throws where the machine or the store refuses; the next start tries again. */
export async function settle(site: Site): Promise<Ending[]> {
  const { store, clock } = site;
  const pending = readPending(store);
  const confirmed = pending !== null && store.version(pending.to).confirmed;
  // That ends the intent too, if there still is one: nothing else is begun while a version is pending.
  if (pending !== null && !confirmed && timeLeft(pending, clock) <= 0) {
    return [await giveUp(site, pending, "not confirmed in time")];
  }
  const intent = readIntent(store);
  const endings = intent === null ? [] : [await settleIntent(site, intent)];
  if (confirmed) writePending(store, null);
  return endings;
}

/** Undoes a version that waits for its confirmation. `why` as `not confirmed in time`. */
export async function giveUp(site: Site, pending: PendingConfirm, why: string): Promise<Ending> {
  const version = await goBack(site, pending, why);
  return { words: `version ${pending.to} was ${why} and is undone: ${outcome(pending, version)}`, undone: true };
}

/** Undoes on the machine first, then in the store: the way back must not depend on a disk that has room. */
export async function goBack(
  { store, machine, clock }: Site,
  change: Intent | PendingConfirm,
  why: string,
  author = change.user,
): Promise<Version> {
  const sameBoot = change.bootId === clock.bootId;
  if (sameBoot && change.from !== change.to) await machine.putBack(change.steps);
  const version = recordUndone(store, change, { author, why, time: new Date().toISOString() });
  // The same rules under the new version's number.
  if (sameBoot && change.from !== change.to) await machine.restamp(version.number);
  return version;
}

async function settleIntent(site: Site, intent: Intent): Promise<Ending> {
  const { from, to } = intent;
  if (await isInEffect(site, intent)) {
    end(site.store, intent);
    return {
      words: `an apply was cut off when version ${to} was in the kernel already; it is complete now`,
      undone: false,
    };
  }
  const version = await goBack(site, intent, "the apply was cut off");
  const words = from === to
    ? `an apply of version ${to} was cut off; apply it again`
    : `an apply was cut off before version ${to} was in effect and is undone: ${outcome(intent, version)}`;
  return { words, undone: true };
}

/** Whether the kernel holds the new version, and all else could be made as it says. */
async function isInEffect({ store, machine, clock }: Site, { to, bootId, steps }: Intent): Promise<boolean> {
  if (bootId !== clock.bootId) return false;
  if (!isSame(await machine.stamp(), { version: to, digest: store.version(to).digest })) return false;
  try {
    await machine.carryOut(steps);
    return true;
  } catch {
    return false;
  }
}

/** `version 4 has the content of version 2`. */
function outcome({ from }: Intent, { number }: Version): string {
  return `version ${number} ${from === null ? "leaves the machine alone again" : `has the content of version ${from}`}`;
}
