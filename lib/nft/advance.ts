/** What the kernel holds behind a small transaction, worked out from what it held before and what it said meanwhile. */
import { AttributeReader } from "../netlink/wire/attribute.ts";
import type { Observed, ObservedRule, Operation } from "./batch.ts";
import { compareElements } from "./decode.ts";
import { readExpression } from "./expr/expression.ts";
import { readLookup } from "./expr/lookup.ts";
import type { Element } from "./ruleset.ts";

/** Operations up to which the kernel is asked to repeat each rule that it takes. */
const FEW = 64;

/** Whether a transaction is few changes of rules and elements, and nothing that is made or taken away whole. */
export function isSmall(operations: readonly Operation[]): boolean {
  return operations.length <= FEW && operations.every(({ op }) => op.endsWith("-rule") || op.endsWith("-elements"));
}

/** Handles of rules that a transaction ends or replaces, by chain. */
export function touchedRules(operations: readonly Operation[]): { readonly chain: string; readonly handle: bigint }[] {
  return operations.flatMap((operation) =>
    operation.op === "delete-rule" || operation.op === "replace-rule"
      ? [{ chain: operation.chain, handle: operation.handle }]
      : []
  );
}

/** Elements up to which a set that was touched is read back: of bigger ones the kernel takes longer to tell than to change. */
const BIG = 4096;

/** Names of the sets whose elements a transaction changes, but for big ones. */
export function touchedSets(operations: readonly Operation[]): Set<string> {
  return new Set(
    operations.flatMap((operation) =>
      "elements" in operation && operation.set.elements.length <= BIG ? [operation.set.name] : []
    ),
  );
}

/** The same table with other readings of some of its rules. */
export function withRules(observed: Observed, chain: string, fresh: ReadonlyMap<bigint, ObservedRule>): Observed {
  const rules = new Map(observed.rules);
  rules.set(chain, (rules.get(chain) ?? []).map((rule) => fresh.get(rule.handle) ?? rule));
  return { ...observed, rules };
}

/**
 * The table behind a small transaction. `taken` are the rules that the kernel repeated: one for each that was added or
 * replaced, in order. Null where they do not fit together.
 */
export function advance(
  observed: Observed,
  operations: readonly Operation[],
  taken: readonly { readonly chain: string; readonly rule: ObservedRule }[],
): Observed | null {
  const rules = new Map<string, ObservedRule[]>();
  const chainOf = (name: string) => {
    let list = rules.get(name);
    if (list === undefined) rules.set(name, list = [...observed.rules.get(name) ?? []]);
    return list;
  };
  let next = 0;
  let { sets } = observed;
  for (const operation of operations) {
    if (operation.op === "add-elements" || operation.op === "delete-elements") {
      const { op, set: { name }, elements } = operation;
      const change = op === "add-elements" ? withElements : withoutElements;
      sets = sets.map((set) => set.name === name ? { ...set, elements: change(set.elements, elements) } : set);
      continue;
    }
    if (!operation.op.endsWith("-rule") || !("chain" in operation) || typeof operation.chain !== "string") continue;
    const list = chainOf(operation.chain);
    const at = (handle: bigint | undefined) => list.findIndex((rule) => rule.handle === handle);
    if (operation.op === "delete-rule") {
      const index = at(operation.handle);
      if (index < 0) return null;
      list.splice(index, 1);
      continue;
    }
    if (operation.op !== "add-rule" && operation.op !== "replace-rule") return null;
    const found = taken[next++];
    if (found?.chain !== operation.chain) return null;
    if (operation.op === "replace-rule") {
      const index = at(operation.handle);
      if (index < 0 || found.rule.handle !== operation.handle) return null;
      list[index] = found.rule;
    } else if (operation.before !== undefined) {
      const index = at(operation.before);
      if (index < 0) return null;
      list.splice(index, 0, found.rule);
    } else if (operation.after !== undefined) {
      const index = at(operation.after);
      if (index < 0) return null;
      list.splice(index + 1, 0, found.rule);
    } else {
      list.push(found.rule);
    }
  }
  return next === taken.length ? { ...observed, sets, rules: new Map([...observed.rules, ...rules]) } : null;
}

/** All lists are sorted. */
function withElements(elements: readonly Element[], added: readonly Element[]): Element[] {
  const merged: Element[] = [];
  let at = 0;
  for (const element of added) {
    for (let held = elements[at]; held !== undefined && compareElements(held, element) < 0; held = elements[++at]) {
      merged.push(held);
    }
    merged.push(element);
  }
  for (; at < elements.length; at++) merged.push(elements[at] as Element);
  return merged;
}

function withoutElements(elements: readonly Element[], removed: readonly Element[]): Element[] {
  let at = 0;
  return elements.filter((element) => {
    const gone = removed[at];
    if (gone === undefined || compareElements(element, gone) !== 0) return true;
    at++;
    return false;
  });
}

/** Names of the sets inside rules that a rule looks into, as the kernel chose them. */
export function anonymousSets({ expressions }: ObservedRule): string[] {
  const names: string[] = [];
  const list = new AttributeReader(expressions);
  while (list.next()) {
    const { name, data } = readExpression(list.nested());
    if (name !== "lookup") continue;
    const set = readLookup(data)?.set ?? "";
    if (set.startsWith("__")) names.push(set);
  }
  return names;
}
