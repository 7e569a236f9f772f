/**
 * Netlink messages and attributes as bytes (linux/netlink.h; RFC 3549). A message is a 16-byte header and a payload, an
 * attribute a 4-byte header (length, type) and a payload, both padded to 4 bytes. Lengths and types are in host order,
 * payloads in the order that each protocol says.
 */
import { NetlinkDecodeError } from "./error.ts";

/** NLA_F_NESTED: the payload is attributes. */
const NESTED = 0x8000;
/** NLA_TYPE_MASK: what is left of a type without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const TYPE_MASK = 0x3fff;
/** Bytes of struct nlmsghdr. */
export const MESSAGE_HEADER = 16;
/** Bytes of struct nlattr. */
const ATTRIBUTE_HEADER = 4;
/** The most that an attribute's 16-bit length can say. */
export const ATTRIBUTE_LIMIT = 65535;

/** Byte order of this machine. */
export const LITTLE_ENDIAN: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { fatal: false });

/**
 * Writes messages one behind the other into one growing buffer. Lengths are filled in when a message or nest ends, so
 * nothing is copied or measured twice.
 */
export class AttributeWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;
  #message = -1;
  readonly #nested: number;
  /** nlmsg_seq of the next message. */
  sequence: number;

  /** `capacity`: bytes to begin with, or the memory itself. With `plain`, nests carry no NLA_F_NESTED: nf_tables and other old protocols dump them so, and take them so. */
  constructor(capacity: number | Uint8Array<ArrayBuffer> = 4096, sequence = 1, plain = false) {
    this.#nested = plain ? 0 : NESTED;
    this.#bytes = typeof capacity === "number" ? new Uint8Array(capacity) : capacity;
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    this.sequence = sequence;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Begins a message, which ends the one before. `header` is the family's fixed header, as `nfgenmsg`. */
  message(type: number, flags: number, header: Uint8Array | readonly number[]): void {
    this.#endMessage();
    const start = this.#grow(MESSAGE_HEADER + header.length);
    this.#message = start;
    this.#view.setUint32(start, 0, LITTLE_ENDIAN);
    this.#view.setUint16(start + 4, type, LITTLE_ENDIAN);
    this.#view.setUint16(start + 6, flags, LITTLE_ENDIAN);
    this.#view.setUint32(start + 8, this.sequence++, LITTLE_ENDIAN);
    this.#view.setUint32(start + 12, 0, LITTLE_ENDIAN);
    this.#bytes.set(header, start + MESSAGE_HEADER);
  }

  u8(type: number, value: number): void {
    // The place comes first: making room may replace the memory.
    const at = this.#attribute(type, 1);
    this.#bytes[at] = value;
  }

  u16(type: number, value: number): void {
    const at = this.#attribute(type, 2);
    this.#view.setUint16(at, value, LITTLE_ENDIAN);
  }

  u32(type: number, value: number): void {
    const at = this.#attribute(type, 4);
    this.#view.setUint32(at, value, LITTLE_ENDIAN);
  }

  /** A signed integer. */
  i32(type: number, value: number): void {
    const at = this.#attribute(type, 4);
    this.#view.setInt32(at, value, LITTLE_ENDIAN);
  }

  be16(type: number, value: number): void {
    const at = this.#attribute(type, 2);
    this.#view.setUint16(at, value);
  }

  be32(type: number, value: number): void {
    const at = this.#attribute(type, 4);
    this.#view.setUint32(at, value);
  }

  be64(type: number, value: number | bigint): void {
    const at = this.#attribute(type, 8);
    if (typeof value === "bigint") {
      this.#view.setBigUint64(at, value);
    } else {
      this.#view.setUint32(at, Math.floor(value / 0x1_0000_0000));
      this.#view.setUint32(at + 4, value >>> 0);
    }
  }

  /** Text in UTF-8 with a zero byte behind it. */
  string(type: number, value: string): void {
    const at = this.#attribute(type, value.length + 1);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) {
        this.#length = at - ATTRIBUTE_HEADER;
        const encoded = utf8.encode(value);
        const start = this.#attribute(type, encoded.length + 1);
        this.#bytes.set(encoded, start);
        this.#bytes[start + encoded.length] = 0;
        return;
      }
      this.#bytes[at + index] = code;
    }
    this.#bytes[at + value.length] = 0;
  }

  bytes(type: number, value: Uint8Array): void {
    const at = this.#attribute(type, value.length);
    this.#bytes.set(value, at);
  }

  /** An attribute whose `size` zeros the caller fills in `memory`; gives where they begin. */
  reserve(type: number, size: number): number {
    const at = this.#attribute(type, size);
    for (let index = at; index < at + size; index++) this.#bytes[index] = 0;
    return at;
  }

  /** What the writer writes into; the next attribute may put other memory in its place. */
  get memory(): Uint8Array {
    return this.#bytes;
  }

  /** An attribute without a payload. */
  flag(type: number): void {
    this.#attribute(type, 0);
  }

  /** Writes bytes as they are, padded to 4: the fixed header that some nests begin with. */
  raw(value: Uint8Array | readonly number[]): void {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
  }

  /** Begins an attribute that holds attributes; give what comes back to `end`. */
  nest(type: number): number {
    const start = this.#grow(ATTRIBUTE_HEADER);
    this.#view.setUint16(start + 2, type | this.#nested, LITTLE_ENDIAN);
    return start;
  }

  /** Ends a nest; throws a `RangeError` when it grew beyond what an attribute's length can say. */
  end(nest: number): void {
    const length = this.#length - nest;
    if (length > ATTRIBUTE_LIMIT) {
      throw new RangeError(`a netlink attribute of ${length} bytes passes ${ATTRIBUTE_LIMIT}`);
    }
    this.#view.setUint16(nest, length, LITTLE_ENDIAN);
  }

  /** Ends the last message and gives all bytes, as a view into the writer's buffer. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#endMessage();
    this.#message = -1;
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written and keeps the memory. */
  reset(): void {
    this.#length = 0;
    this.#message = -1;
  }

  /** The bytes between two positions, as a view that the next write may invalidate. */
  slice(from: number, to: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(from, to);
  }

  #endMessage(): void {
    if (this.#message >= 0) this.#view.setUint32(this.#message, this.#length - this.#message, LITTLE_ENDIAN);
  }

  #attribute(type: number, size: number): number {
    if (size + ATTRIBUTE_HEADER > ATTRIBUTE_LIMIT) {
      throw new RangeError(`a netlink attribute of ${size} bytes passes ${ATTRIBUTE_LIMIT - ATTRIBUTE_HEADER}`);
    }
    const start = this.#grow(ATTRIBUTE_HEADER + size);
    this.#view.setUint16(start, ATTRIBUTE_HEADER + size, LITTLE_ENDIAN);
    this.#view.setUint16(start + 2, type, LITTLE_ENDIAN);
    return start + ATTRIBUTE_HEADER;
  }

  /** Makes room for `size` bytes and zeros that pad them to 4, and gives where they start. */
  #grow(size: number): number {
    const start = this.#length;
    const end = start + ((size + 3) & ~3);
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    for (let at = start + size; at < end; at++) this.#bytes[at] = 0;
    this.#length = end;
    return start;
  }
}

/**
 * A cursor over the attributes of a piece of memory: `while (reader.next()) switch (reader.type) …`. It allocates
 * nothing for each attribute, never reads outside its piece, and ends in a `NetlinkDecodeError` on lengths that
 * contradict each other.
 */
export class AttributeReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #next: number;
  /** Type of the current attribute, without flags. */
  type = 0;
  /** Where the current payload starts in the bytes. */
  offset = 0;
  /** Bytes of the current payload. */
  size = 0;

  constructor(bytes: Uint8Array, from = 0, to: number = bytes.length, view?: DataView) {
    if (from < 0 || to > bytes.length || from > to) {
      throw new NetlinkDecodeError(`attributes from ${from} to ${to} of ${bytes.length}`);
    }
    this.#bytes = bytes;
    this.#view = view ?? new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#next = from;
    this.#end = to;
  }

  /** Moves to the next attribute; false behind the last. */
  next(): boolean {
    const start = this.#next;
    const left = this.#end - start;
    if (left <= 0) return false;
    if (left < ATTRIBUTE_HEADER) {
      throw new NetlinkDecodeError(`${left} bytes are left where an attribute's header should be`);
    }
    const length = this.#view.getUint16(start, LITTLE_ENDIAN);
    if (length < ATTRIBUTE_HEADER || length > left) {
      throw new NetlinkDecodeError(`an attribute says ${length} bytes where ${left} are left`);
    }
    this.type = this.#view.getUint16(start + 2, LITTLE_ENDIAN) & TYPE_MASK;
    this.offset = start + ATTRIBUTE_HEADER;
    this.size = length - ATTRIBUTE_HEADER;
    this.#next = start + ((length + 3) & ~3);
    return true;
  }

  u8(): number {
    this.#need(1);
    return this.#view.getUint8(this.offset);
  }

  u16(): number {
    this.#need(2);
    return this.#view.getUint16(this.offset, LITTLE_ENDIAN);
  }

  u32(): number {
    this.#need(4);
    return this.#view.getUint32(this.offset, LITTLE_ENDIAN);
  }

  /** A signed integer. */
  i32(): number {
    this.#need(4);
    return this.#view.getInt32(this.offset, LITTLE_ENDIAN);
  }

  be16(): number {
    this.#need(2);
    return this.#view.getUint16(this.offset);
  }

  be32(): number {
    this.#need(4);
    return this.#view.getUint32(this.offset);
  }

  be64(): bigint {
    this.#need(8);
    return this.#view.getBigUint64(this.offset);
  }

  /** A signed 32-bit integer in network order. */
  sbe32(): number {
    this.#need(4);
    return this.#view.getInt32(this.offset);
  }

  /** Text up to the first zero byte. */
  string(): string {
    let end = this.offset;
    const limit = this.offset + this.size;
    let ascii = "";
    for (; end < limit; end++) {
      const code = this.#bytes[end] ?? 0;
      if (code === 0) return ascii;
      if (code > 127) break;
      ascii += String.fromCharCode(code);
    }
    if (end === limit) return ascii;
    const zero = this.#bytes.indexOf(0, end);
    return text.decode(this.#bytes.subarray(this.offset, zero >= 0 && zero < limit ? zero : limit));
  }

  /** The payload as a view, not a copy. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(this.offset, this.offset + this.size);
  }

  /** A cursor over the attributes inside the current one, behind a header of so many bytes. */
  nested(header = 0): AttributeReader {
    this.#need(header);
    return new AttributeReader(this.#bytes, this.offset + header, this.offset + this.size, this.#view);
  }

  #need(size: number): void {
    if (this.size < size) {
      throw new NetlinkDecodeError(`attribute ${this.type} has ${this.size} bytes instead of ${size}`);
    }
  }
}
