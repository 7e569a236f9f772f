/** What a transaction deletes and makes again: each of that is one change, not two. */
import type { ObservedRule, Operation } from "../nft/batch.ts";
import { commentId } from "../nft/comment.ts";
import { type OldRules, ruleText } from "./old_rules.ts";

export interface Returns {
  /** What each rule that is added again was, by the operation that adds it. */
  readonly rules: ReadonlyMap<Operation, Return>;
  /** Names of what is made again. */
  readonly chains: ReadonlySet<string>;
  readonly sets: ReadonlySet<string>;
}

/** A rule that comes back. */
export interface Return {
  readonly rule: ObservedRule;
  /** It went only because what it stands in or refers to had to go. */
  readonly detached: boolean;
}

export function findReturns(old: OldRules, operations: readonly Operation[]): Returns {
  const madeChains = new Set<string>();
  const madeSets = new Set<string>();
  for (const operation of operations) {
    if (operation.op === "add-chain") madeChains.add(operation.chain.name);
    if (operation.op === "add-set") madeSets.add(operation.set.name);
  }
  const chains = new Set<string>();
  const sets = new Set<string>();
  let remaking = -1;
  for (const [index, operation] of operations.entries()) {
    if (operation.op === "delete-chain" && madeChains.has(operation.chain)) chains.add(operation.chain);
    else if (operation.op === "delete-set" && madeSets.has(operation.set)) sets.add(operation.set);
    else continue;
    remaking = index;
  }
  return { rules: returningRules(old, operations, remaking), chains, sets };
}

/** Rules that go in front of the operation `remaking` go for the sake of what is made again. */
function returningRules(old: OldRules, operations: readonly Operation[], remaking: number): Map<Operation, Return> {
  const leaving = new Map<string, Return[]>();
  for (const [index, operation] of operations.entries()) {
    for (const { chain, rule } of endedRules(old, operation)) {
      const at = place(chain, rule);
      const held = leaving.get(at);
      const entry = { rule, detached: index < remaking };
      if (held === undefined) leaving.set(at, [entry]);
      else held.push(entry);
    }
  }
  const found = new Map<Operation, Return>();
  for (const operation of operations) {
    if (operation.op !== "add-rule") continue;
    const held = leaving.get(place(operation.chain, operation.rule)) ?? [];
    // A rule of the document may be several of the kernel's.
    const same = held.length > 1 ? held.findIndex(({ rule }) => old.text(rule) === ruleText(operation.rule)) : 0;
    const [entry] = held.splice(Math.max(0, same), 1);
    if (entry !== undefined) found.set(operation, entry);
  }
  return found;
}

/** The rules that an operation deletes, with their chain. */
export function endedRules(old: OldRules, operation: Operation): { chain: string; rule: ObservedRule }[] {
  if (operation.op !== "flush-chain" && operation.op !== "delete-rule") return [];
  const { chain } = operation;
  const rules = operation.op === "flush-chain" ? old.all(chain) : [old.find(chain, operation.handle)];
  return rules.flatMap((rule) => rule === undefined ? [] : [{ chain, rule }]);
}

/** Where a rule belongs, whatever it says: its chain and id. */
function place(chain: string, { comment }: { readonly comment?: string }): string {
  return `${chain} ${commentId(comment ?? "")}`;
}
