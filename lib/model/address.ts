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
  if (prefix === null || network(prefix).value !== prefix.value) return null;
  return prefix;
}

/** Reads an address with a prefix length whose host bits may be set, as an interface carries it: `192.168.1.1/24`. */
export function parseInterfaceAddress(text: string): Prefix | null {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = match?.[1] === undefined ? null : parseAddress(match[1]);
  const length = Number(match?.[2]);
  if (address === null || length > BITS[address.family]) return null;
  return { ...address, length };
}

/** Clears the host bits. */
export function network(prefix: Prefix): Prefix {
  const hostBits = BigInt(BITS[prefix.family] - prefix.length);
  return { ...prefix, value: (prefix.value >> hostBits) << hostBits };
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix)}/${prefix.length}`;
}

/** The netmask of a prefix length, as an unsigned integer. */
export function netmask(family: Family, length: number): bigint {
  const bits = BITS[family];
  return ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
}

/** First and last address of a prefix. */
export function prefixRange(prefix: Prefix): { readonly from: bigint; readonly to: bigint } {
  const size = 1n << BigInt(BITS[prefix.family] - prefix.length);
  return { from: prefix.value, to: prefix.value + size - 1n };
}

function parseV4(text: string): number | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    // A leading zero is refused: some programs read it as octal.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = value * 256 + Number(part);
  }
  return value;
}

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
