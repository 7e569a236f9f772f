/** The frame that all expressions share (enum nft_list_attributes, nft_expr_attributes of linux/netfilter/nf_tables.h). */
import { AttributeReader, type AttributeWriter, LITTLE_ENDIAN } from "../../netlink/wire/attribute.ts";
import { type DatatypeInfo, DATATYPES } from "../datatype.ts";
import type { Datatype, Value } from "../ruleset.ts";

const NFTA_LIST_ELEM = 1;
const NFTA_EXPR_NAME = 1;
const NFTA_EXPR_DATA = 2;
/** NFTA_DATA_VALUE */
const VALUE = 1;

/** Writes `{ name, data: { … } }` as one element of a list of expressions. */
export function writeExpression(writer: AttributeWriter, name: string, body: (writer: AttributeWriter) => void): void {
  const element = writer.nest(NFTA_LIST_ELEM);
  writer.bytes(NFTA_EXPR_NAME, nameBytes(name));
  const data = writer.nest(NFTA_EXPR_DATA);
  body(writer);
  writer.end(data);
  writer.end(element);
}

const NAMES = new Map<string, Uint8Array>();

/** A name with the zero behind it; there are no two dozen of them. */
function nameBytes(name: string): Uint8Array {
  let bytes = NAMES.get(name);
  if (bytes === undefined) NAMES.set(name, bytes = utf8.encode(`${name}\0`));
  return bytes;
}

/** Reads name and data of an element of a list of expressions. */
export function readExpression(element: AttributeReader): { name: string; data: AttributeReader } {
  let name = "";
  // `notrack` has no data at all.
  let data = new AttributeReader(new Uint8Array());
  while (element.next()) {
    if (element.type === NFTA_EXPR_NAME) name = element.string();
    else if (element.type === NFTA_EXPR_DATA) data = element.nested();
  }
  return { name, data };
}

/**
 * The kernel's number of the nth 4-byte slot of the register file, in the form in which it dumps them: NFT_REG_1 to
 * NFT_REG_4 for every fourth slot, NFT_REG32_nn (8 and up) for the others.
 */
export function registerOf(slot: number): number {
  return slot % 4 === 0 ? 1 + slot / 4 : 8 + slot;
}

/** The slot of a register's number. */
export function slotOf(register: number): number {
  return register >= 8 ? register - 8 : (register - 1) * 4;
}

/** 4-byte slots that a value of so many bytes takes. */
export function slots(size: number): number {
  return (size + 3) >> 2;
}

const utf8 = new TextEncoder();
const words = new TextDecoder();

/** A value as the bytes that a register holds; `size` cuts to leading bytes, for prefixes of names and addresses. */
export function valueBytes(type: Datatype, value: Value, size?: number): Uint8Array {
  const info = DATATYPES[type];
  const bytes = new Uint8Array(size ?? info.size);
  putValue(bytes, 0, info, value, bytes.length);
  return bytes;
}

/** Puts a value's bytes into zeros at an offset: no more than the first `size`. */
export function putValue(bytes: Uint8Array, at: number, info: DatatypeInfo, value: Value, size = info.size): void {
  if (typeof value === "string") return putName(bytes, at, value, Math.min(info.size, size));
  const last = info.size - 1;
  if (typeof value === "bigint") {
    let rest = value;
    for (let index = last; index >= 0; index--, rest >>= 8n) {
      const place = info.order === "host" && LITTLE_ENDIAN ? last - index : index;
      if (place < size) bytes[at + place] = Number(rest & 255n);
    }
    return;
  }
  let rest = value;
  for (let index = last; index >= 0 && rest > 0; index--) {
    const place = info.order === "host" && LITTLE_ENDIAN ? last - index : index;
    if (place < size) bytes[at + place] = rest & 255;
    rest = Math.floor(rest / 256);
  }
}

function putName(bytes: Uint8Array, at: number, name: string, size: number): void {
  for (let index = 0; index < name.length && index < size; index++) {
    const code = name.charCodeAt(index);
    if (code > 127) return bytes.set(utf8.encode(name).subarray(0, size), at);
    bytes[at + index] = code;
  }
}

/** A value from a register's bytes; a name that fills less than its register and has no zero ends in `*`. */
export function readValue(type: Datatype, bytes: Uint8Array): Value {
  const info = DATATYPES[type];
  if (info.order === "text") {
    const zero = bytes.indexOf(0);
    const name = words.decode(zero < 0 ? bytes : bytes.subarray(0, zero));
    return zero < 0 && bytes.length < info.size ? `${name}*` : name;
  }
  const wide = info.size > 6;
  const host = info.order === "host" && LITTLE_ENDIAN;
  if (type === "ether_addr" || wide) {
    let value = 0n;
    for (let index = 0; index < info.size; index++) {
      value = (value << 8n) | BigInt(bytes[host ? info.size - 1 - index : index] ?? 0);
    }
    return value;
  }
  let value = 0;
  for (let index = 0; index < info.size; index++) {
    value = value * 256 + (bytes[host ? info.size - 1 - index : index] ?? 0);
  }
  return value;
}

/** Writes NFTA_DATA_VALUE inside the attribute `type`. */
export function writeData(writer: AttributeWriter, type: number, bytes: Uint8Array): void {
  const data = writer.nest(type);
  writer.bytes(VALUE, bytes);
  writer.end(data);
}

/** Writes NFTA_DATA_VALUE with a value's leading bytes inside the attribute `attribute`. */
export function writeValue(
  writer: AttributeWriter,
  attribute: number,
  type: Datatype,
  value: Value,
  size = DATATYPES[type].size,
): void {
  const data = writer.nest(attribute);
  const at = writer.reserve(VALUE, size);
  putValue(writer.memory, at, DATATYPES[type], value, size);
  writer.end(data);
}

/** Reads the bytes of an attribute that holds NFTA_DATA_VALUE; null where it holds a verdict. */
export function readData(attribute: AttributeReader): Uint8Array | null {
  const data = attribute.nested();
  while (data.next()) if (data.type === VALUE) return data.bytes();
  return null;
}
