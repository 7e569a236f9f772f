/**
 * What cannot become in place what is desired, as a chain of another hook or comment, or a set of another shape: it is
 * deleted and made anew in one transaction, and with it the rules that refer to it. All else stays, and goes on counting.
 */
import type { Observed, Operation } from "./batch.ts";
import { decodeRule } from "./decode_rule.ts";
import type { AnonymousSet, Chain, NamedSet, Rule, Table, Verdict } from "./ruleset.ts";

interface Named {
  readonly name: string;
}

/** Names of chains and of sets. */
export interface Names {
  readonly chains: ReadonlySet<string>;
  readonly sets: ReadonlySet<string>;
}

/** The chains and sets that are there, are wanted, and have to be made anew. */
export function remadeNames(observed: Observed, desired: Table): Names {
  const chains = namesOf(observed.chains, desired.chains, (old, chain) => !samePlace(old, chain));
  const sets = namesOf(observed.sets, desired.sets, (old, set) => !sameSet(old, set) || leadsTo(old, chains));
  return { chains, sets };
}

function namesOf<T extends Named>(
  old: readonly T[],
  wanted: readonly T[],
  differs: (old: T, wanted: T) => boolean,
): Set<string> {
  const held = new Map(old.map((one) => [one.name, one]));
  return new Set(
    wanted.filter((one) => {
      const before = held.get(one.name);
      return before !== undefined && differs(before, one);
    }).map(({ name }) => name),
  );
}

/** A hook cannot change in place, nor can a comment. */
function samePlace(a: Chain, b: Chain): boolean {
  const place = ({ base }: Chain) => base && JSON.stringify([base.type, base.hook, base.priority, base.devices ?? []]);
  return place(a) === place(b) && a.comment === b.comment;
}

function sameSet(a: NamedSet, b: NamedSet): boolean {
  const shape = ({ elements: _, ...rest }: NamedSet) =>
    JSON.stringify(Object.entries(rest).filter(([, value]) => value !== undefined && value !== false).sort());
  return shape(a) === shape(b);
}

/** Those of the old ones that nobody wants any more. */
export function unwanted<T extends Named>(old: readonly T[], wanted: readonly Named[]): readonly T[] {
  const names = new Set(wanted.map(({ name }) => name));
  return old.filter(({ name }) => !names.has(name));
}

/** The beginning of a transaction, and the handles of the rules that it deletes. */
export interface Detachment {
  readonly operations: readonly Operation[];
  readonly detached: ReadonlySet<bigint>;
}

/**
 * Empties the chains that go, because their rules may jump from one to another, and takes away what is remade, behind all
 * rules that stand in it or refer to it.
 */
export function detach(observed: Observed, desired: Table, remade: Names): Detachment {
  const operations: Operation[] = [];
  const detached = new Set<bigint>();
  for (const chain of [...unwanted(observed.chains, desired.chains).map(({ name }) => name), ...remade.chains]) {
    operations.push({ op: "flush-chain", chain });
    for (const { handle } of observed.rules.get(chain) ?? []) detached.add(handle);
  }
  if (remade.chains.size + remade.sets.size === 0) return { operations, detached };
  for (const [chain, rules] of observed.rules) {
    for (const rule of rules) {
      const { handle } = rule;
      if (detached.has(handle) || !refersTo(decodeRule(rule, observed.anonymous), remade)) continue;
      operations.push({ op: "delete-rule", chain, handle });
      detached.add(handle);
    }
  }
  for (const set of remade.sets) operations.push({ op: "delete-set", set });
  for (const chain of remade.chains) operations.push({ op: "delete-chain", chain });
  return { operations, detached };
}

/** Whether a rule jumps to one of the chains or looks into one of the sets. What is not understood may do either. */
function refersTo({ statements }: Rule, { chains, sets }: Names): boolean {
  return statements.some((statement) => {
    if (statement.kind === "unknown") return true;
    if (statement.kind === "verdict") return jumpsTo(statement.verdict, chains);
    if (statement.kind !== "lookup") return false;
    return typeof statement.set === "string" ? sets.has(statement.set) : leadsTo(statement.set, chains);
  });
}

/** Whether a set maps to one of the chains. */
function leadsTo({ elements }: NamedSet | AnonymousSet, chains: ReadonlySet<string>): boolean {
  return elements.some(({ verdict }) => verdict !== undefined && jumpsTo(verdict, chains));
}

function jumpsTo(verdict: Verdict, chains: ReadonlySet<string>): boolean {
  return "chain" in verdict && chains.has(verdict.chain);
}
