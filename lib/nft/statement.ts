/** Statements as the kernel's expressions: a match becomes a load, perhaps a mask, and a comparison. */
import type { AttributeWriter } from "../netlink/wire/attribute.ts";
import { DATATYPES, maskLength } from "./datatype.ts";
import { writeBitwise } from "./expr/bitwise.ts";
import { writeCmp } from "./expr/cmp.ts";
import { writeCounter } from "./expr/counter.ts";
import { writeCt, writeCtSet } from "./expr/ct.ts";
import { registerOf, slots, valueBytes } from "./expr/expression.ts";
import { writeFib } from "./expr/fib.ts";
import { writeImmediate, writeVerdict } from "./expr/immediate.ts";
import { writeLimit } from "./expr/limit.ts";
import { writeLog } from "./expr/log.ts";
import { writeLookup } from "./expr/lookup.ts";
import { writeMeta, writeMetaSet } from "./expr/meta.ts";
import { writeNat } from "./expr/nat.ts";
import { writeNotrack } from "./expr/notrack.ts";
import { writePayload } from "./expr/payload.ts";
import { writeRange } from "./expr/range.ts";
import { writeReject } from "./expr/reject.ts";
import { loadType } from "./load.ts";
import type { AnonymousSet, Load, LookupStatement, MatchStatement, Statement } from "./ruleset.ts";

/** Every match uses the first register. */
const REGISTER = registerOf(0);

/** Gives the name and id of the set that holds an anonymous set's elements in this transaction. */
export type PlaceSet = (set: AnonymousSet, lookup: LookupStatement) => { readonly name: string; readonly id?: number };

/**
 * Writes the expressions of one rule, attribute for attribute as the kernel dumps them, so that a rule can be verified
 * by comparing bytes. Throws a `RangeError` for what the kernel cannot compare.
 */
export function writeStatements(writer: AttributeWriter, statements: readonly Statement[], place: PlaceSet): void {
  for (const statement of statements) writeStatement(writer, statement, place);
}

function writeStatement(writer: AttributeWriter, statement: Statement, place: PlaceSet): void {
  switch (statement.kind) {
    case "match":
      return writeMatch(writer, statement);
    case "range": {
      const type = loadType(statement.load);
      refuseHostOrder(statement.load);
      writeLoad(writer, statement.load, REGISTER);
      const [from, to] = [valueBytes(type, statement.from), valueBytes(type, statement.to)];
      return writeRange(writer, REGISTER, from, to, statement.negate === true);
    }
    case "lookup": {
      let slot = 0;
      for (const load of statement.loads) {
        writeLoad(writer, load, registerOf(slot));
        slot += slots(DATATYPES[loadType(load)].size);
      }
      const { name, id } = typeof statement.set === "string"
        ? { name: statement.set }
        : place(statement.set, statement);
      const { negate = false, verdicts = false } = statement;
      return writeLookup(writer, { set: name, register: REGISTER, negate, verdicts }, id);
    }
    case "verdict":
      return writeVerdict(writer, statement.verdict);
    case "counter":
      return writeCounter(writer, statement);
    case "log":
      return writeLog(writer, statement);
    case "limit":
      return writeLimit(writer, statement);
    case "snat":
    case "dnat":
    case "masquerade":
    case "redirect":
      return writeNat(writer, statement);
    case "reject":
      return writeReject(writer, statement);
    case "assign":
      writeImmediate(writer, REGISTER, valueBytes("mark", statement.value));
      if (statement.target.set === "meta") writeMetaSet(writer, statement.target.key, REGISTER);
      else writeCtSet(writer, statement.target.key, REGISTER);
      return;
    case "notrack":
      return writeNotrack(writer);
    case "unknown":
      throw new RangeError(`an expression that Patronus does not know (${statement.expression}) cannot be written`);
  }
}

function writeMatch(writer: AttributeWriter, { load, mask, op, value }: MatchStatement): void {
  const type = loadType(load);
  const { size } = DATATYPES[type];
  if (op !== "==" && op !== "!=") refuseHostOrder(load);
  if (typeof value === "string" && value.endsWith("*")) {
    const stem = value.slice(0, -1);
    writeLoad(writer, load, REGISTER);
    return writeCmp(writer, op, REGISTER, type, stem, new TextEncoder().encode(stem).length);
  }
  const prefix = mask === undefined || load.load !== "payload" ? null : maskLength(type, mask);
  if (load.load === "payload" && prefix !== null && prefix > 0 && prefix % 8 === 0) {
    // A prefix of whole bytes needs no mask: only those bytes are read.
    writePayload(writer, load.field, REGISTER, prefix / 8);
    return writeCmp(writer, op, REGISTER, type, value, prefix / 8);
  }
  writeLoad(writer, load, REGISTER);
  if (mask !== undefined) writeBitwise(writer, REGISTER, valueBytes(type, mask, size));
  writeCmp(writer, op, REGISTER, type, value);
}

function writeLoad(writer: AttributeWriter, load: Load, register: number): void {
  switch (load.load) {
    case "meta":
      return writeMeta(writer, load.key, register);
    case "payload":
      return writePayload(writer, load.field, register);
    case "ct":
      return writeCt(writer, load, register);
    case "fib":
      return writeFib(writer, load, register);
  }
}

/** The kernel compares bytes from the first to the last, which is no order of numbers in a little-endian register. */
function refuseHostOrder(load: Load): void {
  if (DATATYPES[loadType(load)].order === "host") {
    throw new RangeError(`values in host order (${JSON.stringify(load)}) can be compared for equality only`);
  }
}
