/** Tables at random: two chains of rules and a set of networks. */
import type { Element, NamedSet, Rule, Statement, Table } from "../../lib/nft/ruleset.ts";
import { filterCases } from "./nft_cases.ts";
import type { Random } from "./random.ts";

/** Cases that need no named set, and none that begins to count elsewhere than at zero. */
const CASES = filterCases().filter(([name, statements]) =>
  name !== "counter" &&
  !statements.some((statement) => statement.kind === "lookup" && typeof statement.set === "string")
);
export const COUNTER: Statement = { kind: "counter", packets: 0, bytes: 0 };

/** A table with rules in two chains and a set of networks. */
export function table(rules: readonly Rule[], more: readonly Rule[] = [], elements: readonly Element[] = []): Table {
  const set: NamedSet = { name: "a4-nets", key: ["ipv4_addr"], interval: true, elements };
  return {
    family: "inet",
    name: "diffed",
    chains: [
      { name: "target", rules: [] },
      { name: "in", base: { type: "filter", hook: "input", priority: 0, policy: "accept" }, rules },
      { name: "out", base: { type: "filter", hook: "input", priority: 10, policy: "accept" }, rules: more },
    ],
    sets: [set],
  };
}

export function randomRules(random: Random): Rule[] {
  return random.some(CASES, 12).map(([name, statements], index) => ({
    comment: `rule-${random.below(3) === 0 ? index : name.replaceAll(/\W+/g, "-")}: ${random.below(3)}`,
    statements: random.below(2) === 0 ? statements : [COUNTER, ...statements],
  }));
}

/** Disjoint intervals, sorted. */
export function randomElements(random: Random): Element[] {
  const elements: Element[] = [];
  for (
    let at = 10 + random.below(50);
    at < 2 ** 32 - 2000 && elements.length < random.below(12);
    at += 2 + random.below(2 ** 28)
  ) {
    const end = at + random.below(500);
    elements.push(end === at ? { key: [at] } : { key: [at], end: [end] });
    at = end;
  }
  return elements;
}
