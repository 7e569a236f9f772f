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
  for (const rules of observed.rules.values()) addRules(counts, rules, 1);
  return counts;
}

/**
 * What the kernel forgets when it carries out a transaction: the last readings of the rules that ended, less what the
 * rules that take their place begin with.
 */
export function lostCounts(ended: readonly ObservedRule[], operations: readonly Operation[]): Counts {
  const counts: Counts = new Map();
  addRules(counts, ended, 1);
  for (const operation of operations) {
    if ("rule" in operation) add(counts, operation.rule.comment, written(operation.rule), -1);
  }
  return positive(counts);
}

/** What one reading shows and a later one no longer: the least that the kernel forgot in between. */
export function missingCounts(before: Observed, after: Observed | null): Counts {
  const counts = readCounts(before);
  for (const rules of after?.rules.values() ?? []) addRules(counts, rules, -1);
  return positive(counts);
}

function positive(counts: Counts): Counts {
  for (const [id, { packets, bytes }] of counts) if (packets <= 0 && bytes <= 0) counts.delete(id);
  return counts;
}

/** What a rule begins to count with. */
function written({ statements }: Rule): CounterStatement | null {
  const counter = statements.find(({ kind }) => kind === "counter");
  return counter?.kind === "counter" ? counter : null;
}

function addRules(counts: Counts, rules: readonly ObservedRule[], sign: 1 | -1): void {
  for (const rule of rules) add(counts, rule.comment, counterOf(rule), sign);
}

function add(counts: Counts, comment: string | undefined, counter: CounterStatement | null, sign: 1 | -1): void {
  if (counter === null || comment === undefined) return;
  const id = commentId(comment);
  const { packets, bytes } = counts.get(id) ?? { packets: 0, bytes: 0 };
  counts.set(id, { packets: packets + sign * counter.packets, bytes: bytes + sign * counter.bytes });
}
