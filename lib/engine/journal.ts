/**
 * What the store remembers of a change that is under way: the intent, from before the first step until the end is recorded,
 * and the pending confirmation, until it comes or its time is over. Both are enough to go back without any memory.
 */
import type { Store } from "../config/store.ts";
import { type Clock } from "./clock.ts";
import type { PlannedStep } from "./step.ts";

/** A step as data. */
export type StepRecord = Pick<PlannedStep, "kind" | "title" | "redo" | "undo">;

/** A change under way. */
export interface Intent {
  /** Who makes it. */
  readonly user: string;
  readonly from: number | null;
  readonly to: number;
  /** Whether the user's candidate became version `to`. */
  readonly ofCandidate: boolean;
  readonly bootId: string;
  readonly steps: readonly StepRecord[];
}

/** A version in effect that goes away again unless it is confirmed. */
export interface PendingConfirm extends Intent {
  /** Milliseconds since boot (CLOCK_BOOTTIME). */
  readonly deadline: number;
}

const PENDING = "pending-confirm";

export function readIntent(store: Store): Intent | null {
  return store.intent() as Intent | null;
}

export function readPending(store: Store): PendingConfirm | null {
  return store.setting(PENDING) as PendingConfirm | null;
}

/** Null: nothing is pending any more. */
export function writePending(store: Store, pending: PendingConfirm | null): void {
  store.setSetting(PENDING, pending);
}

/** Milliseconds that are left; 0 or less: it is overdue, as it is in another boot than that it began in. */
export function timeLeft(pending: PendingConfirm, clock: Clock): number {
  return pending.bootId === clock.bootId ? pending.deadline - clock.now() : 0;
}

export function stepRecords(steps: readonly PlannedStep[]): StepRecord[] {
  return steps.map(({ kind, title, redo, undo }) => ({ kind, title, redo, undo }));
}
