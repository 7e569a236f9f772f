/** The machine as the steps that change it, in the one order in which they may be taken. */
import type { Count, Store } from "../config/store.ts";
import { TABLE } from "../features/allocation.ts";
import { compile } from "../features/compile.ts";
import type { Document } from "../features/document.ts";
import { withDepartures } from "../features/interfaces/departures.ts";
import { PatronusError } from "../model/error.ts";
import type { Observed } from "../nft/batch.ts";
import { type Netlink, NetlinkConnection, ROUTE } from "../netlink/socket/connection.ts";
import { NetlinkError } from "../netlink/wire/error.ts";
import { FORWARDING } from "./forwarding.ts";
import { foreignBaseChains } from "./kernel.ts";
import type { Lockouts } from "./lockout.ts";
import type { CallerSession } from "./session.ts";
import type { NetworkState } from "../features/network_state.ts";
import type { StepRecord } from "./journal.ts";
import { NetworkDriver } from "./network/driver.ts";
import { KernelTable } from "./kernel_table.ts";
import { type Compiled, type Goal, isForbidden, NftablesDriver } from "./nftables.ts";
import type { ForeignChain } from "./plan.ts";
import { ResolverDriver, type ResolverPlaces } from "./resolver.ts";
import { readStamp, type Stamp } from "./stamp.ts";
import type { Change, PlannedStep, StepDriver } from "./step.ts";

/** Versions kept compiled. */
const KEPT = 2;

export class Machine {
  readonly #netlink: Netlink;
  readonly #kernel: KernelTable;
  readonly #store: Store;
  readonly #network: NetworkDriver;
  readonly #drivers: readonly StepDriver<Goal>[];
  readonly #compiled = new Map<number, Compiled>();

  constructor(netlink: Netlink, store: Store, places: ResolverPlaces) {
    this.#netlink = netlink;
    this.#store = store;
    this.#kernel = new KernelTable(netlink, (lost) => keepCounts(store, lost));
    const nftables = new NftablesDriver(
      this.#kernel,
      (version) => this.compiled(version),
      (version) => this.#stampOf(version),
    );
    this.#network = new NetworkDriver(() => NetlinkConnection.open(ROUTE));
    this.#drivers = [nftables, this.#network, new ResolverDriver(places), ...FORWARDING].sort((a, b) =>
      a.order - b.order
    );
  }

  /** The table as the kernel has it; its counters are at most `age` milliseconds old. */
  read(age?: number): Promise<{ readonly observed: Observed | null }> {
    return named("read the ruleset", () => this.#kernel.read(age));
  }

  /** Lets the kernel tell while other work is done, for a change that is to come. */
  prefetch(): Promise<void> {
    return this.#kernel.prefetch();
  }

  /** Which version is in the kernel; null where none is. */
  async stamp(): Promise<Stamp | null> {
    return readStamp((await this.read()).observed);
  }

  /** Base chains of other people's tables. */
  async foreignChains(): Promise<ForeignChain[]> {
    const chains = await named("list the chains of others", () => foreignBaseChains(this.#netlink, TABLE));
    return chains.flatMap(({ family, table, chain: { name, base } }) =>
      base === undefined
        ? []
        : [{ family, table, chain: name, hook: base.hook, priority: base.priority, policy: base.policy }]
    );
  }

  /** What a document asks for, as version `to` after version `from`; `before` is that one's document. */
  goal(document: Document, from: number | null, to: number, before?: Document): Goal {
    const desired = compile(document);
    if (from === null || from === to) return { ...desired, from, to };
    const network = withDepartures(desired.network, before ?? this.#store.document(from), document);
    return { ...desired, network, from, to };
  }

  /** A version of the store as the kernel shall hold it. */
  compiled(version: number): Compiled {
    const known = this.#compiled.get(version);
    if (known !== undefined) return known;
    return this.#keep(version, compile(this.#store.document(version)).table);
  }

  /** Takes over what was compiled for a plan when it has become a version. */
  accept(goal: Goal): void {
    this.#keep(goal.to, goal.table);
  }

  /** Devices that a state sets up and that the machine does not have. */
  absent(network: NetworkState): Promise<readonly string[]> {
    return named("look at the network", () => this.#network.absent(network));
  }

  /** What of the caller's session the goal would cut: by its rules, or by what becomes of the network. */
  async lockouts(goal: Goal, session: CallerSession | null): Promise<Lockouts> {
    const { findLockouts } = await import("./lockout.ts");
    const ruled = await findLockouts(goal.table, session, this.#netlink);
    if (session === null || ruled.lockouts.length > 0) return ruled;
    return { ...ruled, lockouts: await this.#network.lockouts(goal, session) };
  }

  /** Steps from the machine as it is to the goal, in order; none when it is there. */
  async plan(goal: Goal): Promise<PlannedStep[]> {
    const steps: PlannedStep[] = [];
    for (const driver of this.#drivers) {
      const step = await named(`look at ${driver.kind}`, () => driver.plan(goal));
      if (step !== null) steps.push(step);
    }
    return steps;
  }

  /** Takes the steps. Throws a `PatronusError` that names the one that failed; putting back is the caller's. */
  async carryOut(steps: readonly StepRecord[]): Promise<void> {
    for (const step of steps) await named(step.title, () => this.#driver(step).apply(step.redo));
  }

  /** Undoes the steps, the last one first; those that were never taken need not be known. */
  async putBack(steps: readonly StepRecord[]): Promise<void> {
    const failures: unknown[] = [];
    for (const step of [...steps].reverse()) {
      try {
        await named(`undo: ${step.title}`, () => this.#driver(step).undo(step.undo));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Reads everything back. Throws where the machine is not as the goal says. */
  async verify(goal: Goal): Promise<void> {
    const left: Change[] = [];
    for (const driver of this.#drivers) left.push(...await named("read back", () => driver.verify(goal)));
    const [first] = left;
    if (first === undefined) return;
    throw new PatronusError(
      "failed",
      `the machine is not as it was told to be: ${first.subject}` +
        (left.length > 1 ? ` and ${left.length - 1} more` : ""),
      { hint: "something else changes the same settings; patronus status shows what" },
    );
  }

  /** Loads a version of the store, without steps and journal: for one that the kernel holds already but for the stamp. */
  async restamp(version: number): Promise<void> {
    const { table, stamp } = this.compiled(version);
    await named("write the stamp", () => this.#kernel.load(table, stamp));
  }

  #stampOf(version: number): Stamp {
    return { version, digest: this.#store.version(version).digest };
  }

  #driver({ kind }: StepRecord): StepDriver<Goal> {
    const driver = this.#drivers.find((driver) => driver.kind === kind);
    if (driver !== undefined) return driver;
    throw new PatronusError("failed", `this program does not know steps of kind ${kind}`, {
      hint: "they were begun by another version of patronus: use that one to end them",
    });
  }

  #keep(version: number, table: Compiled["table"]): Compiled {
    const compiled = { table, stamp: this.#stampOf(version) };
    this.#compiled.delete(version);
    this.#compiled.set(version, compiled);
    for (const oldest of this.#compiled.keys()) {
      if (this.#compiled.size <= KEPT) break;
      this.#compiled.delete(oldest);
    }
    return compiled;
  }
}

/** Runs work of one step; errors say which one. */
async function named<T>(title: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isForbidden(error)) {
      throw new PatronusError("permission", `not permitted to ${title}`, {
        hint:
          "run it as root, as sudo patronus …; patronus config diff and patronus check speak of your edits without that",
        cause: error,
      });
    }
    if (error instanceof PatronusError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PatronusError("failed", `cannot ${title}: ${reason}`, { cause: error, ...hint(error) });
  }
}

/** nf_tables says ENOENT or EOPNOTSUPP where an expression or chain type is in no module that it can load. */
function hint(error: unknown): { readonly hint?: string } {
  if (!(error instanceof NetlinkError) || !["ENOENT", "EOPNOTSUPP", "EPROTONOSUPPORT"].includes(error.code)) return {};
  return {
    hint: "the kernel lacks a part of nf_tables that this needs: load its module, or build it in (docs/kernel.md)",
  };
}

/** Totals are worth less than the firewall: a disk that is full must not stop a change or its undoing. */
function keepCounts(store: Store, lost: ReadonlyMap<string, Count>): void {
  try {
    if (lost.size > 0) store.addCounters(lost);
  } catch { /* They begin again from what the kernel has. */ }
}
