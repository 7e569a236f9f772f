/** The engine in this process. */
import { deltas } from "../config/delta.ts";
import { merge } from "../config/merge.ts";
import type { Store, Version } from "../config/store.ts";
import type { Document } from "../features/document.ts";
import { EMPTY } from "../features/empty.ts";
import { check } from "../features/mod.ts";
import type { Reading } from "../features/session.ts";
import { type Finding, PatronusError } from "../model/error.ts";
import type { Netlink } from "../netlink/socket/connection.ts";
import { bringUp } from "./bring_up.ts";
import type { Clock } from "./clock.ts";
import { readForwarding } from "./forwarding.ts";
import {
  type Intent,
  type PendingConfirm,
  readIntent,
  readPending,
  stepRecords,
  timeLeft,
  writePending,
} from "./journal.ts";
import { begin, confirmVersion, finish, recordUndone, unmanaged } from "./ledger.ts";
import { Lock } from "./lock.ts";
import { Machine } from "./machine.ts";
import type { ApplyRequest, Engine, EngineOptions } from "./mod.ts";
import type { Applied, Boot, Pending, Plan, Status } from "./plan.ts";
import { readStamp, withoutStamp } from "./stamp.ts";
import type { Change } from "./step.ts";
import { totals } from "./totals.ts";
import { startWatchdog } from "./watchdog.ts";

/** A document to bring into effect. */
interface Wanted {
  readonly document: Document;
  readonly message: string;
  /** It is the user's candidate, which is used up by it. */
  readonly ofCandidate: boolean;
  /** What the user's candidate becomes. */
  readonly restore?: Document;
  readonly confirmWithin?: number;
}

export class LocalEngine implements Engine {
  readonly #machine: Machine;
  readonly #recovered: string[] = [];
  /** Why the user's version is gone, where recovering undid it. */
  #undone: string | undefined;

  constructor(
    readonly store: Store,
    readonly netlink: Netlink,
    readonly options: EngineOptions,
    readonly clock: Clock,
  ) {
    this.#machine = new Machine(netlink, store);
  }

  check(): readonly Finding[] {
    return check(this.#merged() ?? this.#running().document);
  }

  async plan(): Promise<Plan> {
    await this.#machine.prefetch();
    const [{ diff }, { findLockouts }] = await Promise.all([import("../config/changes.ts"), import("./lockout.ts")]);
    const { head, document: before } = this.#running();
    const after = this.#merged() ?? before;
    const findings = check(after);
    const changes = diff(before, after);
    const from = head?.number ?? null;
    const foreign = await this.#machine.foreignChains();
    const plan = { from, before, after, document: changes, findings, foreign };
    if (findings.some(({ severity }) => severity === "error")) return { ...plan, steps: [], drift: [], lockouts: [] };
    const to = changes.length === 0 && from !== null ? from : (from ?? 0) + 1;
    const goal = this.#machine.goal(after, from, to);
    // A machine that never had a version and shall have none needs no steps.
    const steps = head === null && changes.length === 0 ? [] : await this.#machine.plan(goal);
    const drift = changes.length === 0 ? steps.flatMap(({ changes }) => changes) : await this.#drift(head);
    // Where nothing is done, nothing is cut.
    const session = steps.length === 0 ? null : this.options.session ?? null;
    const { lockouts, findings: doubts } = await findLockouts(goal.table, session, this.netlink);
    return { ...plan, steps, drift, lockouts, findings: [...findings, ...doubts] };
  }

  async apply(request: ApplyRequest = {}): Promise<Applied> {
    using _lock = await this.#write();
    this.#refusePending();
    await this.#machine.prefetch();
    const candidate = this.#merged();
    const { head, document } = this.#running();
    if (candidate === null && head === null) throw nothing("there is nothing to apply: no edits and no version yet");
    return await this.#bring({
      document: candidate ?? document,
      ofCandidate: candidate !== null,
      message: request.message ?? "",
      ...(request.confirmWithin === undefined ? {} : { confirmWithin: request.confirmWithin }),
    });
  }

  async confirm(): Promise<Version> {
    using _lock = await this.#write();
    const pending = readPending(this.store);
    if (pending !== null) {
      if (pending.user !== this.options.user) {
        throw new PatronusError(
          "permission",
          `version ${pending.to} was applied by ${pending.user}, who alone may confirm it`,
        );
      }
      return confirmVersion(this.store, pending.to);
    }
    if (this.#undone !== undefined) {
      throw new PatronusError("conflict", this.#undone, { hint: "your edits are your candidate again" });
    }
    const head = this.store.head();
    if (head === null || head.confirmed || (await this.#machine.stamp())?.version !== head.number) {
      const newest = head === null
        ? ""
        : `; the newest version is ${head.number}${head.message && `: ${head.message}`}`;
      throw nothing(`nothing waits for a confirmation${newest}`);
    }
    return confirmVersion(this.store, head.number);
  }

  async rollback(number?: number): Promise<Applied> {
    using _lock = await this.#write();
    const pending = readPending(this.store);
    if (pending !== null) {
      if (number !== undefined) this.#refusePending();
      const { from, to } = pending;
      const before = from === null ? unmanaged() : this.store.document(from);
      const steps = await this.#machine.plan(this.#machine.goal(before, to, from ?? to));
      const version = await this.#goBack(pending, `rolled back by ${this.options.user}`, this.options.user);
      return { version, steps, pending: null };
    }
    const { head, document: current } = this.#running();
    const target = number ?? (head?.number ?? 0) - 1;
    if (head === null || target < 1) throw nothing("there is no version to go back to");
    if (target === head.number) throw nothing(`version ${target} is the newest already`);
    const { user } = this.options;
    return await this.#bring({
      document: this.store.document(target),
      ofCandidate: false,
      message: `rollback to version ${target}`,
      restore: this.store.candidate(user)?.document ?? current,
    });
  }

  async boot(): Promise<Boot> {
    using _lock = await this.#write();
    this.#refusePending();
    const version = this.store.lastConfirmed();
    // A machine whose first version was never confirmed is left as it was before Patronus.
    if (version === null) return { source: "none", version: null };
    const document = () => this.store.document(version.number);
    await bringUp(document, { version: version.number, digest: version.digest });
    return { source: "version", version: version.number };
  }

  discard(): void {
    if (!this.store.discardCandidate(this.options.user)) throw nothing("you have no edits to discard");
  }

  async status(): Promise<Status> {
    const { head, document } = this.#running();
    const candidate = this.#candidate();
    const { diff } = await import("../config/changes.ts");
    const changes = candidate === null ? 0 : diff(document, candidate.document).length;
    return {
      version: head,
      confirmed: this.store.lastConfirmed()?.number ?? null,
      pending: this.pending(),
      candidate: candidate === null ? null : { base: candidate.base, changes },
      ...await this.#kernelStatus(head),
      forwarding: readForwarding(),
      recovered: this.#recovered,
    };
  }

  pending(): Pending | null {
    const pending = readPending(this.store);
    if (pending === null) return null;
    const secondsLeft = Math.max(0, Math.ceil(timeLeft(pending, this.clock) / 1000));
    return { version: pending.to, user: pending.user, secondsLeft };
  }

  async observedCounters(): Promise<Map<string, Reading>> {
    return totals(this.store, (await this.#machine.read()).observed);
  }

  async recover(): Promise<readonly string[]> {
    using _lock = await this.#write();
    return this.#recovered;
  }

  /** Recovers where something is unfinished, nobody else is at work and this process has the rights. */
  async recoverIfFree(): Promise<void> {
    const pending = readPending(this.store);
    const overdue = pending !== null && timeLeft(pending, this.clock) <= 0;
    if (readIntent(this.store) === null && !overdue) return;
    try {
      using lock = Lock.tryTake(this.options.runDir);
      if (lock !== null) await this.#settle();
    } catch (error) {
      // Whoever may only look leaves it to those who may change.
      if (!(error instanceof PatronusError && error.code === "permission")) throw error;
    }
  }

  close(): void {
    this.netlink.close();
    this.store.close();
  }

  async #write(): Promise<Lock> {
    const lock = await Lock.take(this.options.runDir);
    try {
      await this.#settle();
      return lock;
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /** Ends what others left unfinished; the lock is held. */
  async #settle(): Promise<void> {
    const intent = readIntent(this.store);
    if (intent !== null) await this.#settleIntent(intent);
    const pending = readPending(this.store);
    if (pending === null) return;
    if (this.store.version(pending.to).confirmed) return writePending(this.store, null);
    if (timeLeft(pending, this.clock) > 0) return;
    const version = await this.#goBack(pending, "not confirmed in time");
    this.#undone = `version ${pending.to} was not confirmed in time and is undone: version ${version.number} ${
      sameAs(pending)
    }`;
    this.#recovered.push(this.#undone);
  }

  async #settleIntent(intent: Intent): Promise<void> {
    const { to, bootId } = intent;
    if (bootId === this.clock.bootId) {
      const stamp = await this.#machine.stamp();
      if (stamp?.version === to && stamp.digest === this.store.version(to).digest) {
        try {
          await this.#machine.carryOut(intent.steps);
          this.#end(intent);
          this.#recovered.push(`an apply was cut off when version ${to} was in the kernel already; it is complete now`);
          return;
        } catch { /* What cannot be completed is undone. */ }
      }
    }
    const version = await this.#goBack(intent, "the apply was cut off");
    this.#undone = intent.from === to
      ? `an apply of version ${to} was cut off; apply it again`
      : `an apply was cut off before version ${to} was in effect and is undone: version ${version.number} ${
        sameAs(intent)
      }`;
    this.#recovered.push(this.#undone);
  }

  async #bring(wanted: Wanted): Promise<Applied> {
    const { head, document: current } = this.#running();
    const from = head?.number ?? null;
    const unchanged = head !== null && isSame(current, wanted.document);
    // What is a version already was checked when it became one.
    if (!unchanged) refuseErrors(check(wanted.document));
    const goal = this.#machine.goal(wanted.document, from, unchanged ? head.number : (from ?? 0) + 1);
    const steps = await this.#machine.plan(goal);
    if (unchanged && steps.length === 0) {
      if (wanted.ofCandidate) this.store.discardCandidate(this.options.user);
      throw nothing(`there is nothing to apply: the machine is as version ${head.number} says`);
    }
    const confirmWithin = unchanged ? undefined : wanted.confirmWithin;
    if (confirmWithin !== undefined) await (this.options.startWatchdog ?? startWatchdog)(this.options);
    const deadline = confirmWithin === undefined ? null : this.clock.now() + confirmWithin * 1000;
    const intent: Intent = {
      user: this.options.user,
      from,
      to: goal.to,
      ofCandidate: wanted.ofCandidate,
      bootId: this.clock.bootId,
      steps: stepRecords(steps),
    };
    const { document, message } = wanted;
    begin(this.store, { document, head, message, time: now(), intent, deadline });
    try {
      this.#machine.accept(goal);
      await this.#machine.carryOut(intent.steps);
      await this.#machine.verify(goal);
    } catch (error) {
      throw await this.#failed(intent, error);
    }
    return { version: this.#end(intent, wanted.restore), steps, pending: this.pending() };
  }

  /** Records that the machine is as the intent wants it, and confirms it unless somebody is asked to. */
  #end(intent: Intent, restore?: Document): Version {
    try {
      // The intent goes last: until then, the next start does all of this again.
      if (readPending(this.store) === null) confirmVersion(this.store, intent.to);
      finish(this.store, intent, restore);
      return this.store.version(intent.to);
    } catch (error) {
      throw new PatronusError(
        "failed",
        `version ${intent.to} is in effect, but that cannot be recorded: ${words(error)}`,
        { hint: "make the state directory writable, then run patronus confirm", cause: error },
      );
    }
  }

  /** Undoes a failed apply and says what state the machine is in. */
  async #failed(intent: Intent, error: unknown): Promise<PatronusError> {
    const code = error instanceof PatronusError ? error.code : "failed";
    try {
      await this.#goBack(intent, `it failed: ${words(error)}`);
    } catch (second) {
      return new PatronusError(
        "failed",
        `${words(error)}; and undoing it failed as well: ${words(second)}`,
        { hint: "the machine is between two versions; the next patronus command tries again", cause: error },
      );
    }
    const state = intent.from === null
      ? "the machine is as it was before"
      : intent.from === intent.to
      ? `version ${intent.to} is still the newest`
      : `the machine is back at version ${intent.from}`;
    const hint = (error instanceof PatronusError && error.details.hint) || "your edits are still your candidate";
    return new PatronusError(code, `${words(error)}; ${state}`, { hint, cause: error });
  }

  /** Undoes on the machine first, then in the store: the way back must not depend on a disk that has room. */
  async #goBack(change: Intent | PendingConfirm, why: string, author = change.user): Promise<Version> {
    const sameBoot = change.bootId === this.clock.bootId;
    if (sameBoot && change.from !== change.to) await this.#machine.putBack(change.steps);
    const version = recordUndone(this.store, change, { author, why, time: now() });
    if (sameBoot && change.from !== change.to) {
      // The same rules under the new version's number.
      await this.#machine.restamp(version.number);
    }
    return version;
  }

  /** The newest version and its document. */
  #running(): { readonly head: Version | null; readonly document: Document } {
    const head = this.store.head();
    return { head, document: head === null ? EMPTY : this.store.document(head.number) };
  }

  #candidate() {
    return this.store.candidate(this.options.user);
  }

  /** The candidate on top of the newest version; null where there is none. */
  #merged(): Document | null {
    const candidate = this.#candidate();
    if (candidate === null) return null;
    const { head, document: theirs } = this.#running();
    if (head === null || candidate.base === head.number) return candidate.document;
    const base = candidate.base === null ? EMPTY : this.store.document(candidate.base);
    const { document, conflicts } = merge(base, candidate.document, theirs);
    if (conflicts.length === 0) return document;
    throw new PatronusError("conflict", `your edits collide with version ${head.number}, made by ${head.author}`, {
      findings: conflicts.map(({ path, message }) => ({ severity: "error", path, message })),
      hint: `${bothSides(candidate.base)}; patronus discard drops yours`,
    });
  }

  #refusePending(): void {
    const pending = this.pending();
    if (pending === null) return;
    throw new PatronusError(
      "conflict",
      `version ${pending.version} waits for a confirmation by ${pending.user}, ${pending.secondsLeft} s more`,
      { hint: "patronus confirm keeps it, patronus rollback undoes it" },
    );
  }

  async #drift(head: Version | null): Promise<readonly Change[]> {
    if (head === null) return [];
    const goal = this.#machine.goal(this.store.document(head.number), head.number, head.number);
    return (await this.#machine.plan(goal)).flatMap((step) => step.changes);
  }

  async #kernelStatus(head: Version | null): Promise<Pick<Status, "kernel" | "rules" | "foreign">> {
    try {
      const { observed } = await this.#machine.read();
      const rules = [...observed === null ? [] : withoutStamp(observed).rules.values()];
      const drift = await this.#drift(head);
      return {
        kernel: {
          state: head === null ? "none" : observed === null ? "missing" : drift.length > 0 ? "drift" : "in-sync",
          version: readStamp(observed)?.version ?? null,
          drift,
        },
        rules: rules.reduce((sum, list) => sum + list.length, 0),
        foreign: await this.#machine.foreignChains(),
      };
    } catch (error) {
      if (!(error instanceof PatronusError && error.code === "permission")) throw error;
      return { kernel: { state: "unreadable", version: null, drift: [] }, rules: 0, foreign: [] };
    }
  }
}

function refuseErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  throw new PatronusError("input", "the configuration is not valid; nothing was changed", { findings: errors });
}

/** How to see what two users made of version `base`, or of nothing. */
function bothSides(base: number | null): string {
  return base === null
    ? "patronus config show prints your edits, patronus config show --version head the others"
    : `patronus config diff ${base} candidate shows your edits, patronus config diff ${base} head the others`;
}

function nothing(message: string): PatronusError {
  return new PatronusError("nothing", message);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether two documents say the same, order included. */
function isSame(before: Document, after: Document): boolean {
  return deltas(before, after, () => new Map()).length === 0;
}

/** `has the content of version 3`. */
function sameAs({ from }: Intent): string {
  return from === null ? "leaves the machine alone again" : `has the content of version ${from}`;
}

/** The one look at the wall clock: only the history shows it. */
function now(): string {
  return new Date().toISOString();
}
