/** The one table that is Patronus's own: read it, compare it, bring it from whatever it is to what it should be. */
import type { Count } from "../config/store.ts";
import { TABLE } from "../features/allocation.ts";
import { NetlinkOverrunError } from "../netlink/wire/error.ts";
import type { Netlink } from "../netlink/socket/connection.ts";
import { advance, anonymousSets, isSmall, touchedRules, touchedSets, withRules } from "../nft/advance.ts";
import type { Observed, ObservedRule, Operation } from "../nft/batch.ts";
import { anonymousSet } from "../nft/decode.ts";
import { diff } from "../nft/diff.ts";
import type { Table } from "../nft/ruleset.ts";
import {
  commit,
  isOutdated,
  readGenerationId,
  readOneRule,
  readOneSet,
  readTableState,
  type TakenRule,
} from "./kernel.ts";
import { kernelChanges } from "./kernel_changes.ts";
import { lostCounts, missingCounts } from "./counts.ts";
import { readStamp, type Stamp, withoutStamp, withStamp } from "./stamp.ts";
import type { Change } from "./step.ts";

/** How often a transaction is made anew because somebody else's came first. */
const TRIES = 5;
/** Milliseconds for which counters that were read are good enough. */
const FRESH = 1000;

interface Reading {
  readonly generation: number;
  readonly observed: Observed | null;
  readonly at: number;
}

/** Patronus's table in the kernel. */
export class KernelTable {
  #reading: Reading | undefined;
  #ahead: Promise<unknown> | undefined;

  /** `keep` is told what the kernel has counted and is about to forget, by id. */
  constructor(readonly netlink: Netlink, readonly keep: (lost: ReadonlyMap<string, Count>) => void) {}

  /**
   * Reads the table, and the generation that the reading belongs to. While the generation stays, only counters change:
   * they are at most `age` milliseconds old.
   */
  async read(age = FRESH): Promise<Reading> {
    await this.#ahead;
    return await this.#read(age);
  }

  /** Begins to read. When this returns, the kernel is at work, and the caller can be too. */
  async prefetch(): Promise<void> {
    this.#ahead ??= this.#read(Infinity).catch(() => {}).finally(() => this.#ahead = undefined);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  async #read(age: number): Promise<Reading> {
    for (let tries = 1;; tries++) {
      const generation = await readGenerationId(this.netlink);
      const known = this.#reading;
      if (known?.generation === generation && performance.now() - known.at < age) return known;
      const at = performance.now();
      const observed = await readTableState(this.netlink, TABLE.family, TABLE.name);
      // A change meanwhile may have torn the reading apart.
      if (await readGenerationId(this.netlink) === generation || tries >= TRIES) {
        this.#reading = { generation, observed, at };
        return this.#reading;
      }
    }
  }

  /** Which version the kernel holds, by the table's own word. */
  async stamp(): Promise<Stamp | null> {
    return readStamp((await this.read(Infinity)).observed);
  }

  /** What stands between the kernel and a table, the stamp aside. */
  async differences(desired: Table): Promise<{ readonly observed: Observed | null; readonly operations: Operation[] }> {
    const { observed } = await this.read(Infinity);
    return { observed, operations: diff(observed && withoutStamp(observed), desired) };
  }

  /** Brings the kernel to the table with the stamp, in one transaction; does nothing where it is there already. */
  load(desired: Table, stamp: Stamp): Promise<void> {
    const stamped = withStamp(desired, stamp);
    return this.#become((observed) => diff(observed, stamped));
  }

  /** Takes the table out of the kernel. */
  remove(): Promise<void> {
    return this.#become((observed) => observed === null ? [] : [{ op: "delete-table" }]);
  }

  /** Reads the table back, unless nothing has changed since it was read: what differs from the table with its stamp. */
  async verify(desired: Table, stamp: Stamp): Promise<readonly Change[]> {
    const { observed } = await this.read(Infinity);
    const operations = diff(observed, withStamp(desired, stamp));
    return operations.length === 0 ? [] : kernelChanges(observed, operations);
  }

  async #become(way: (observed: Observed | null) => Operation[]): Promise<void> {
    /** The reading before a transaction whose answers, with what the rules counted last, did not fit. */
    let overrun: Observed | null = null;
    for (let tries = 1;; tries++) {
      const { generation, observed, at, operations } = await this.#fresh(way);
      if (overrun !== null) this.keep(missingCounts(overrun, observed));
      if (operations.length === 0) return;
      const few = observed !== null && isSmall(operations);
      this.#reading = undefined;
      try {
        const batch = { family: TABLE.family, table: TABLE.name, operations };
        const { taken, ended } = await commit(this.netlink, batch, { generation, echo: few ? "all" : "ended" });
        this.keep(lostCounts(ended, operations));
        if (few) this.#reading = await this.#behind({ generation: generation + 1, observed, at }, operations, taken);
        return;
      } catch (error) {
        // The outcome of an overrun is unknown, and an outdated transaction did not happen: the next reading tells.
        const overflowed = error instanceof NetlinkOverrunError;
        if (!(overflowed || isOutdated(error)) || tries >= TRIES) throw error;
        overrun = overflowed ? observed : null;
      }
    }
  }

  /**
   * What is to be done, with counters of the rules that it ends or replaces as they are now: so what nft lists goes on.
   * What they count until they end is kept apart.
   */
  async #fresh(way: (observed: Observed | null) => Operation[]): Promise<Reading & { operations: Operation[] }> {
    const reading = await this.read(Infinity);
    const operations = way(reading.observed);
    if (operations.length === 0 || reading.observed === null) return { ...reading, operations };
    if (isSmall(operations)) {
      const touched = touchedRules(operations);
      // No counter is lost, and comparing a big set twice takes long.
      if (touched.length === 0) return { ...reading, operations };
      try {
        const observed = await this.#recounted(reading.observed, touched);
        return { ...reading, observed, operations: way(observed) };
      } catch { /* A rule is gone: the whole table tells. */ }
    }
    if (performance.now() - reading.at < FRESH) return { ...reading, operations };
    const anew = await this.read();
    return { ...anew, operations: way(anew.observed) };
  }

  /** The same table with new readings of some of its rules. */
  async #recounted(observed: Observed, touched: ReturnType<typeof touchedRules>): Promise<Observed> {
    const byChain = new Map<string, Map<bigint, ObservedRule>>();
    for (const place of touched) {
      const rule = await readOneRule(this.netlink, TABLE.family, TABLE.name, place);
      const rules = byChain.get(place.chain) ?? new Map<bigint, ObservedRule>();
      byChain.set(place.chain, rules.set(place.handle, rule));
    }
    return [...byChain].reduce((table, [chain, rules]) => withRules(table, chain, rules), observed);
  }

  /**
   * The table behind a small transaction, without reading all of it: the rules as the kernel repeated them, and the sets
   * that were touched. Undefined where somebody else came between or it does not add up: then the whole is read.
   */
  async #behind(
    { generation, observed, at }: Reading & { readonly observed: Observed },
    operations: readonly Operation[],
    taken: readonly TakenRule[],
  ): Promise<Reading | undefined> {
    try {
      let table = advance(observed, operations, taken);
      const sets = touchedSets(operations);
      for (const name of sets) {
        const set = await readOneSet(this.netlink, TABLE.family, TABLE.name, name);
        if (table === null || set === null) return undefined;
        table = { ...table, sets: table.sets.map((old) => old.name === name ? set : old) };
      }
      for (const name of taken.flatMap(({ rule }) => anonymousSets(rule))) {
        const set = await readOneSet(this.netlink, TABLE.family, TABLE.name, name);
        if (table === null || set === null) return undefined;
        table = { ...table, anonymous: new Map(table.anonymous).set(name, anonymousSet(set)) };
      }
      if (table === null || await readGenerationId(this.netlink) !== generation) return undefined;
      // Rules that were not touched have counted on since.
      return { generation, observed: table, at };
    } catch {
      return undefined;
    }
  }
}
