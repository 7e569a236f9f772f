/** IPv4 and IPv6 addresses (RFC 791, RFC 4291, RFC 5952) and prefixes, as unsigned integers. */

export type Family = 4 | 6;

/** An address as an unsigned integer of 32 or 128 bits. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A network: the address has no bit set behind `length`. */
export interface Prefix extends Address {
  readonly length: number;
}

/** Bits of an address. */
export const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** Reads an IPv4 or IPv6 address; null where the text is none. A zone (`%eth0`) is not part of an address. */
export function parseAddress(text: string): Address | null {
  if (text.includes(":")) {
    const value = parseV6(text);
    return value === null ? null : { family: 6, value };
  }
  const value = parseV4(text);
  return value === null ? null : { family: 4, value: BigInt(value) };
}

/** Prints an address; IPv6 in the canonical form of RFC 5952. */
export function formatAddress(address: Address): string {
  return address.family === 4 ? formatV4(Number(address.value)) : formatV6(address.value);
}

/** Reads `10.0.0.0/8` or `fd00::/8`; null where the text is none or host bits are set. */
export function parsePrefix(text: string): Prefix | null {
  const prefix = parseInterfaceAddress(text);
  if (prefix === null) return null;
  const hosts = (1n << BigInt(BITS[prefix.family] - prefix.length)) - 1n;
  return (prefix.value & hosts) === 0n ? prefix : null;
}

/** Reads an address with a prefix length whose host bits may be set, as an interface carries it: `192.168.1.1/24`. */
export function parseInterfaceAddress(text: string): Prefix | null {
  const slash = text.indexOf("/");
  const length = text.slice(slash + 1);
  if (slash < 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return null;
  const address = parseAddress(text.slice(0, slash));
  if (address === null || Number(length) > BITS[address.family]) return null;
  return { family: address.family, value: address.value, length: Number(length) };
}

/** Clears the host bits. */
export function network(prefix: Prefix): Prefix {
  const hostBits = BigInt(BITS[prefix.family] - prefix.length);
  return { ...prefix, value: (prefix.value >> hostBits) << hostBits };
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix)}/${prefix.length}`;
}

/** First and last address of a prefix. */
export function prefixRange(prefix: Prefix): { readonly from: bigint; readonly to: bigint } {
  const size = 1n << BigInt(BITS[prefix.family] - prefix.length);
  return { from: prefix.value, to: prefix.value + size - 1n };
}

/** Character by character: feeds have hundreds of thousands of addresses. */
function parseV4(text: string): number | null {
  let value = 0;
  let octet = 0;
  let digits = 0;
  let octets = 0;
  for (let index = 0; index <= text.length; index++) {
    const code = index < text.length ? text.charCodeAt(index) : DOT;
    if (code === DOT) {
      if (digits === 0 || octet > 255 || ++octets > 4) return null;
      value = value * 256 + octet;
      octet = digits = 0;
    } else {
      // A leading zero is refused: some programs read it as octal.
      if (code < ZERO || code > ZERO + 9 || (digits > 0 && octet === 0) || ++digits > 3) return null;
      octet = octet * 10 + code - ZERO;
    }
  }
  return octets === 4 ? value : null;
}

const DOT = ".".charCodeAt(0);
const ZERO = "0".charCodeAt(0);

function formatV4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function parseV6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = groups(halves[0] ?? "");
  const tail = halves.length === 2 ? groups(halves[1] ?? "") : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const words = [...head, ...Array<number>(missing).fill(0), ...tail];
  let value = 0n;
  // Two at a time: arithmetic on bigint is what takes long here.
  for (let index = 0; index < 8; index += 2) {
    value = (value << 32n) | BigInt((words[index] ?? 0) * 0x10000 + (words[index + 1] ?? 0));
  }
  return value;
}

function groups(text: string): number[] | null {
  if (text === "") return [];
  const words = text.split(":");
  const found: number[] = [];
  for (const [index, word] of words.entries()) {
    if (word.includes(".") && index === words.length - 1) {
      const embedded = parseV4(word);
      if (embedded === null) return null;
      found.push(embedded >>> 16, embedded & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(word)) {
      found.push(parseInt(word, 16));
    } else {
      return null;
    }
  }
  return found;
}

function formatV6(value: bigint): string {
  const words: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) words.push(Number((value >> shift) & 0xffffn));
  // RFC 5952, section 4.2: the longest run of two or more zero groups is shortened, the first one of equals.
  let start = -1;
  let run = 1;
  for (let index = 0; index < 8; index++) {
    let end = index;
    while (end < 8 && words[end] === 0) end++;
    if (end - index > run) [start, run] = [index, end - index];
    if (end > index) index = end;
  }
  const hex = (part: number[]) => part.map((word) => word.toString(16)).join(":");
  if (start < 0) return hex(words);
  // Section 5: IPv4-mapped addresses end in dotted form.
  if (start === 0 && run === 5 && words[5] === 0xffff) {
    return `::ffff:${formatV4(Number(value & 0xffffffffn))}`;
  }
  return `${hex(words.slice(0, start))}::${hex(words.slice(start + run))}`;
}
