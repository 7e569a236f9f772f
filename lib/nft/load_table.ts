/** The operations that load a whole table into nothing. */
import type { Operation } from "./batch.ts";
import type { Table } from "./ruleset.ts";

/** Chains come before the rules that jump to them, and sets before the rules that look into them. */
export function loadTable(table: Table): Operation[] {
  const operations: Operation[] = [{ op: "add-table" }];
  for (const chain of table.chains) operations.push({ op: "add-chain", chain });
  for (const set of table.sets) operations.push({ op: "add-set", set });
  for (const chain of table.chains) {
    for (const rule of chain.rules) operations.push({ op: "add-rule", chain: chain.name, rule });
  }
  return operations;
}
