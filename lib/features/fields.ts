/** Fields that several sections of the document share. */
import { z } from "zod";
import { BITS, parseAddress, parsePrefix } from "../model/address.ts";
import { DEVICE, ID, NAME } from "../model/id.ts";
import { parsePorts } from "../model/port.ts";
import { BUILT_IN_CHAINS } from "./collections.ts";

/**
 * Marks on a field, read from the schema by whoever exports, shows or synchronises a document.
 *
 * - `local`: belongs to this node and stays out of synchronisation (host name, device names, addresses)
 * - `secret`: holds a reference into the secret table, never the secret itself
 */
export interface FieldMarks {
  readonly local?: boolean;
  readonly secret?: boolean;
}

declare module "zod" {
  interface GlobalMeta extends FieldMarks {
    readonly unitOfMeasure?: string;
  }
}

export const id = z.string().regex(ID, "an id is 1 to 48 of a-z, 0-9 and -, and starts with a letter")
  .describe("Immutable id; references and history keep to it");

export const name = z.string().regex(NAME, "a name is 1 to 32 letters, digits, _ or -, and starts with a letter")
  .refine((text) => text !== "any" && !BUILT_IN_CHAINS.includes(text), "this name is reserved")
  .describe("Name that rules and pages use; it may change");

/** A reference, or a literal of any kind: 1 to 200 visible characters. */
const word = z.string().regex(/^[!-~]{1,200}$/, "expected a name or a value without spaces");

/** Empty in the normal form where the interface's name is the device's. */
export const device = z.string().refine(
  (text) => text === "" || DEVICE.test(text),
  "a device name is 1 to 15 characters without slash or space",
);

export const comment = z.string().max(500).default("").describe("Free text, shown beside the object");

export const tags = z.array(z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/, "a tag is 1 to 32 letters, digits, _ . -"))
  .max(20).default([]).describe("Words to group and filter by");

export const enabled = z.boolean().default(true).describe("Whether it takes effect");

/** One value or several; the document always holds a list, and prints a single value without brackets. */
export function oneOrMany<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => value === undefined || Array.isArray(value) ? value : [value], z.array(item).max(1000))
    .default([]);
}

/** Interfaces and zones by name; `!` in front excludes. */
export const places = oneOrMany(word).describe("Interfaces or zones; ! in front excludes; none means any");

/** Addresses, prefixes, ranges and aliases; `!` in front excludes. */
export const endpoints = oneOrMany(word).describe(
  "Addresses, prefixes, ranges (10.0.0.1-10.0.0.9) or aliases; ! in front excludes; none means any",
);

/** Ports, ranges and port aliases; `!` in front excludes. Always text inside the document. */
export const ports = oneOrMany(z.preprocess((value) => typeof value === "number" ? String(value) : value, word))
  .describe("Ports, ranges (8000-8100) or port aliases; ! in front excludes; none means any");

export const address = z.string().refine((text) => parseAddress(text) !== null, "expected an IPv4 or IPv6 address");

/** Says what was expected; of a link-local address with its interface, where that belongs. */
export function orZone(expected: string) {
  return ({ input }: { readonly input?: unknown }) =>
    typeof input === "string" && input.includes("%")
      ? "write it without %interface, which the field in names"
      : expected;
}

/** A network; a single address is one of full length, and the document holds it so. */
export const prefix = z.preprocess(
  (value) => typeof value === "string" ? withLength(value) : value,
  z.string().refine((text) => parsePrefix(text) !== null, {
    error: orZone("expected a network as 192.168.0.0/16 or fd00::/8, without host bits, or an address"),
  }),
);

function withLength(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : `${text}/${BITS[address.family]}`;
}

/** One port or a range, as text. */
export const portRange = z.preprocess(
  (value) => typeof value === "number" ? String(value) : value,
  z.string().refine((text) => parsePorts(text) !== null, "expected a port (1-65535) or a range as 8000-8100"),
);

/** Protocol by name or by its number (IANA protocol numbers). */
export const protocol = z.union([
  z.enum(["any", "tcp", "udp", "tcp+udp", "icmp", "icmpv6", "sctp", "esp", "ah", "gre"]),
  z.int().min(0).max(255),
]).default("any").describe("Protocol by name or number");

export const family = z.enum(["both", "ipv4", "ipv6"]).default("both").describe("Address families it is for");
