/** The engine in this process. */
import { deltas } from "../config/delta.ts";
import { merge } from "../config/merge.ts";
import type { Store, Version } from "../config/store.ts";
import { compile } from "../features/compile.ts";
import type { Document } from "../features/document.ts";
import type { NetworkState } from "../features/network_state.ts";
import { EMPTY } from "../features/empty.ts";
import { check } from "../features/mod.ts";
import type { Reading } from "../features/session.ts";
import { type Finding, PatronusError } from "../model/error.ts";
import type { Netlink } from "../netlink/socket/connection.ts";
import { bringUp } from "./bring_up.ts";
import type { Clock } from "./clock.ts";
import { readForwarding } from "./forwarding.ts";
import { type Intent, readIntent, readPending, stepRecords, timeLeft } from "./journal.ts";
import { begin, confirmVersion, end, unmanaged } from "./ledger.ts";
import { driftOf, holdsStrange, kernelStatus } from "./kernel_status.ts";
import { isKept, keeperRuns, startKeeper } from "./keeper_process.ts";
import { leaseStatus } from "./leases.ts";
import { Lock } from "./lock.ts";
import { Machine } from "./machine.ts";
import { requirePrograms } from "./network/programs.ts";
import type { ApplyRequest, Engine, EngineOptions, EngineUser } from "./mod.ts";
import type { Applied, Boot, Lockout, Pending, Plan, Status } from "./plan.ts";
import { type Ending, giveUp, goBack, settle, type Site } from "./settle.ts";
import { totals } from "./totals.ts";
import { CLOSED, readRescue, rescueDocument } from "./rescue.ts";
import { UNVERSIONED } from "./stamp.ts";
import { ETC } from "./resolver.ts";
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

/** What engines of several users have in common. */
interface Common {
  readonly machine: Machine;
  /** What recovering found and did since the last change. */
  recovered: string[];
  /** Why a version is gone, where recovering undid it. */
  undone: string | undefined;
}

export class LocalEngine implements Engine {
  readonly #common: Common;
  readonly #machine: Machine;
  readonly #site: Site;

  constructor(
    readonly store: Store,
    readonly netlink: Netlink,
    readonly options: EngineOptions,
    readonly clock: Clock,
    common?: Common,
  ) {
    const { stateDir, runDir, etcDir = ETC } = options;
    this.#common = common ??
      { machine: new Machine(netlink, store, { stateDir, runDir, etcDir }), recovered: [], undone: undefined };
    this.#machine = this.#common.machine;
    this.#site = { store, machine: this.#machine, clock };
  }

  as(user: EngineUser): Engine {
    return new LocalEngine(this.store, this.netlink, { ...this.options, ...user }, this.clock, this.#common);
  }

  check(): readonly Finding[] {
    return check(this.#merged() ?? this.#running().document);
  }

  async plan(): Promise<Plan> {
    await this.#machine.prefetch();
    const { diff, printDiff } = await import("../config/changes.ts");
    const { head, document: before } = this.#running();
    const after = this.#merged() ?? before;
    const findings = check(after);
    const changes = diff(before, after);
    const from = head?.number ?? null;
    const foreign = await this.#machine.foreignChains();
    const plan = { from, document: changes, words: printDiff(changes, before, after), findings, foreign };
    if (findings.some(({ severity }) => severity === "error")) {
      return { ...plan, steps: [], strange: false, drift: [], lockouts: [] };
    }
    const to = changes.length === 0 && from !== null ? from : (from ?? 0) + 1;
    const goal = this.#machine.goal(after, from, to);
    // A machine that never had a version and shall have none needs no steps.
    const steps = head === null && this.#candidate() === null ? [] : await this.#machine.plan(goal);
    const drift = head !== null && changes.length === 0
      ? steps.flatMap(({ changes }) => changes)
      : await driftOf(this.#site, head);
    const strange = await holdsStrange(this.#site);
    // Where nothing is done, nothing is cut.
    const session = steps.length === 0 ? null : this.options.session ?? null;
    const { lockouts, findings: doubts } = await this.#machine.lockouts(goal, session);
    return { ...plan, steps, strange, drift, lockouts, findings: [...findings, ...doubts] };
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
    if (this.#common.undone !== undefined) {
      throw new PatronusError("conflict", this.#common.undone, { hint: "your edits are your candidate again" });
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

  async rollback(number?: number, confirmWithin?: number): Promise<Applied> {
    using _lock = await this.#write();
    const pending = readPending(this.store);
    if (pending !== null) {
      if (number !== undefined || confirmWithin !== undefined) this.#refusePending();
      const { from, to } = pending;
      const before = from === null ? unmanaged() : this.store.document(from);
      const steps = await this.#machine.plan(this.#machine.goal(before, to, from ?? to));
      const version = await goBack(this.#site, pending, `rolled back by ${this.options.user}`, this.options.user);
      return { version, steps, pending: null, problems: [] };
    }
    const target = this.#rollbackTarget(number);
    const { user } = this.options;
    return await this.#bring({
      document: this.store.document(target),
      ofCandidate: false,
      message: `rollback to version ${target}`,
      restore: this.store.candidate(user)?.document ?? this.#running().document,
      ...(confirmWithin === undefined ? {} : { confirmWithin }),
    });
  }

  async rollbackLockouts(number?: number): Promise<readonly Lockout[]> {
    const pending = readPending(this.store);
    const to = pending === null ? this.#rollbackTarget(number) : pending.from;
    const { head } = this.#running();
    const document = to === null ? unmanaged() : this.store.document(to);
    const goal = this.#machine.goal(document, head?.number ?? null, (head?.number ?? 0) + 1);
    return (await this.#machine.lockouts(goal, this.options.session ?? null)).lockouts;
  }

  /** The version whose content a rollback brings back. */
  #rollbackTarget(number: number | undefined): number {
    const head = this.store.head();
    const target = number ?? (head?.number ?? 0) - 1;
    if (head === null || target < 1) throw nothing("there is no version to go back to");
    if (target === head.number) throw nothing(`version ${target} is the newest already`);
    return target;
  }

  async boot(): Promise<Boot> {
    using _lock = await this.#alone();
    const pending = readPending(this.store);
    if (pending !== null) {
      this.#note(await giveUp(this.#site, pending, "not confirmed when the rules were loaded again"));
    }
    const version = this.store.lastConfirmed();
    const { recovered } = this.#common;
    // A machine whose first version was never confirmed is left as it was before Patronus.
    if (version === null) return { source: "none", version: null, recovered, problems: [] };
    const document = () => this.store.document(version.number);
    const problems = await bringUp(document, { version: version.number, digest: version.digest });
    const kept = await this.#keepNetwork(compile(document()).network);
    return { source: "version", version: version.number, recovered, problems: [...problems, ...kept.problems] };
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
      readOnly: this.store.database.hindrance?.message ?? null,
      pending: this.pending(),
      candidate: candidate === null ? null : { base: candidate.base, changes },
      ...await kernelStatus(this.#site, head),
      forwarding: readForwarding(),
      leases: leaseStatus(this.options.runDir),
      kept: isKept(compile(document).network) ? keeperRuns(this.options.runDir) : null,
      recovered: this.#common.recovered,
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
    using _lock = await this.#alone();
    return this.#common.recovered;
  }

  /** Recovers where something is unfinished and nobody else is at work; on the machine also where the store cannot be written. */
  async recoverIfFree(): Promise<void> {
    const pending = readPending(this.store);
    const overdue = pending !== null && timeLeft(pending, this.clock) <= 0;
    if (readIntent(this.store) === null && !overdue) return;
    try {
      using lock = Lock.tryTake(this.options.runDir);
      if (lock !== null) await this.#settle();
    } catch (error) {
      if (!(error instanceof PatronusError)) throw error;
      // Whoever only looks can look all the same; whoever changes something tries again, and is told.
      this.#common.recovered.push(`a change is unfinished, and cannot be ended: ${error.message}`);
    }
  }

  close(): void {
    this.netlink.close();
    this.store.close();
  }

  /** For changes: nobody else makes one, all before are ended, and the store can take them down. */
  async #write(): Promise<Lock> {
    this.store.database.refuseReadOnly();
    return await this.#alone();
  }

  /** For the way back, which leads first through the machine, and for boot, which need not write anything down. */
  async #alone(): Promise<Lock> {
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
    for (const ending of await settle(this.#site)) this.#note(ending);
  }

  #note({ words, undone }: Ending): void {
    if (undone) this.#common.undone = words;
    this.#common.recovered.push(words);
  }

  async #bring(wanted: Wanted): Promise<Applied> {
    const { head, document: current } = this.#running();
    const found = head === null ? await this.#rescueRules() : null;
    const from = found === null ? head?.number ?? null : 1;
    const unchanged = head !== null && isSame(current, wanted.document);
    // What is a version already was checked when it became one.
    if (!unchanged) refuseErrors(check(wanted.document));
    const goal = this.#machine.goal(wanted.document, from, unchanged ? head.number : (from ?? 0) + 1, found ?? current);
    const steps = await this.#machine.plan(goal);
    if (unchanged && steps.length === 0) {
      if (wanted.ofCandidate) this.store.discardCandidate(this.options.user);
      const { started, problems } = await this.#keepNetwork(goal.network);
      if (started) {
        const words = "the process that keeps the network had ended; it runs again";
        return { version: head, steps, pending: this.pending(), problems: [words, ...problems] };
      }
      throw nothing(`there is nothing to apply: the machine is as version ${head.number} says`);
    }
    if (!unchanged) requirePrograms(goal.network);
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
    begin(this.store, { document, found, message, time: now(), intent, deadline });
    try {
      this.#machine.accept(goal);
      await this.#machine.carryOut(intent.steps);
      await this.#machine.verify(goal);
    } catch (error) {
      throw await this.#failed(intent, error);
    }
    const version = end(this.store, intent, wanted.restore);
    this.#common.recovered = [];
    this.#common.undone = undefined;
    return { version, steps, pending: this.pending(), problems: (await this.#keepNetwork(goal.network)).problems };
  }

  /** Lets somebody stay behind who sets devices up that appear later. */
  async #keepNetwork(network: NetworkState): Promise<{ started: boolean; problems: readonly string[] }> {
    if (!isKept(network)) return { started: false, problems: [] };
    const absent = await this.#machine.absent(network);
    const problems = absent.map((device) => `there is no device ${device} yet: it is set up when it appears`);
    try {
      return { started: await (this.options.startKeeper ?? startKeeper)(this.options), problems };
    } catch (error) {
      const why = `${words(error)}: devices that appear later are not set up by themselves`;
      return { started: false, problems: [...problems, why] };
    }
  }

  /** What boot loaded for want of a store, where that is in the kernel: an undo must not leave the machine open. */
  async #rescueRules(): Promise<Document | null> {
    if ((await this.#machine.stamp())?.version !== UNVERSIONED.version) return null;
    return rescueDocument(readRescue(this.options.stateDir) ?? CLOSED);
  }

  /** Undoes a failed apply and says what state the machine is in. */
  async #failed(intent: Intent, error: unknown): Promise<PatronusError> {
    const code = error instanceof PatronusError ? error.code : "failed";
    try {
      await goBack(this.#site, intent, `it failed: ${words(error)}`);
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

/** The one look at the wall clock: only the history shows it. */
function now(): string {
  return new Date().toISOString();
}
