/** The engine: plan, apply, verify, confirm, rollback, boot. One writer at a time. */
import type { Store, Version } from "../config/store.ts";
import type { Finding } from "../model/error.ts";
import type { Reading } from "../features/session.ts";
import type { Applied, Boot, Pending, Plan, Status } from "./plan.ts";

export interface EngineOptions {
  readonly stateDir: string;
  readonly runDir: string;
  /** Whose candidate it is. */
  readonly user: string;
  /** Where the caller's session comes from, for the lockout warning. */
  readonly session?: { readonly from: string; readonly to: string; readonly port: number } | null;
}

export interface Engine {
  readonly store: Store;
  /** Findings of the candidate, or of the newest version where there is none. */
  check(): readonly Finding[];
  plan(): Promise<Plan>;
  /** `confirmWithin` in seconds. Throws `input` with all findings, `conflict`, `nothing`, `permission` or `failed`. */
  apply(request?: { readonly message?: string; readonly confirmWithin?: number }): Promise<Applied>;
  /** Throws `nothing` where none is pending, `permission` where it is somebody else's. */
  confirm(): Promise<Version>;
  /** Goes back to the content of version `number`, or of the one before the newest. */
  rollback(number?: number): Promise<Applied>;
  /** Drops the candidate; throws `nothing` where there is none. */
  discard(): void;
  boot(): Promise<Boot>;
  status(): Promise<Status>;
  pending(): Pending | null;
  /** Totals by id of the document's rules. */
  observedCounters(): Promise<Map<string, Reading>>;
  close(): void;
}

export function openEngine(_options: EngineOptions): Promise<Engine> {
  throw new Error("not there yet");
}
