/**
 * The one interface between the engine and what it changes. nftables and forwarding sysctls implement it today; links,
 * addresses, routes, files and services plug in the same way.
 *
 * A step must be idempotent in both directions: after a crash the engine may run `apply` or `undo` again without
 * knowing how far the first run came. `undo` is data that was read before the change, so that it survives in the
 * journal; it never depends on memory.
 */

/** A line of a plan, for people. */
export interface Change {
  readonly action: "add" | "change" | "remove";
  /** What is touched, as `rule allow-web` or `sysctl net.ipv4.ip_forward`. */
  readonly subject: string;
  readonly before?: string;
  readonly after?: string;
  /** Found different from what Patronus last applied: somebody changed it behind its back. */
  readonly drift?: boolean;
}

/** One resource kind's part of a plan. */
export interface PlannedStep {
  /** Stable kind, by which a journal entry finds its code again: `nftables`, `sysctl`, `link`, `address`, `route`, `file`, `service`. */
  readonly kind: string;
  /** One line for progress and errors, as `load table inet patronus`. */
  readonly title: string;
  readonly changes: readonly Change[];
  /** What the step needs to change the machine; JSON, kept in the journal before the first change. */
  readonly redo: unknown;
  /** What it needs to put the machine back; JSON, read from the machine before the first change. */
  readonly undo: unknown;
}

/** Code for one kind of step. */
export interface StepDriver<Desired = unknown> {
  readonly kind: string;
  /** Steps of lower order run first and are undone last: 5 forwarding off, 10 nftables, 20 link, 30 address, 40 route, 50 file,
   * 60 service, 90 forwarding on. */
  readonly order: number;
  /** Reads the machine and compares; null when nothing differs. */
  plan(desired: Desired): Promise<PlannedStep | null>;
  /** Brings the machine from any state to `redo`. */
  apply(redo: unknown): Promise<void>;
  /** Brings the machine from any state to `undo`. */
  undo(undo: unknown): Promise<void>;
  /** Differences that remain after apply; empty when the machine is as desired. */
  verify(desired: Desired): Promise<readonly Change[]>;
}
