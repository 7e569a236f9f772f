/** Whether a rule in the kernel is the rule that is desired, counters aside. */
import { AttributeReader } from "../netlink/wire/attribute.ts";
import type { ObservedRule } from "./batch.ts";
import { decodeRule } from "./decode_rule.ts";
import type { AnonymousSet, Rule, Statement } from "./ruleset.ts";

/**
 * Compares the bytes that would be sent with the bytes that were dumped, expression by expression: the encoder writes
 * as the kernel dumps. Only a rule that differs in some expression but its counter is decoded and compared as data,
 * which settles sets inside rules, whose names the kernel chooses.
 */
export function sameExpressions(
  desired: Uint8Array,
  observed: ObservedRule,
  rule: Rule,
  anonymous: ReadonlyMap<string, AnonymousSet>,
): boolean {
  if (sameBytes(desired, observed.expressions)) return true;
  const inside = rule.statements.some((statement) => statement.kind === "lookup" && typeof statement.set !== "string");
  if (!inside && sameButCounters(desired, observed.expressions)) return true;
  return sameStatements(rule.statements, decodeRule(observed, anonymous).statements);
}

/** Whether statements are equal; the readings of counters are not compared. */
export function sameStatements(a: readonly Statement[], b: readonly Statement[]): boolean {
  return a.length === b.length && canonical(a) === canonical(b);
}

/** Statements as text with sorted keys, for comparing. */
function canonical(statements: readonly Statement[]): string {
  return JSON.stringify(statements, (_, value) => {
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    if (value.kind === "counter") return { kind: "counter" };
    return Object.fromEntries(
      Object.entries(value).filter(([, held]) => held !== undefined && held !== false).sort(([x], [y]) =>
        x < y ? -1 : 1
      ),
    );
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function sameButCounters(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [left, right] = [new AttributeReader(a), new AttributeReader(b)];
  while (left.next()) {
    if (!right.next()) return false;
    if (!sameBytes(left.bytes(), right.bytes()) && !(isCounter(left) && isCounter(right))) return false;
  }
  return !right.next();
}

function isCounter(element: AttributeReader): boolean {
  const expression = element.nested();
  return expression.next() && expression.string() === "counter";
}
