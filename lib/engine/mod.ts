/** The engine: plan, apply, verify, confirm, rollback, boot. One writer at a time. */
import { Store, type Version } from "../config/store.ts";
import type { Reading } from "../features/session.ts";
import type { Finding } from "../model/error.ts";
import { NETFILTER, type Netlink, NetlinkConnection } from "../netlink/socket/connection.ts";
import { type Clock, kernelClock } from "./clock.ts";
import { LocalEngine } from "./engine.ts";
import type { startKeeper } from "./keeper_process.ts";
import type { startWatchdog } from "./watchdog.ts";
import type { Applied, Boot, Lockout, Pending, Plan, Status } from "./plan.ts";
import type { CallerSession } from "./session.ts";

export { boot } from "./boot.ts";

export interface EngineOptions {
  readonly stateDir: string;
  readonly runDir: string;
  /** Where resolv.conf is; /etc where it is left out. */
  readonly etcDir?: string;
  /** Whose candidate it is. */
  readonly user: string;
  /** Where the caller's session comes from, for the lockout warning. */
  readonly session?: CallerSession | null;
  /** Others than the kernel's own, for tests. */
  readonly clock?: Clock;
  readonly netlink?: Netlink;
  readonly startWatchdog?: typeof startWatchdog;
  readonly startKeeper?: typeof startKeeper;
}

/** Who asks, and from where. */
export type EngineUser = Pick<EngineOptions, "user" | "session">;

/** What a user asks of the engine, be it in this process or in the daemon. */
export interface Actions {
  /** Findings of the candidate, or of the newest version where there is none. */
  check(): readonly Finding[] | Promise<readonly Finding[]>;
  plan(): Promise<Plan>;
  /** `confirmWithin` in seconds. Throws `input` with all findings, `conflict`, `nothing`, `permission` or `failed`. */
  apply(request?: ApplyRequest): Promise<Applied>;
  /** Throws `nothing` where none is pending, `permission` where it is somebody else's. */
  confirm(): Promise<Version>;
  /** Goes back to the content of version `number`, or of the one before the newest; undoes what is pending. */
  rollback(number?: number, confirmWithin?: number): Promise<Applied>;
  /** What of the caller's session such a rollback would cut. */
  rollbackLockouts(number?: number): Promise<readonly Lockout[]>;
  /** Drops the candidate; throws `nothing` where there is none. */
  discard(): void | Promise<void>;
  status(): Promise<Status>;
}

export interface Engine extends Actions {
  readonly store: Store;
  check(): readonly Finding[];
  discard(): void;
  /** The same engine for another user: store, kernel and memory are shared, and closing either closes both. */
  as(user: EngineUser): Engine;
  /** Brings up the newest confirmed version; edits stay. The function `boot` also knows what to do without a store. */
  boot(): Promise<Boot>;
  pending(): Pending | null;
  /** Totals by id of the document's rules. */
  observedCounters(): Promise<Map<string, Reading>>;
  /**
   * Ends what is unfinished: an apply that was cut off is completed or undone, an overdue confirmation undone. Says in words
   * what it did. Every change begins with it.
   */
  recover(): Promise<readonly string[]>;
  close(): void;
}

export interface ApplyRequest {
  readonly message?: string;
  /** Seconds. */
  readonly confirmWithin?: number;
}

/** Opens the store and the kernel; ends what was left unfinished where this process may. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const store = Store.open(options.stateDir);
  const engine = new LocalEngine(
    store,
    options.netlink ?? NetlinkConnection.open(NETFILTER),
    options,
    options.clock ?? kernelClock(),
  );
  try {
    await engine.recoverIfFree();
  } catch (error) {
    engine.close();
    throw error;
  }
  return engine;
}
