/** One transaction as netlink messages. */
import { AttributeWriter } from "../netlink/wire/attribute.ts";
import { NLM_F } from "../netlink/wire/message.ts";
import { beginBatch, endBatch, nfgenmsg } from "../netlink/wire/nfnetlink.ts";
import type { Batch, Operation } from "./batch.ts";
import { DATATYPES } from "./datatype.ts";
import { writeExpressionBytes } from "./expressions.ts";
import { putValue, slots, writeData, writeValue } from "./expr/expression.ts";
import { writeVerdictData } from "./expr/immediate.ts";
import { loadType } from "./load.ts";
import {
  CHAIN,
  DATA_VERDICT,
  DEVICE_NAME,
  ELEMENT,
  ELEMENTS,
  FAMILY,
  HOOK,
  hookNumber,
  INTERVAL_END,
} from "./messages.ts";
import {
  LIST_ELEM,
  MESSAGE,
  RULE,
  SET,
  SET_DESCRIPTION,
  SET_FIELD_LENGTH,
  SET_FLAG,
  TABLE,
  USERDATA,
} from "./messages.ts";
import type { Chain, Datatype, Element, NamedSet, Rule, Value } from "./ruleset.ts";
import { writeStatements } from "./statement.ts";

const ADD = NLM_F.REQUEST | NLM_F.CREATE;

/** Bytes of elements after which another message is begun: well below an attribute's 65,535. */
const ELEMENTS_SPLIT = 48 * 1024;

/** A transaction, ready to send, with words for each message by its sequence number. */
export interface EncodedBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The operation that a message belongs to, for errors. */
  operation(sequence: number): string;
}

/**
 * Which rules the kernel repeats (NLM_F_ECHO): those that a transaction ends, each with what it counted until then, or
 * `all`: also those that it takes, with their handles. A rule that is replaced comes back both as it was and as it is.
 */
export type Echo = "ended" | "all";

/** How a transaction is encoded. */
export interface EncodeOptions {
  /** The kernel refuses it (ERESTART) when somebody else changed anything since that generation. */
  readonly generation?: number;
  readonly echo?: Echo;
  /** Gives memory of so many bytes to write into; what does not fit goes elsewhere. */
  readonly allocate?: (size: number) => Uint8Array<ArrayBuffer>;
}

/** Bytes that an operation takes, rather more than most. */
const ROOM = 1000;

/** Encodes a transaction. Throws a `RangeError` for statements that the kernel has no way to express. */
export function encode(batch: Batch, options: EncodeOptions = {}): EncodedBatch {
  const room = Math.max(4096, batch.operations.length * ROOM);
  const writer = new AttributeWriter(options.allocate?.(room) ?? room, 1, true);
  beginBatch(writer, options.generation);
  const firsts: number[] = [];
  const encoder = new BatchEncoder(writer, batch, options.echo);
  for (const operation of batch.operations) {
    firsts.push(writer.sequence);
    encoder.operation(operation);
  }
  endBatch(writer);
  return {
    bytes: writer.finish(),
    operation: (sequence) => {
      const index = firsts.findLastIndex((first) => first <= sequence);
      const operation = batch.operations[index];
      return operation === undefined ? `table ${batch.family} ${batch.table}` : describe(operation);
    },
  };
}

/** One operation in words, as `add rule to chain input (allow-ssh: …)`. */
export function describe(operation: Operation): string {
  const action = operation.op.replace("-", " ");
  switch (operation.op) {
    case "add-table":
    case "delete-table":
    case "wake-table":
      return action;
    case "add-chain":
    case "set-policy":
      return `${action} ${operation.chain.name}`;
    case "delete-chain":
    case "flush-chain":
      return `${action} ${operation.chain}`;
    case "add-set":
      return `${action} ${operation.set.name}`;
    case "delete-set":
      return `${action} ${operation.set}`;
    case "add-elements":
    case "delete-elements":
      return `${action} of set ${operation.set.name}`;
    case "add-rule":
    case "replace-rule":
      return `${action} in chain ${operation.chain} (${operation.rule.comment ?? "no comment"})`;
    case "delete-rule":
      return `${action} in chain ${operation.chain} (handle ${operation.handle})`;
  }
}

class BatchEncoder {
  readonly #writer: AttributeWriter;
  readonly #batch: Batch;
  readonly #header: readonly number[];
  /** Flags of messages that end rules, and of those that only add some. */
  readonly #ending: number;
  readonly #adding: number;
  #setId = 0;

  constructor(writer: AttributeWriter, batch: Batch, echo: Echo | undefined) {
    this.#writer = writer;
    this.#ending = NLM_F.REQUEST | (echo === undefined ? 0 : NLM_F.ECHO);
    this.#adding = ADD | (echo === "all" ? NLM_F.ECHO : 0);
    this.#batch = batch;
    this.#header = nfgenmsg(FAMILY[batch.family]);
  }

  operation(operation: Operation): void {
    switch (operation.op) {
      case "add-table":
        return this.#named(MESSAGE.NEWTABLE, ADD, TABLE.NAME, this.#batch.table);
      case "wake-table":
        this.#named(MESSAGE.NEWTABLE, NLM_F.REQUEST, TABLE.NAME, this.#batch.table);
        return this.#writer.be32(TABLE.FLAGS, 0);
      case "delete-table":
        return this.#named(MESSAGE.DELTABLE, this.#ending, TABLE.NAME, this.#batch.table);
      case "add-chain":
      case "set-policy":
        return this.#chain(operation.chain);
      case "delete-chain":
        this.#begin(MESSAGE.DELCHAIN, NLM_F.REQUEST);
        return this.#writer.string(CHAIN.NAME, operation.chain);
      case "flush-chain":
        this.#begin(MESSAGE.DELRULE, this.#ending);
        return this.#writer.string(RULE.CHAIN, operation.chain);
      case "add-set":
        this.#set(operation.set, ++this.#setId, false);
        return;
      case "delete-set":
        this.#begin(MESSAGE.DELSET, NLM_F.REQUEST);
        return this.#writer.string(SET.NAME, operation.set);
      case "add-elements":
        return this.#elements(MESSAGE.NEWSETELEM, ADD, operation.set, operation.elements);
      case "delete-elements":
        return this.#elements(MESSAGE.DELSETELEM, NLM_F.REQUEST, operation.set, operation.elements);
      case "add-rule": {
        const flags = operation.before !== undefined ? this.#adding : this.#adding | NLM_F.APPEND;
        return this.#rule(operation.chain, flags, operation.rule, RULE.POSITION, operation.before ?? operation.after);
      }
      case "replace-rule":
        return this.#rule(
          operation.chain,
          this.#ending | NLM_F.REPLACE,
          operation.rule,
          RULE.HANDLE,
          operation.handle,
        );
      case "delete-rule":
        this.#begin(MESSAGE.DELRULE, this.#ending);
        this.#writer.string(RULE.CHAIN, operation.chain);
        return this.#writer.be64(RULE.HANDLE, operation.handle);
    }
  }

  /** Begins a message about something in the table; the table's name is attribute 1 of all of them. */
  #begin(type: number, flags: number): void {
    this.#named(type, flags, CHAIN.TABLE, this.#batch.table);
  }

  #named(type: number, flags: number, attribute: number, name: string): void {
    this.#writer.message(type, flags, this.#header);
    this.#writer.string(attribute, name);
  }

  #chain(chain: Chain): void {
    const writer = this.#writer;
    this.#begin(MESSAGE.NEWCHAIN, ADD);
    writer.string(CHAIN.NAME, chain.name);
    const { base } = chain;
    if (base !== undefined) {
      const hook = writer.nest(CHAIN.HOOK);
      writer.be32(HOOK.NUMBER, hookNumber(this.#batch.family, base.hook));
      writer.be32(HOOK.PRIORITY, base.priority);
      if (base.devices !== undefined) {
        const devices = writer.nest(HOOK.DEVICES);
        for (const device of base.devices) writer.string(DEVICE_NAME, device);
        writer.end(devices);
      }
      writer.end(hook);
      writer.be32(CHAIN.POLICY, base.policy === "accept" ? 1 : 0);
      writer.string(CHAIN.TYPE, base.type);
    }
    if (chain.comment !== undefined) writeUserdata(writer, CHAIN.USERDATA, USERDATA.COMMENT, chain.comment);
  }

  #rule(chain: string, flags: number, rule: Rule, place: number, handle: bigint | undefined): void {
    const writer = this.#writer;
    // Sets inside the rule come first, as messages of their own.
    let ids: Map<unknown, number> | undefined;
    for (const statement of rule.statements) {
      if (statement.kind !== "lookup" || typeof statement.set === "string") continue;
      const id = ++this.#setId;
      ids ??= new Map();
      ids.set(statement.set, id);
      const { interval, elements } = statement.set;
      const key = statement.loads.map(loadType);
      this.#set({ name: "__set%d", key, interval, verdicts: statement.verdicts, elements, size: undefined }, id, true);
    }
    this.#begin(MESSAGE.NEWRULE, flags);
    writer.string(RULE.CHAIN, chain);
    if (handle !== undefined) writer.be64(place, handle);
    writeExpressions(writer, rule, ids);
    if (rule.comment !== undefined) writeUserdata(writer, RULE.USERDATA, USERDATA.COMMENT, rule.comment);
  }

  #set(set: NamedSet, id: number, anonymous: boolean): void {
    const writer = this.#writer;
    this.#begin(MESSAGE.NEWSET, ADD);
    writer.string(SET.NAME, set.name);
    // The kernel takes a concatenation apart only where its fields are ranges.
    const ranges = set.key.length > 1 && set.interval === true;
    let flags = anonymous ? SET_FLAG.ANONYMOUS | SET_FLAG.CONSTANT : 0;
    if (set.interval === true) flags |= SET_FLAG.INTERVAL;
    if (set.verdicts === true) flags |= SET_FLAG.MAP;
    if (set.timeout === true) flags |= SET_FLAG.TIMEOUT;
    if (set.dynamic === true) flags |= SET_FLAG.EVAL;
    if (ranges) flags |= SET_FLAG.CONCAT;
    writer.be32(SET.FLAGS, flags);
    writer.be32(SET.KEY_TYPE, set.key.reduce((type, next) => type * 64 + DATATYPES[next].id, 0));
    writer.be32(SET.KEY_LENGTH, keyLength(set.key));
    if (set.verdicts === true) writer.be32(SET.DATA_TYPE, DATA_VERDICT);
    if (set.defaultTimeout !== undefined) writer.be64(SET.TIMEOUT, set.defaultTimeout * 1000);
    writer.be32(SET.ID, id);
    // A constant set's size is known; the kernel chooses the set's kind by it.
    const size = anonymous && set.interval !== true ? set.elements.length : set.size;
    if (size !== undefined || ranges) {
      const description = writer.nest(SET.DESCRIPTION);
      if (size !== undefined) writer.be32(SET_DESCRIPTION.SIZE, size);
      if (ranges) {
        const fields = writer.nest(SET_DESCRIPTION.CONCAT);
        for (const type of set.key) {
          const field = writer.nest(LIST_ELEM);
          writer.be32(SET_FIELD_LENGTH, DATATYPES[type].size);
          writer.end(field);
        }
        writer.end(fields);
      }
      writer.end(description);
    }
    writer.bytes(SET.USERDATA, setUserdata(set));
    if (set.counter === true) {
      const expression = writer.nest(SET.EXPRESSION);
      // NFTA_EXPR_NAME alone: a counter that starts at zero.
      writer.string(1, "counter");
      writer.end(expression);
    }
    this.#elements(MESSAGE.NEWSETELEM, ADD, set, set.elements, id);
  }

  #elements(type: number, flags: number, set: NamedSet, elements: readonly Element[], id?: number): void {
    const writer = this.#writer;
    for (let index = 0; index < elements.length;) {
      this.#begin(type, flags);
      writer.string(ELEMENTS.SET, set.name);
      if (id !== undefined) writer.be32(ELEMENTS.SET_ID, id);
      const list = writer.nest(ELEMENTS.ELEMENTS);
      const start = writer.length;
      for (; index < elements.length && writer.length - start < ELEMENTS_SPLIT; index++) {
        const element = elements[index];
        if (element !== undefined) this.#element(set, element);
      }
      writer.end(list);
    }
  }

  /** A concatenation holds first and last value; a plain interval is two elements, the second one behind its end. */
  #element(set: NamedSet, element: Element): void {
    const writer = this.#writer;
    const concatenated = set.key.length > 1;
    const [type] = set.key;
    if (type === undefined) return;
    const open = writer.nest(LIST_ELEM);
    if (concatenated) writeData(writer, ELEMENT.KEY, keyBytes(set.key, element.key));
    else writeValue(writer, ELEMENT.KEY, type, element.key[0] ?? 0);
    if (set.interval === true && concatenated) {
      writeData(writer, ELEMENT.KEY_END, keyBytes(set.key, element.end ?? element.key));
    }
    if (element.verdict !== undefined) writeVerdictData(writer, ELEMENT.DATA, element.verdict);
    if (element.timeout !== undefined) writer.be64(ELEMENT.TIMEOUT, element.timeout * 1000);
    if (element.comment !== undefined) writeUserdata(writer, ELEMENT.USERDATA, USERDATA.COMMENT, element.comment);
    writer.end(open);
    if (set.interval !== true || concatenated) return;
    const last = (element.end ?? element.key)[0];
    if (last === undefined || typeof last === "string") return;
    const behind = typeof last === "number" ? last + 1 : last + 1n;
    // The last value of its type has nothing behind it.
    if (behind >= 2 ** (DATATYPES[type].size * 8)) return;
    const end = writer.nest(LIST_ELEM);
    writeValue(writer, ELEMENT.KEY, type, behind);
    writer.be32(ELEMENT.FLAGS, INTERVAL_END);
    writer.end(end);
  }
}

/** Writes NFTA_RULE_EXPRESSIONS. Sets inside the rule are named by the ids given. */
function writeExpressions(writer: AttributeWriter, rule: Rule, ids: ReadonlyMap<unknown, number> | undefined): void {
  const expressions = writer.nest(RULE.EXPRESSIONS);
  if (ids === undefined) writeExpressionBytes(writer, rule);
  else writeStatements(writer, rule.statements, (set) => ({ name: "__set%d", id: ids.get(set) }));
  writer.end(expressions);
}

/** Bytes of a key: each part of a concatenation is padded to 4. */
export function keyLength(key: readonly Datatype[]): number {
  const [only] = key;
  if (key.length === 1 && only !== undefined) return DATATYPES[only].size;
  return key.reduce((length, type) => length + slots(DATATYPES[type].size) * 4, 0);
}

function keyBytes(types: readonly Datatype[], values: readonly Value[]): Uint8Array {
  const bytes = new Uint8Array(keyLength(types));
  let at = 0;
  for (const [index, type] of types.entries()) {
    putValue(bytes, at, DATATYPES[type], values[index] ?? 0);
    at += slots(DATATYPES[type].size) * 4;
  }
  return bytes;
}

const utf8 = new TextEncoder();

/** An attribute with one record of user data. */
function writeUserdata(writer: AttributeWriter, attribute: number, type: number, text: string): void {
  const length = text.length;
  let ascii = true;
  for (let index = 0; index < length; index++) if (text.charCodeAt(index) > 127) ascii = false;
  if (!ascii) return writer.bytes(attribute, userdata(type, text));
  const at = writer.reserve(attribute, length + 3);
  const { memory } = writer;
  memory[at] = type;
  memory[at + 1] = length + 1;
  for (let index = 0; index < length; index++) memory[at + 2 + index] = text.charCodeAt(index);
}

/** One type-length-value record of user data that holds text with a zero behind it (libnftnl/udata.h). */
function userdata(type: number, text: string): Uint8Array {
  const encoded = utf8.encode(text);
  const bytes = new Uint8Array(encoded.length + 3);
  bytes[0] = type;
  bytes[1] = encoded.length + 1;
  bytes.set(encoded, 2);
  return bytes;
}

/** The byte order by which `nft` prints keys (enum byteorder of nftables: host 1, big endian 2), and the comment. */
function setUserdata(set: NamedSet): Uint8Array {
  const order = set.key.length === 1 && DATATYPES[set.key[0] ?? "integer"].order !== "network" ? 1 : 2;
  const value = new Uint8Array(new Uint32Array([order]).buffer);
  const comment = set.comment === undefined ? new Uint8Array() : userdata(USERDATA.SET_COMMENT, set.comment);
  return Uint8Array.from([USERDATA.SET_KEY_BYTEORDER, value.length, ...value, ...comment]);
}
