/** The smallest transaction that turns what the kernel holds into what is desired. */
import type { Observed, ObservedRule, Operation } from "./batch.ts";
import { commentId } from "./comment.ts";
import { compareElements } from "./decode.ts";
import { counterOf, sameElement, sameExpressions } from "./expressions.ts";
import { loadTable } from "./load_table.ts";
import { detach, remadeNames, unwanted } from "./remake.ts";
import type { AnonymousSet, Chain, Element, NamedSet, Rule, Table } from "./ruleset.ts";

/** Operations in the order in which the kernel takes them; none when nothing differs. */
export function diff(observed: Observed | null, desired: Table): Operation[] {
  if (observed === null) return loadTable(desired);
  const chains = new Map(observed.chains.map((chain) => [chain.name, chain]));
  const sets = new Map(observed.sets.map((set) => [set.name, set]));
  const remade = remadeNames(observed, desired);
  const { operations: first, detached } = detach(observed, desired, remade);
  const operations = observed.dormant ? [...first, { op: "wake-table" } as const] : [...first];
  for (const set of desired.sets) {
    const old = sets.get(set.name);
    if (old === undefined || remade.sets.has(set.name)) operations.push({ op: "add-set", set });
    else operations.push(...diffElements(old, set));
  }
  for (const chain of desired.chains) {
    const old = chains.get(chain.name);
    if (old === undefined || remade.chains.has(chain.name)) operations.push({ op: "add-chain", chain });
    else if (old.base?.policy !== chain.base?.policy) operations.push({ op: "set-policy", chain });
  }
  for (const chain of desired.chains) operations.push(...diffRules(chain, observed, detached));
  for (const { name } of unwanted(observed.chains, desired.chains)) {
    operations.push({ op: "delete-chain", chain: name });
  }
  for (const { name } of unwanted(observed.sets, desired.sets)) operations.push({ op: "delete-set", set: name });
  return operations;
}

/** Elements of sets that packets fill are state and never compared. */
function diffElements(old: NamedSet, set: NamedSet): Operation[] {
  if (set.dynamic === true || set.timeout === true) return [];
  const [have, want] = [sorted(old.elements), sorted(set.elements)];
  const added: Element[] = [];
  const removed: Element[] = [];
  let at = 0;
  for (const element of want) {
    for (let held = have[at]; held !== undefined && compareElements(held, element) < 0; held = have[++at]) {
      removed.push(held);
    }
    const held = have[at];
    if (held !== undefined && compareElements(held, element) === 0) {
      at++;
      if (sameElement(element, held)) continue;
      removed.push(held);
    }
    added.push(element);
  }
  removed.push(...have.slice(at));
  const operations: Operation[] = [];
  if (removed.length > 0) operations.push({ op: "delete-elements", set, elements: removed });
  if (added.length > 0) operations.push({ op: "add-elements", set, elements: added });
  return operations;
}

function sorted(elements: readonly Element[]): readonly Element[] {
  const inOrder = elements.every((element, index) => {
    const next = elements[index + 1];
    return next === undefined || compareElements(element, next) <= 0;
  });
  return inOrder ? elements : [...elements].sort(compareElements);
}

/** `detached` are rules that are gone already when it comes to this; what takes their place goes on counting. */
function diffRules(chain: Chain, { rules, anonymous }: Observed, detached: ReadonlySet<bigint>): Operation[] {
  const old = rules.get(chain.name) ?? [];
  const isDetached = (at: number) => detached.has(old[at]?.handle ?? -1n);
  const { pairs, same } = pair(chain.rules, old, anonymous);
  const kept = longestIncreasing(pairs.map((at) => isDetached(at) ? -1 : at));
  const keptOld = new Set([...kept].map((index) => pairs[index] ?? -1));
  const operations: Operation[] = [];
  for (const [index, { handle }] of old.entries()) {
    if (!keptOld.has(index) && !isDetached(index)) operations.push({ op: "delete-rule", chain: chain.name, handle });
  }
  // From the end, so that the handle behind each place is known.
  const behind: (bigint | undefined)[] = [];
  let next: bigint | undefined;
  for (let index = chain.rules.length - 1; index >= 0; index--) {
    behind[index] = next;
    if (kept.has(index)) next = old[pairs[index] ?? -1]?.handle;
  }
  for (const [index, rule] of chain.rules.entries()) {
    const from = old[pairs[index] ?? -1];
    if (kept.has(index) && from !== undefined) {
      if (same.has(index)) continue;
      operations.push({
        op: "replace-rule",
        chain: chain.name,
        handle: from.handle,
        rule: seeded(rule, from),
      });
    } else {
      const placed = from === undefined ? rule : seeded(rule, from);
      const before = behind[index];
      operations.push({ op: "add-rule", chain: chain.name, rule: placed, ...(before === undefined ? {} : { before }) });
    }
  }
  return operations;
}

/** A rule that takes the place of another goes on counting where that one stands. */
function seeded(rule: Rule, from: ObservedRule): Rule {
  const reading = counterOf(from);
  if (reading === null) return rule;
  return {
    ...rule,
    statements: rule.statements.map((statement) => statement.kind === "counter" ? reading : statement),
  };
}

/**
 * Which old rule each desired rule was: first those that are the same to the last byte, then those of the same id.
 * Gives the old index for each desired rule (-1: it is new) and which are unchanged.
 */
function pair(
  rules: readonly Rule[],
  old: readonly ObservedRule[],
  anonymous: ReadonlyMap<string, AnonymousSet>,
): { pairs: number[]; same: Set<number> } {
  const pairs = rules.map(() => -1);
  const same = new Set<number>();
  const isSame = (index: number, at: number) => {
    const [rule, held] = [rules[index], old[at]];
    return rule !== undefined && held !== undefined && held.comment === rule.comment &&
      sameExpressions(rule, held, anonymous);
  };
  const match = (index: number, at: number) => {
    pairs[index] = at;
    same.add(index);
  };
  // Most of a long chain is as it was, in front of the edit and behind it.
  let start = 0;
  while (isSame(start, start)) match(start, start++);
  let end = rules.length;
  const shift = old.length - rules.length;
  while (end > start && end + shift > start && isSame(end - 1, end - 1 + shift)) match(--end, end + shift);
  const byId = new Map<string, number[]>();
  for (let at = start; at < end + shift; at++) {
    const id = commentId(old[at]?.comment ?? "");
    const held = byId.get(id);
    if (held === undefined) byId.set(id, [at]);
    else held.push(at);
  }
  for (let index = start; index < end; index++) {
    const candidates = byId.get(commentId(rules[index]?.comment ?? ""));
    const at = candidates?.findIndex((candidate) => isSame(index, candidate)) ?? -1;
    const [found] = candidates?.splice(at, at < 0 ? 0 : 1) ?? [];
    if (found !== undefined) match(index, found);
  }
  for (const [index, rule] of rules.entries()) {
    if (pairs[index] === -1) pairs[index] = byId.get(commentId(rule.comment ?? ""))?.shift() ?? -1;
  }
  return { pairs, same };
}

/** Positions of a longest increasing subsequence, leaving out -1: the rules that can stay where they are. */
export function longestIncreasing(numbers: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous = numbers.map(() => -1);
  for (const [index, number] of numbers.entries()) {
    if (number < 0) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[tails[middle] ?? 0] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : tails[low - 1] ?? -1;
    tails[low] = index;
  }
  const kept = new Set<number>();
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) kept.add(index);
  return kept;
}
