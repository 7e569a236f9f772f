/** One rule and one packet. */
import type { LimitStatement, LookupStatement, NamedSet, NatStatement, RejectStatement, Rule } from "../ruleset.ts";
import type { Statement, Value, Verdict } from "../ruleset.ts";
import { inRange, matches } from "./compare.ts";
import type { Facts } from "./facts.ts";
import { loadValue } from "./load.ts";
import { findElement } from "./lookup.ts";
import { isTracked, type Packet } from "./packet.ts";

/** The packet on its way, which rules change. */
export interface Situation {
  packet: Packet;
  /** Conntrack has seen it. */
  tracked: boolean;
  readonly facts: Facts;
}

/** What a rule says of a packet. */
export type Outcome =
  /** It does not match. */
  | { readonly kind: "none" }
  /** It matches, and the next rule is asked. */
  | { readonly kind: "passed" }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | { readonly kind: "reject"; readonly with: RejectStatement["with"] }
  | { readonly kind: "nat"; readonly nat: NatStatement }
  /** Whether it matches, or what it does, cannot be told: `why` in words. */
  | { readonly kind: "unknown"; readonly why: string };

/** Outcome of one rule, and whether it counted on a rate being kept to. */
export interface RuleOutcome {
  readonly outcome: Outcome;
  readonly limited: boolean;
}

const NONE: Outcome = { kind: "none" };
const PASSED: Outcome = { kind: "passed" };

/** Carries out a rule's statements in order, as the kernel does: the first that does not match ends it. */
export function evaluateRule(rule: Rule, sets: ReadonlyMap<string, NamedSet>, situation: Situation): RuleOutcome {
  let limited = false;
  // A match that cannot be told does not matter where a later one fails, or where nothing follows from it.
  let doubt: string | undefined;
  const end = (outcome: Outcome): RuleOutcome => ({ outcome, limited });
  for (const statement of rule.statements) {
    switch (statement.kind) {
      case "match":
      case "range":
      case "lookup": {
        const found = test(statement, sets, situation);
        if (found === false) return { outcome: NONE, limited: false };
        if (found === undefined) doubt ??= `what it compares is not known (${subject(statement)})`;
        if (statement.kind === "lookup" && statement.verdicts === true) {
          if (doubt !== undefined) return end({ kind: "unknown", why: doubt });
          if (typeof found === "object" && found.type !== "continue") return end({ kind: "verdict", verdict: found });
        }
        break;
      }
      case "limit":
        if (!passes(statement, situation.facts)) return { outcome: NONE, limited: false };
        limited = true;
        break;
      case "counter":
      case "log":
        break;
      default: {
        if (doubt !== undefined) return end({ kind: "unknown", why: doubt });
        const outcome = act(statement, situation);
        if (outcome !== null) return end(outcome);
      }
    }
  }
  return end(doubt === undefined ? PASSED : NONE);
}

/** What a statement does that ends the rule; null where the next one follows. */
function act(statement: Statement, situation: Situation): Outcome | null {
  const { packet } = situation;
  switch (statement.kind) {
    case "verdict":
      return statement.verdict.type === "continue" ? null : { kind: "verdict", verdict: statement.verdict };
    case "reject":
      return { kind: "reject", with: statement.with };
    case "snat":
    case "dnat":
    case "masquerade":
    case "redirect":
      // nft_nat_inet_eval: what is for the other family lets the packet by.
      if (statement.family !== undefined && (statement.family === "ip6") !== (packet.family === 6)) return null;
      return { kind: "nat", nat: statement };
    case "assign":
      if (statement.target.set === "meta") situation.packet = { ...packet, mark: statement.value };
      else if (situation.tracked && isTracked(packet.connection)) {
        situation.packet = { ...packet, connection: { ...packet.connection, mark: statement.value } };
      }
      return null;
    case "notrack":
      // nft_notrack_eval: too late where conntrack was there before.
      if (!situation.tracked) situation.packet = { ...packet, connection: { state: "untracked" } };
      return null;
    case "unknown":
      return { kind: "unknown", why: `Patronus does not know the expression ${statement.expression}` };
    default:
      return null;
  }
}

type Test = Extract<Statement, { kind: "match" | "range" | "lookup" }>;

/** Whether a match holds; a verdict where it is a map's; undefined where it cannot be told. */
function test(
  statement: Test,
  sets: ReadonlyMap<string, NamedSet>,
  situation: Situation,
): boolean | Verdict | undefined {
  if (statement.kind === "lookup") return lookUp(statement, sets, situation);
  const loaded = loadValue(statement.load, situation.packet, situation.tracked, situation.facts);
  if (loaded === null) return false;
  if (loaded === undefined) return undefined;
  return statement.kind === "match" ? matches(statement, loaded) : inRange(statement, loaded);
}

function lookUp(
  { loads, set, negate, verdicts }: LookupStatement,
  sets: ReadonlyMap<string, NamedSet>,
  { packet, tracked, facts }: Situation,
): boolean | Verdict | undefined {
  const values: Value[] = [];
  let known = true;
  for (const load of loads) {
    const loaded = loadValue(load, packet, tracked, facts);
    if (loaded === null) return false;
    if (loaded === undefined) known = false;
    else values.push(loaded);
  }
  const named = typeof set === "string" ? sets.get(set) : undefined;
  const elements = typeof set === "string" ? named?.elements : set.elements;
  // Elements that packets add or that run out are not listed.
  const listed = named === undefined || (named.dynamic !== true && named.timeout !== true);
  if (elements === undefined || !known || !listed) return undefined;
  const element = findElement(elements, values);
  if (verdicts === true) return element === undefined ? false : element.verdict;
  return (element !== undefined) !== (negate === true);
}

function passes({ over }: LimitStatement, { limit = "within" }: Facts): boolean {
  return (limit === "exceeded") === (over === true);
}

/** What a match is about, for an answer that cannot be given. */
function subject(statement: Test): string {
  const loads = statement.kind === "lookup" ? statement.loads : [statement.load];
  const words = loads.map((load) =>
    load.load === "payload" ? load.field : load.load === "fib" ? "fib" : `${load.load} ${load.key}`
  );
  return statement.kind === "lookup" && typeof statement.set === "string"
    ? `${words.join(" . ")} in set ${statement.set}`
    : words.join(" . ");
}
