/**
 * The firewall as a step. What is done and undone are versions, not rules: both can be compiled anew at any time, and the
 * journal stays small. The old version comes back exactly, whatever somebody had changed by hand.
 */
import { NetlinkError } from "../netlink/wire/error.ts";
import type { Desired } from "../features/desired.ts";
import type { Table } from "../nft/ruleset.ts";
import { kernelChanges } from "./kernel_changes.ts";
import type { KernelTable } from "./kernel_table.ts";
import { isSame, type Stamp } from "./stamp.ts";
import type { Change, PlannedStep, StepDriver } from "./step.ts";

/** What the machine shall become; null: without Patronus's table. */
export interface Goal extends Desired {
  /** Version that the machine is at, and goes back to. */
  readonly from: number | null;
  /** Version of this goal. */
  readonly to: number;
}

/** A version as the kernel shall hold it. */
export interface Compiled {
  readonly table: Table;
  readonly stamp: Stamp;
}

interface VersionRecord {
  readonly version: number | null;
}

export class NftablesDriver implements StepDriver<Goal> {
  readonly kind = "nftables";
  readonly order = 10;

  /** `compiled` makes a version of the store into a table, `stampOf` says how it is stamped. */
  constructor(
    readonly kernel: KernelTable,
    readonly compiled: (version: number) => Compiled,
    readonly stampOf: (version: number) => Stamp,
  ) {}

  async plan(goal: Goal): Promise<PlannedStep | null> {
    const { observed, operations } = await this.kernel.differences(goal.table);
    const held = await this.kernel.stamp();
    const changed = goal.from !== goal.to;
    if (operations.length === 0 && !changed && isSame(held, this.stampOf(goal.to))) return null;
    const stale: Change[] = operations.length > 0 || changed ? [] : [{
      action: "change",
      subject: "stamp",
      ...(held === null ? {} : { before: held.version === goal.to ? "another store" : `version ${held.version}` }),
      after: `version ${goal.to}`,
    }];
    let changes: Change[] | undefined;
    return {
      kind: this.kind,
      title: `${observed === null ? "load" : "change"} table ${goal.table.family} ${goal.table.name}`,
      // Thousands of rules in words cost more than the transaction: only who asks for them pays.
      get changes() {
        return changes ??= [...kernelChanges(observed, operations), ...stale];
      },
      redo: { version: goal.to } satisfies VersionRecord,
      undo: { version: goal.from } satisfies VersionRecord,
    };
  }

  apply(redo: unknown): Promise<void> {
    return this.#become(redo as VersionRecord);
  }

  undo(undo: unknown): Promise<void> {
    return this.#become(undo as VersionRecord);
  }

  async verify({ table, to }: Goal): Promise<readonly Change[]> {
    return await this.kernel.verify(table, this.stampOf(to));
  }

  async #become({ version }: VersionRecord): Promise<void> {
    if (version === null) return await this.kernel.remove();
    const { table, stamp } = this.compiled(version);
    await this.kernel.load(table, stamp);
  }
}

/** Whether the kernel refused for want of rights. */
export function isForbidden(error: unknown): boolean {
  return error instanceof NetlinkError && (error.code === "EPERM" || error.code === "EACCES");
}
