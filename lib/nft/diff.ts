/** The smallest transaction that turns what the kernel holds into what is desired. */
import type { Observed, ObservedRule, Operation } from "./batch.ts";
import { commentId } from "./comment.ts";
import { compareElements } from "./decode.ts";
import { loadTable } from "./load_table.ts";
import { counterOf, sameElement, sameExpressions } from "./expressions.ts";
import type { AnonymousSet, Chain, Element, NamedSet, Rule, Table } from "./ruleset.ts";

/** Operations in the order in which the kernel takes them; none when nothing differs. */
export function diff(observed: Observed | null, desired: Table): Operation[] {
  if (observed === null) return loadTable(desired);
  const before: Operation[] = [];
  const rules: Operation[] = [];
  const after: Operation[] = [];
  const chains = new Map(observed.chains.map((chain) => [chain.name, chain]));
  const sets = new Map(observed.sets.map((set) => [set.name, set]));
  const remade = new Set<string>();
  for (const set of desired.sets) {
    const old = sets.get(set.name);
    if (old === undefined) before.push({ op: "add-set", set });
    else if (!sameSet(old, set)) return replaceTable(desired);
    else before.push(...diffElements(old, set));
  }
  for (const chain of desired.chains) {
    const old = chains.get(chain.name);
    if (old === undefined) before.push({ op: "add-chain", chain });
    else if (!samePlace(old, chain)) {
      // A hook cannot change in place, and a chain that others jump to cannot be deleted.
      if (old.base === undefined || chain.base === undefined) return replaceTable(desired);
      before.push({ op: "flush-chain", chain: chain.name }, { op: "delete-chain", chain: chain.name }, {
        op: "add-chain",
        chain,
      });
      remade.add(chain.name);
    } else if (old.base?.policy !== chain.base?.policy) before.push({ op: "set-policy", chain });
  }
  for (const chain of desired.chains) {
    const old = remade.has(chain.name) ? [] : observed.rules.get(chain.name) ?? [];
    rules.push(...diffRules(chain, old, observed.anonymous));
  }
  const wantedChains = new Set(desired.chains.map((chain) => chain.name));
  const gone = observed.chains.filter((chain) => !wantedChains.has(chain.name));
  // Rules of chains that go may jump from one to another: all are emptied first.
  for (const chain of gone) rules.unshift({ op: "flush-chain", chain: chain.name });
  for (const chain of gone) after.push({ op: "delete-chain", chain: chain.name });
  const wantedSets = new Set(desired.sets.map((set) => set.name));
  for (const set of observed.sets) if (!wantedSets.has(set.name)) after.push({ op: "delete-set", set: set.name });
  return [...before, ...rules, ...after];
}

/** The last resort for what cannot change in place: the whole table anew, still in one transaction. */
function replaceTable(desired: Table): Operation[] {
  return [{ op: "delete-table" }, ...loadTable(desired)];
}

function sameSet(a: NamedSet, b: NamedSet): boolean {
  const shape = ({ elements: _, ...rest }: NamedSet) =>
    JSON.stringify(Object.entries(rest).filter(([, value]) => value !== undefined && value !== false).sort());
  return shape(a) === shape(b);
}

function samePlace(a: Chain, b: Chain): boolean {
  const place = ({ base }: Chain) => base && JSON.stringify([base.type, base.hook, base.priority, base.devices ?? []]);
  return place(a) === place(b) && a.comment === b.comment;
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

function diffRules(
  chain: Chain,
  old: readonly ObservedRule[],
  anonymous: ReadonlyMap<string, AnonymousSet>,
): Operation[] {
  const { pairs, same } = pair(chain.rules, old, anonymous);
  const kept = longestIncreasing(pairs);
  const keptOld = new Set([...kept].map((index) => pairs[index] ?? -1));
  const operations: Operation[] = [];
  for (const [index, { handle }] of old.entries()) {
    if (!keptOld.has(index)) operations.push({ op: "delete-rule", chain: chain.name, handle });
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
