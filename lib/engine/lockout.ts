import type { Table } from "../nft/ruleset.ts";
import type { Lockout } from "./plan.ts";
export function findLockouts(_table: Table, _session: unknown): Promise<Lockout[]> {
  return Promise.resolve([]);
}
