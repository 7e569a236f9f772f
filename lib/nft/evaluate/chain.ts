/** One chain and one packet: rules in order, jumps and returns. */
import type { Chain, NamedSet, NatStatement, RejectStatement, Rule, Table, TableFamily } from "../ruleset.ts";
import { evaluateRule, type Situation } from "./rule.ts";

/** A rule, and where it stands. */
export interface RulePlace {
  readonly family: TableFamily;
  readonly table: string;
  readonly chain: string;
  /** From 0. */
  readonly index: number;
  readonly rule: Rule;
}

/** Rules that matched, in order, and those of them that counted on a rate being kept to. */
export interface Trace {
  readonly matched: RulePlace[];
  readonly limited: RulePlace[];
}

/** How a chain ends: with a verdict of a rule, or without one. */
export type ChainEnd =
  | { readonly kind: "none" }
  | { readonly kind: "accept" | "drop"; readonly at: RulePlace }
  | { readonly kind: "reject"; readonly with: RejectStatement["with"]; readonly at: RulePlace }
  | { readonly kind: "nat"; readonly nat: NatStatement; readonly at: RulePlace }
  | { readonly kind: "unknown"; readonly why: string; readonly at: RulePlace };

/** NFT_JUMP_STACK_SIZE of net/netfilter/nf_tables.h: the kernel loads no chain that jumps or goes deeper. */
const DEPTH = 16;

interface Names {
  readonly chains: ReadonlyMap<string, Chain>;
  readonly sets: ReadonlyMap<string, NamedSet>;
}

/** Tables are immutable, and the same one is asked for many packets. */
const names = new WeakMap<Table, Names>();

function namesOf(table: Table): Names {
  let found = names.get(table);
  if (found === undefined) {
    found = {
      chains: new Map(table.chains.map((chain) => [chain.name, chain])),
      sets: new Map(table.sets.map((set) => [set.name, set])),
    };
    names.set(table, found);
  }
  return found;
}

const NONE: ChainEnd = { kind: "none" };

/** Walks a chain of a table to its end. The packet may change on the way. */
export function walkChain(table: Table, chain: Chain, situation: Situation, trace: Trace, depth = 0): ChainEnd {
  const { chains, sets } = namesOf(table);
  for (let index = 0; index < chain.rules.length; index++) {
    const rule = chain.rules[index];
    if (rule === undefined) break;
    const { outcome, limited } = evaluateRule(rule, sets, situation);
    if (outcome.kind === "none") continue;
    const at: RulePlace = { family: table.family, table: table.name, chain: chain.name, index, rule };
    if (outcome.kind === "unknown") return { ...outcome, at };
    trace.matched.push(at);
    if (limited) trace.limited.push(at);
    if (outcome.kind === "passed") continue;
    if (outcome.kind !== "verdict") return { ...outcome, at };
    const { verdict } = outcome;
    if (verdict.type === "return") return NONE;
    if (verdict.type === "accept" || verdict.type === "drop") return { kind: verdict.type, at };
    if (!("chain" in verdict)) continue;
    const target = chains.get(verdict.chain);
    if (target === undefined || depth >= DEPTH) {
      return { kind: "unknown", why: `chain ${verdict.chain} cannot be entered`, at };
    }
    const end = walkChain(table, target, situation, trace, depth + 1);
    // Behind `goto` nobody comes back here.
    if (end.kind !== "none" || verdict.type === "goto") return end;
  }
  return NONE;
}
