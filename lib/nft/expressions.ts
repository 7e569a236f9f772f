/** A rule's expressions as the kernel dumps them: what is sent, and what a reading is compared with. */
import { AttributeReader, AttributeWriter } from "../netlink/wire/attribute.ts";
import type { ObservedRule } from "./batch.ts";
import { decodeRule } from "./decode_rule.ts";
import { readCounter } from "./expr/counter.ts";
import { readExpression } from "./expr/expression.ts";
import { readLookup } from "./expr/lookup.ts";
import type { AnonymousSet, CounterStatement, Element, Rule, Statement } from "./ruleset.ts";
import { writeStatements } from "./statement.ts";

/** Rules are immutable, and each is written and compared several times in one transaction. */
const written = new WeakMap<Rule, Uint8Array>();
/** The reading that a rule was last found equal to. */
const equal = new WeakMap<Rule, ObservedRule>();
const writer = new AttributeWriter(4096, 1, true);

/** The content of NFTA_RULE_EXPRESSIONS, attribute for attribute as the kernel dumps it. Sets inside the rule have no name. */
export function expressionBytes(rule: Rule): Uint8Array {
  const known = written.get(rule);
  if (known !== undefined) return known;
  writer.reset();
  writeStatements(writer, rule.statements, () => ({ name: "__set%d" }));
  const bytes = kept(writer.slice(0, writer.length));
  written.set(rule, bytes);
  return bytes;
}

/** Writes a rule's expressions into a message; of what is written for the first time, the message's own bytes are kept. */
export function writeExpressionBytes(target: AttributeWriter, rule: Rule): void {
  const known = written.get(rule);
  if (known !== undefined) return target.raw(known);
  const from = target.length;
  writeStatements(target, rule.statements, () => ({ name: "__set%d" }));
  written.set(rule, target.slice(from, target.length));
}

/** Bytes of many rules share a piece of memory: ten thousand pieces of their own take twice the room and the time. */
const PIECE = 64 * 1024;
let piece = new Uint8Array(PIECE);
let used = 0;

function kept(bytes: Uint8Array): Uint8Array {
  if (used + bytes.length > piece.length) {
    piece = new Uint8Array(Math.max(PIECE, bytes.length));
    used = 0;
  }
  piece.set(bytes, used);
  used += bytes.length;
  return piece.subarray(used - bytes.length, used);
}

/** What a rule in the kernel has counted; null where it does not count. Nothing else of it is decoded. */
export function counterOf({ expressions }: ObservedRule): CounterStatement | null {
  const list = new AttributeReader(expressions);
  while (list.next()) {
    if (!isCounter(expressions, list.offset)) continue;
    return readCounter(readExpression(list.nested()).data);
  }
  return null;
}

/** "counter" and its zero, behind the header of NFTA_EXPR_NAME. */
const COUNTER_NAME = new TextEncoder().encode("counter\0");
const HEADER = 4;

function isCounter(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < COUNTER_NAME.length; index++) {
    if (bytes[at + HEADER + index] !== COUNTER_NAME[index]) return false;
  }
  return true;
}

/**
 * Whether a rule in the kernel is the rule that is desired, the readings of counters aside. Bytes are compared, expression
 * by expression; of a set inside the rule, whose name the kernel chooses, the elements.
 */
export function sameExpressions(
  rule: Rule,
  observed: ObservedRule,
  anonymous: ReadonlyMap<string, AnonymousSet>,
): boolean {
  if (equal.get(rule) === observed) return true;
  const found = compareExpressions(rule, observed, anonymous);
  if (found) equal.set(rule, observed);
  return found;
}

function compareExpressions(
  rule: Rule,
  observed: ObservedRule,
  anonymous: ReadonlyMap<string, AnonymousSet>,
): boolean {
  const bytes = expressionBytes(rule);
  if (sameBytes(bytes, observed.expressions)) return true;
  const [wanted, held] = [new AttributeReader(bytes), new AttributeReader(observed.expressions)];
  const sets = rule.statements.flatMap((statement) =>
    statement.kind === "lookup" && typeof statement.set !== "string" ? [statement.set] : []
  );
  while (wanted.next()) {
    if (!held.next()) return false;
    if (sameBytes(wanted.bytes(), held.bytes())) continue;
    const [mine, theirs] = [readExpression(wanted.nested()), readExpression(held.nested())];
    if (mine.name !== theirs.name) return unlike(rule, observed, anonymous);
    if (mine.name === "counter") continue;
    if (mine.name !== "lookup") return unlike(rule, observed, anonymous);
    const [asked, found] = [readLookup(mine.data), readLookup(theirs.data)];
    const set = asked?.set === "__set%d" ? sets.shift() : undefined;
    const other = anonymous.get(found?.set ?? "");
    if (asked === null || found === null || set === undefined || other === undefined) return false;
    if (asked.register !== found.register || asked.negate !== found.negate || asked.verdicts !== found.verdicts) {
      return false;
    }
    if (!sameElements(set.elements, other.elements)) return false;
  }
  return !held.next();
}

/** Another program may write the same rule in other expressions: then what it says decides. */
function unlike(rule: Rule, observed: ObservedRule, anonymous: ReadonlyMap<string, AnonymousSet>): boolean {
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
    // Whether the kernel keeps single values as intervals says nothing about what is in the set.
    if ("elements" in value) return { elements: value.elements };
    return Object.fromEntries(
      Object.entries(value).filter(([, held]) => held !== undefined && held !== false).sort(([x], [y]) =>
        x < y ? -1 : 1
      ),
    );
  });
}

/** Whether two sorted lists hold the same elements. */
export function sameElements(a: readonly Element[], b: readonly Element[]): boolean {
  return a.length === b.length && a.every((element, index) => sameElement(element, b[index]));
}

/** Whether two elements say the same; what is left of a timeout is state and not compared. */
export function sameElement(a: Element, b: Element | undefined): boolean {
  if (b === undefined || a.key.length !== b.key.length || a.comment !== b.comment) return false;
  for (let part = 0; part < a.key.length; part++) {
    if (a.key[part] !== b.key[part]) return false;
    if ((a.end ?? a.key)[part] !== (b.end ?? b.key)[part]) return false;
  }
  if (a.verdict === b.verdict) return true;
  return JSON.stringify(a.verdict) === JSON.stringify(b.verdict);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
