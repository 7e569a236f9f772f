/** A rule's expressions back as statements: loads are followed through the registers to what is done with them. */
import { AttributeReader } from "../netlink/wire/attribute.ts";
import type { Observed, ObservedRule } from "./batch.ts";
import { DATATYPES, NFPROTO_IPV6 } from "./datatype.ts";
import { readBitwise } from "./expr/bitwise.ts";
import { readCmp } from "./expr/cmp.ts";
import { readCounter } from "./expr/counter.ts";
import { readCt } from "./expr/ct.ts";
import { readExpression, readValue, slotOf, slots } from "./expr/expression.ts";
import { readFib } from "./expr/fib.ts";
import { readImmediate } from "./expr/immediate.ts";
import { readLimit } from "./expr/limit.ts";
import { readLog } from "./expr/log.ts";
import { readLookup } from "./expr/lookup.ts";
import { readMeta } from "./expr/meta.ts";
import { readNat } from "./expr/nat.ts";
import { type ProtocolContext, readPayload } from "./expr/payload.ts";
import { readRange } from "./expr/range.ts";
import { readReject } from "./expr/reject.ts";
import { loadType } from "./load.ts";
import type {
  AnonymousSet,
  Chain,
  Datatype,
  Load,
  NatStatement,
  PayloadField,
  Rule,
  Statement,
  Table,
  Value,
} from "./ruleset.ts";

/** What a register holds: a load, perhaps its leading bytes only, perhaps masked; fields read at once; or a value. */
type Content =
  | { readonly load: Load; readonly length?: number; readonly mask?: Uint8Array }
  | { readonly fields: readonly PayloadField[] }
  | { readonly value: Uint8Array };

/** Decodes one rule; an expression that Patronus does not know becomes an `unknown` statement. */
export function decodeRule(rule: ObservedRule, anonymous: ReadonlyMap<string, AnonymousSet>): Rule {
  const registers = new Registers(anonymous);
  const statements: Statement[] = [];
  const list = new AttributeReader(rule.expressions);
  while (list.next()) {
    const { name, data } = readExpression(list.nested());
    for (const statement of registers.step(name, data)) {
      const range = rangeOf(statements.at(-1), statement);
      if (range !== null) statements.pop();
      statements.push(range ?? statement);
    }
  }
  return rule.comment === undefined ? { statements } : { comment: rule.comment, statements };
}

/** nft compares with both ends of a range what it has loaded once; null for anything else. */
function rangeOf(low: Statement | undefined, high: Statement): Statement | null {
  if (low?.kind !== "match" || high.kind !== "match" || low.op !== ">=" || high.op !== "<=") return null;
  if (low.load !== high.load || low.mask !== undefined || high.mask !== undefined) return null;
  return { kind: "range", load: low.load, from: low.value, to: high.value };
}

/** Decodes a whole table. */
export function decodeTable(observed: Observed): Table {
  const chains = observed.chains.map((chain): Chain => ({
    ...chain,
    rules: (observed.rules.get(chain.name) ?? []).map((rule) => decodeRule(rule, observed.anonymous)),
  }));
  return { family: observed.family, name: observed.name, chains, sets: observed.sets };
}

function unknown(expression: string): Statement {
  return { kind: "unknown", expression };
}

/** Reads one expression: null where it only fills a register, several statements where it compares several fields. */
type Step = (registers: Registers, data: AttributeReader) => Statement | readonly Statement[] | null | undefined;

/** One entry for each expression; `undefined` means that it is not understood. */
const STEPS: Readonly<Record<string, Step>> = {
  meta: (registers, data) => {
    const meta = readMeta(data);
    if (meta?.into !== undefined) return registers.put(meta.into, { load: { load: "meta", key: meta.key } });
    if (meta?.from !== undefined && meta.key === "mark") {
      return registers.assign(meta.from, { set: "meta", key: "mark" });
    }
  },
  ct: (registers, data) => {
    const ct = readCt(data);
    if (ct?.into !== undefined) return registers.put(ct.into, { load: ct.load });
    if (ct?.from !== undefined && ct.load.key === "mark") return registers.assign(ct.from, { set: "ct", key: "mark" });
  },
  payload: (registers, data) => {
    const payload = readPayload(data, registers.context);
    if (payload === null) return;
    const [field, ...more] = payload.fields;
    if (field === undefined || more.length > 0) return registers.put(payload.into, { fields: payload.fields });
    return registers.put(payload.into, { load: { load: "payload", field }, length: payload.length });
  },
  fib: (registers, data) => {
    const fib = readFib(data);
    return fib === null ? undefined : registers.put(fib.into, { load: fib.load });
  },
  immediate: (registers, data) => {
    const immediate = readImmediate(data);
    if (immediate === null) return;
    if ("verdict" in immediate) return { kind: "verdict", verdict: immediate.verdict };
    return registers.put(immediate.into, { value: immediate.value });
  },
  bitwise: (registers, data) => {
    const bitwise = readBitwise(data);
    const content = bitwise === null ? undefined : registers.at(bitwise.register);
    if (bitwise === null || content === undefined || !("load" in content) || content.mask !== undefined) return;
    return registers.put(bitwise.register, { ...content, mask: bitwise.mask });
  },
  cmp: (registers, data) => {
    const cmp = readCmp(data);
    return cmp === null ? undefined : registers.compare(cmp);
  },
  range: (registers, data) => {
    const range = readRange(data);
    const content = range === null ? undefined : registers.at(range.register);
    if (range === null || content === undefined || !("load" in content) || content.mask !== undefined) return;
    const type = loadType(content.load);
    const [from, to] = [readValue(type, range.from), readValue(type, range.to)];
    return { kind: "range", load: content.load, from, to, ...(range.negate ? { negate: true } : {}) };
  },
  lookup: (registers, data) => {
    const lookup = readLookup(data);
    if (lookup === null) return;
    const loads = registers.run(lookup.register);
    if (loads === null) return;
    return {
      kind: "lookup",
      loads,
      set: registers.anonymous.get(lookup.set) ?? lookup.set,
      ...(lookup.negate ? { negate: true } : {}),
      ...(lookup.verdicts ? { verdicts: true } : {}),
    };
  },
  counter: (_, data) => readCounter(data),
  log: (_, data) => readLog(data),
  limit: (_, data) => readLimit(data),
  reject: (registers, data) => readReject(data, registers.context.nfproto === NFPROTO_IPV6),
  notrack: () => ({ kind: "notrack" }),
  nat: (registers, data) => registers.nat("nat", data),
  masq: (registers, data) => registers.nat("masq", data),
  redir: (registers, data) => registers.nat("redir", data),
};

class Registers {
  readonly #slots = new Map<number, Content>();
  readonly context: ProtocolContext = {};
  constructor(readonly anonymous: ReadonlyMap<string, AnonymousSet>) {}

  step(name: string, data: AttributeReader): readonly Statement[] {
    const found = STEPS[name]?.(this, data);
    if (found === null) return [];
    if (found !== undefined) return "kind" in found ? [found] : found;
    // It may have written to any register: what was in them is not to be relied on.
    this.#slots.clear();
    return [unknown(name)];
  }

  put(register: number, content: Content): null {
    const slot = slotOf(register);
    // A new first part begins a new run of loads.
    if (slot === 0 && "load" in content && content.mask === undefined) this.#slots.clear();
    this.#slots.set(slot, content);
    return null;
  }

  at(register: number): Content | undefined {
    return this.#slots.get(slotOf(register));
  }

  /** The loads that stand one behind the other from a register on: a concatenation. */
  run(register: number): Load[] | null {
    const loads: Load[] = [];
    for (let slot = slotOf(register);;) {
      const content = this.#slots.get(slot);
      if (content === undefined) break;
      if (!("load" in content) || content.mask !== undefined) return null;
      loads.push(content.load);
      slot += slots(DATATYPES[loadType(content.load)].size);
    }
    return loads.length === 0 ? null : loads;
  }

  compare(cmp: NonNullable<ReturnType<typeof readCmp>>): Statement | readonly Statement[] | undefined {
    const content = this.at(cmp.from);
    if (content === undefined || "value" in content) return undefined;
    if ("fields" in content) return cmp.op === "==" ? compareEach(content.fields, cmp.value) : undefined;
    const { load, length } = content;
    const type = loadType(load);
    const { size } = DATATYPES[type];
    const value = readValue(type, cmp.value);
    if (load.load === "meta" && cmp.op === "==" && typeof value === "number") {
      if (load.key === "l4proto") this.context.l4proto = value;
      if (load.key === "nfproto") this.context.nfproto = value;
    }
    const mask = content.mask !== undefined
      ? readValue(type, content.mask)
      : length !== undefined && length < size
      ? prefixMask(type, length)
      : undefined;
    return { kind: "match", load, ...(mask === undefined ? {} : { mask }), op: cmp.op, value };
  }

  assign(register: number, target: Extract<Statement, { kind: "assign" }>["target"]): Statement | undefined {
    const content = this.at(register);
    if (content === undefined || !("value" in content)) return undefined;
    return { kind: "assign", target, value: Number(readValue("mark", content.value)) };
  }

  nat(name: "nat" | "masq" | "redir", data: AttributeReader): Statement | undefined {
    const { kind, family, options, ...places } = readNat(name, data);
    const value = (slot: number | undefined, type: Datatype): Value | undefined => {
      const content = slot === undefined ? undefined : this.#slots.get(slot);
      return content !== undefined && "value" in content ? readValue(type, content.value) : undefined;
    };
    const type = family === "ip6" ? "ipv6_addr" : "ipv4_addr";
    const found = {
      address: value(places.address, type),
      addressEnd: value(places.addressEnd, type),
      port: value(places.port, "inet_service"),
      portEnd: value(places.portEnd, "inet_service"),
    };
    for (const key of ["address", "addressEnd", "port", "portEnd"] as const) {
      // A register that was filled by something else than a constant: a map.
      if (places[key] !== undefined && found[key] === undefined) return undefined;
    }
    const set = Object.fromEntries(Object.entries(found).filter(([, held]) => held !== undefined));
    return { kind, ...(family === undefined ? {} : { family }), ...set, ...options } as NatStatement;
  }
}

/** nft reads fields that stand one behind the other at once, as both ports; each is a comparison of its own. */
function compareEach(fields: readonly PayloadField[], bytes: Uint8Array): Statement[] {
  let at = 0;
  return fields.map((field): Statement => {
    const load: Load = { load: "payload", field };
    const type = loadType(load);
    const from = at;
    at += DATATYPES[type].size;
    return { kind: "match", load, op: "==", value: readValue(type, bytes.subarray(from, at)) };
  });
}

/** The mask of a prefix of whole bytes. */
function prefixMask(type: Datatype, length: number): Value {
  const bytes = new Uint8Array(DATATYPES[type].size).fill(255, 0, length);
  return readValue(type, bytes);
}
