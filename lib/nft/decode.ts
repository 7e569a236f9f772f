/** What the kernel dumps of a table, as data. Bytes that are no such dump end in a `NetlinkDecodeError`. */
import { AttributeReader, AttributeWriter } from "../netlink/wire/attribute.ts";
import { NetlinkDecodeError } from "../netlink/wire/error.ts";
import { nfgenmsg } from "../netlink/wire/nfnetlink.ts";
import type { Observed, ObservedRule } from "./batch.ts";
import { DATATYPES } from "./datatype.ts";
import { readData, readValue, slots } from "./expr/expression.ts";
import { readVerdictData } from "./expr/immediate.ts";
import {
  CHAIN,
  DATA_VERDICT,
  DEVICE_NAME,
  ELEMENT,
  ELEMENTS,
  FAMILY,
  GENERATION_ID,
  HOOK,
  hookName,
} from "./messages.ts";
import {
  INTERVAL_END,
  MESSAGE,
  RULE,
  SET,
  SET_DESCRIPTION,
  SET_FLAG,
  TABLE,
  TABLE_DORMANT,
  USERDATA,
} from "./messages.ts";
import type { AnonymousSet, Chain, Datatype, Element, NamedSet, TableFamily, Value } from "./ruleset.ts";

/** Bytes of struct nfgenmsg in front of the attributes. */
const HEADER = 4;

/** A request for all chains, rules or sets of one table, for all tables, or for the elements of one set. */
export function dumpRequest(
  what: "tables" | "chains" | "rules" | "sets" | "elements",
  family: TableFamily | "any",
  table?: string,
  set?: string,
): Uint8Array<ArrayBuffer> {
  const types = {
    tables: MESSAGE.GETTABLE,
    chains: MESSAGE.GETCHAIN,
    rules: MESSAGE.GETRULE,
    sets: MESSAGE.GETSET,
    elements: MESSAGE.GETSETELEM,
  };
  const writer = new AttributeWriter(256);
  writer.message(types[what], 0, nfgenmsg(family === "any" ? 0 : FAMILY[family]));
  if (table !== undefined) writer.string(TABLE.NAME, table);
  if (set !== undefined) writer.string(ELEMENTS.SET, set);
  return writer.finish();
}

/** A request for one rule, or for one set without its elements. */
export function oneRequest(
  family: TableFamily,
  table: string,
  wanted: { readonly chain: string; readonly handle: bigint } | { readonly set: string },
): Uint8Array<ArrayBuffer> {
  const writer = new AttributeWriter(256);
  writer.message("set" in wanted ? MESSAGE.GETSET : MESSAGE.GETRULE, 0, nfgenmsg(FAMILY[family]));
  writer.string(TABLE.NAME, table);
  if ("set" in wanted) writer.string(SET.NAME, wanted.set);
  else {
    writer.string(RULE.CHAIN, wanted.chain);
    writer.be64(RULE.HANDLE, wanted.handle);
  }
  return writer.finish();
}

/** A request for the generation id. */
export function generationRequest(): Uint8Array<ArrayBuffer> {
  const writer = new AttributeWriter(64);
  writer.message(MESSAGE.GETGEN, 0, nfgenmsg(0));
  return writer.finish();
}

/** Reads the answer to `generationRequest`. */
export function readGeneration(payload: Uint8Array): number {
  const reader = new AttributeReader(payload, HEADER);
  while (reader.next()) if (reader.type === GENERATION_ID) return reader.be32();
  throw new NetlinkDecodeError("the kernel did not say its generation id");
}

/** Family and name of a dumped table. */
export function readTable(payload: Uint8Array): { family: TableFamily; name: string; dormant: boolean } {
  const reader = new AttributeReader(payload, HEADER);
  let name = "";
  let flags = 0;
  while (reader.next()) {
    if (reader.type === TABLE.NAME) name = reader.string();
    else if (reader.type === TABLE.FLAGS) flags = reader.be32();
  }
  return { family: familyOf(payload), name, dormant: (flags & TABLE_DORMANT) !== 0 };
}

function familyOf(payload: Uint8Array): TableFamily {
  const number = payload[0];
  for (const [family, value] of Object.entries(FAMILY)) if (value === number) return family as TableFamily;
  throw new NetlinkDecodeError(`an unknown address family ${number}`);
}

/** A dumped chain with the table that it is in. */
export function readChain(payload: Uint8Array): { family: TableFamily; table: string; chain: Chain } {
  const family = familyOf(payload);
  const reader = new AttributeReader(payload, HEADER);
  let table = "";
  let name = "";
  let comment: string | undefined;
  let type: string | undefined;
  let policy: "accept" | "drop" = "accept";
  let hook: number | undefined;
  let priority = 0;
  const devices: string[] = [];
  while (reader.next()) {
    if (reader.type === CHAIN.TABLE) table = reader.string();
    else if (reader.type === CHAIN.NAME) name = reader.string();
    else if (reader.type === CHAIN.TYPE) type = reader.string();
    else if (reader.type === CHAIN.POLICY) policy = reader.be32() === 1 ? "accept" : "drop";
    else if (reader.type === CHAIN.USERDATA) comment = readUserdata(reader.bytes(), USERDATA.COMMENT);
    else if (reader.type === CHAIN.HOOK) {
      const inner = reader.nested();
      while (inner.next()) {
        if (inner.type === HOOK.NUMBER) hook = inner.be32();
        else if (inner.type === HOOK.PRIORITY) priority = inner.sbe32();
        else if (inner.type === HOOK.DEVICES) {
          const list = inner.nested();
          while (list.next()) if (list.type === DEVICE_NAME) devices.push(list.string());
        }
      }
    }
  }
  const at = hook === undefined ? undefined : hookName(family, hook);
  const base: Chain["base"] = at === undefined ? undefined : {
    type: type === "nat" || type === "route" ? type : "filter",
    hook: at,
    priority,
    policy,
    ...(devices.length > 0 ? { devices } : {}),
  };
  const chain: Chain = {
    name,
    ...(base === undefined ? {} : { base }),
    ...(comment === undefined ? {} : { comment }),
    rules: [],
  };
  return { family, table, chain };
}

/** A dumped set without its elements; null for types that Patronus does not make. */
export function readSet(payload: Uint8Array): { table: string; set: NamedSet; anonymous: boolean } | null {
  const reader = new AttributeReader(payload, HEADER);
  let table = "";
  let name = "";
  let flags = 0;
  let keyType = 0;
  let timeout: number | undefined;
  let size: number | undefined;
  let comment: string | undefined;
  let counter = false;
  let verdicts = false;
  while (reader.next()) {
    if (reader.type === SET.TABLE) table = reader.string();
    else if (reader.type === SET.NAME) name = reader.string();
    else if (reader.type === SET.FLAGS) flags = reader.be32();
    else if (reader.type === SET.KEY_TYPE) keyType = reader.be32();
    else if (reader.type === SET.DATA_TYPE) verdicts = reader.be32() === DATA_VERDICT;
    else if (reader.type === SET.TIMEOUT) timeout = Number(reader.be64()) / 1000;
    else if (reader.type === SET.USERDATA) comment = readUserdata(reader.bytes(), USERDATA.SET_COMMENT);
    else if (reader.type === SET.EXPRESSION) {
      const inner = reader.nested();
      while (inner.next()) if (inner.type === 1) counter = inner.string() === "counter";
    } else if (reader.type === SET.DESCRIPTION) {
      const inner = reader.nested();
      while (inner.next()) if (inner.type === SET_DESCRIPTION.SIZE) size = inner.be32();
    }
  }
  const key: Datatype[] = [];
  for (let rest = keyType; rest > 0; rest = Math.floor(rest / 64)) {
    const type = Object.entries(DATATYPES).find(([, info]) => info.id === rest % 64)?.[0];
    if (type === undefined) return null;
    key.unshift(type as Datatype);
  }
  if (key.length === 0) return null;
  const set: NamedSet = {
    name,
    key,
    ...((flags & SET_FLAG.INTERVAL) !== 0 ? { interval: true } : {}),
    ...(verdicts ? { verdicts } : {}),
    ...(counter ? { counter } : {}),
    ...((flags & SET_FLAG.TIMEOUT) !== 0 ? { timeout: true } : {}),
    ...(timeout === undefined ? {} : { defaultTimeout: timeout }),
    ...((flags & SET_FLAG.EVAL) !== 0 ? { dynamic: true } : {}),
    ...(size === undefined ? {} : { size }),
    ...(comment === undefined ? {} : { comment }),
    elements: [],
  };
  return { table, set, anonymous: (flags & SET_FLAG.ANONYMOUS) !== 0 };
}

interface RawElement {
  readonly key: readonly Value[];
  readonly end: boolean;
  readonly element: Element;
}

/** The elements of a set from all messages of one dump, sorted; ends of intervals are folded into their beginnings. */
export function readElements(payloads: readonly Uint8Array[], set: NamedSet): Element[] {
  const raw: RawElement[] = [];
  for (const payload of payloads) {
    const reader = new AttributeReader(payload, HEADER);
    while (reader.next()) {
      if (reader.type !== ELEMENTS.ELEMENTS) continue;
      const list = reader.nested();
      while (list.next()) raw.push(readElement(list.nested(), set));
    }
  }
  const folded = set.interval === true && set.key.length === 1
    ? foldIntervals(raw, set)
    : raw.map(({ element }) => element);
  return folded.sort(compareElements);
}

function readElement(reader: AttributeReader, set: NamedSet): RawElement {
  let key: readonly Value[] = [];
  let last: readonly Value[] | undefined;
  let flags = 0;
  let element: Omit<Element, "key"> = {};
  while (reader.next()) {
    if (reader.type === ELEMENT.KEY) key = readKey(reader, set.key);
    else if (reader.type === ELEMENT.KEY_END) last = readKey(reader, set.key);
    else if (reader.type === ELEMENT.FLAGS) flags = reader.be32();
    else if (reader.type === ELEMENT.TIMEOUT) element = { ...element, timeout: Number(reader.be64()) / 1000 };
    else if (reader.type === ELEMENT.USERDATA) {
      const comment = readUserdata(reader.bytes(), USERDATA.COMMENT);
      if (comment !== undefined) element = { ...element, comment };
    } else if (reader.type === ELEMENT.DATA) {
      const verdict = readVerdictData(reader);
      if (verdict !== null && !(verdict instanceof Uint8Array)) element = { ...element, verdict };
    }
  }
  const end = last !== undefined && !key.every((value, index) => value === last[index]) ? { end: last } : {};
  return { key, end: (flags & INTERVAL_END) !== 0, element: { key, ...end, ...element } };
}

function readKey(attribute: AttributeReader, types: readonly Datatype[]): Value[] {
  const bytes = readData(attribute);
  if (bytes === null) throw new NetlinkDecodeError("a set element without a key");
  let at = 0;
  return types.map((type) => {
    const { size } = DATATYPES[type];
    const value = readValue(type, bytes.subarray(at, at + size));
    at += slots(size) * 4;
    return value;
  });
}

/** Every beginning takes the first end behind it, or the last value of the type. */
function foldIntervals(raw: readonly RawElement[], set: NamedSet): Element[] {
  const [type] = set.key;
  if (type === undefined) return [];
  const bits = BigInt(DATATYPES[type].size * 8);
  // An end sorts in front of a beginning at the same place.
  const sorted = [...raw].sort((a, b) => compareValues(a.key[0], b.key[0]) || Number(b.end) - Number(a.end));
  const elements: Element[] = [];
  let open: Element | undefined;
  const close = (behind: bigint) => {
    if (open === undefined) return;
    const first = open.key[0] ?? 0;
    const last = typeof first === "number" ? Number(behind - 1n) : behind - 1n;
    elements.push(last === first ? open : { ...open, end: [last] });
    open = undefined;
  };
  for (const { key, end, element } of sorted) {
    const at = key[0];
    if (typeof at === "string" || at === undefined) continue;
    if (open !== undefined) close(BigInt(at));
    if (!end) open = element;
  }
  close(1n << bits);
  return elements;
}

function compareValues(a: Value | undefined, b: Value | undefined): number {
  if (a === b || a === undefined || b === undefined) return 0;
  return a < b ? -1 : 1;
}

/** The order of elements in data: by first component, then by the next. */
export function compareElements(a: Element, b: Element): number {
  for (const [index, value] of a.key.entries()) {
    const order = compareValues(value, b.key[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** A dumped rule with its chain; its expressions stay bytes until somebody asks. */
export function readRule(payload: Uint8Array): { chain: string; rule: ObservedRule } {
  const reader = new AttributeReader(payload, HEADER);
  let chain = "";
  let handle = 0n;
  let comment: string | undefined;
  let expressions: Uint8Array = new Uint8Array();
  while (reader.next()) {
    if (reader.type === RULE.CHAIN) chain = reader.string();
    else if (reader.type === RULE.HANDLE) handle = reader.be64();
    else if (reader.type === RULE.EXPRESSIONS) expressions = reader.bytes();
    else if (reader.type === RULE.USERDATA) comment = readUserdata(reader.bytes(), USERDATA.COMMENT);
  }
  return { chain, rule: comment === undefined ? { handle, expressions } : { handle, comment, expressions } };
}

/** The dumps of one table. */
export interface TableDump {
  readonly chains: readonly Uint8Array[];
  readonly rules: readonly Uint8Array[];
  readonly sets: readonly { readonly set: Uint8Array; readonly elements: readonly Uint8Array[] }[];
}

/** Puts the dumps of one table together. */
export function readDump(family: TableFamily, name: string, dump: TableDump): Observed {
  const chains = dump.chains.map((payload) => readChain(payload)).filter(({ table }) => table === name);
  const rules = new Map<string, ObservedRule[]>(chains.map(({ chain }) => [chain.name, []]));
  for (const payload of dump.rules) {
    const { chain, rule } = readRule(payload);
    rules.get(chain)?.push(rule);
  }
  const sets: NamedSet[] = [];
  const anonymous = new Map<string, AnonymousSet>();
  for (const { set: payload, elements: payloads } of dump.sets) {
    const read = readSet(payload);
    if (read === null || read.table !== name) continue;
    const { set } = read;
    const state = set.timeout === true || set.dynamic === true;
    const elements = state ? [] : readElements(payloads, set);
    const filled = { ...set, elements };
    if (read.anonymous) anonymous.set(set.name, anonymousSet(filled));
    else sets.push(filled);
  }
  return { family, name, chains: chains.map(({ chain }) => chain), rules, sets, anonymous };
}

/** What a rule says of a set inside it, which the kernel gave a name. */
export function anonymousSet({ interval, elements }: NamedSet): AnonymousSet {
  return interval === true ? { interval, elements } : { elements };
}

const utf8 = new TextDecoder();

function readUserdata(bytes: Uint8Array, type: number): string | undefined {
  for (let at = 0; at + 2 <= bytes.length;) {
    const length = bytes[at + 1] ?? 0;
    if (bytes[at] === type) return utf8.decode(bytes.subarray(at + 2, at + 2 + length)).replace(/\0.*$/s, "");
    at += 2 + length;
  }
  return undefined;
}
