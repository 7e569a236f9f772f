/** What kernel rules counted, summed by id of the document's rule. */
import type { Count } from "../config/store.ts";
import type { Observed, ObservedRule, Operation } from "../nft/batch.ts";
import { commentId } from "../nft/comment.ts";
import { counterOf } from "../nft/expressions.ts";
import type { CounterStatement, Rule } from "../nft/ruleset.ts";

type Counts = Map<string, Count>;

/** Readings of all rules. */
export function readCounts(observed: Observed): Counts {
  const counts: Counts = new Map();
  for (const rules of observed.rules.values()) {
    for (const rule of rules) add(counts, rule.comment, counterOf(rule), 1);
  }
  return counts;
}

/**
 * What the kernel forgets when it carries out a transaction: the readings of rules that go, less what the rules that
 * take their place begin with.
 */
export function lostCounts(observed: Observed, operations: readonly Operation[]): Counts {
  const counts: Counts = new Map();
  const gone = (rules: readonly ObservedRule[]) => {
    for (const rule of rules) add(counts, rule.comment, counterOf(rule), 1);
  };
  const flushed = new Set<string>();
  const touched = new Map<string, Set<bigint>>();
  const touch = (chain: string, handle: bigint) => {
    const handles = touched.get(chain);
    if (handles === undefined) touched.set(chain, new Set([handle]));
    else handles.add(handle);
  };
  for (const operation of operations) {
    if (operation.op === "delete-table") { for (const chain of observed.rules.keys()) flushed.add(chain); }
    else if (operation.op === "flush-chain") flushed.add(operation.chain);
    else if (operation.op === "delete-rule") touch(operation.chain, operation.handle);
    else if (operation.op === "replace-rule") {
      touch(operation.chain, operation.handle);
      add(counts, operation.rule.comment, written(operation.rule), -1);
    } else if (operation.op === "add-rule") add(counts, operation.rule.comment, written(operation.rule), -1);
  }
  for (const [chain, rules] of observed.rules) {
    const handles = touched.get(chain);
    if (flushed.has(chain)) gone(rules);
    else if (handles !== undefined) gone(rules.filter(({ handle }) => handles.has(handle)));
  }
  for (const [id, { packets, bytes }] of counts) if (packets <= 0 && bytes <= 0) counts.delete(id);
  return counts;
}

/** What a rule begins to count with. */
function written({ statements }: Rule): CounterStatement | null {
  const counter = statements.find(({ kind }) => kind === "counter");
  return counter?.kind === "counter" ? counter : null;
}

function add(counts: Counts, comment: string | undefined, counter: CounterStatement | null, sign: 1 | -1): void {
  if (counter === null || comment === undefined) return;
  const id = commentId(comment);
  const { packets, bytes } = counts.get(id) ?? { packets: 0, bytes: 0 };
  counts.set(id, { packets: packets + sign * counter.packets, bytes: bytes + sign * counter.bytes });
}
