/**
 * Documents of a given size: rules as an office has them, each with an address, a protocol, ports and a comment. They
 * are in normal form, interfaces by name, as what an edit starts from always is.
 */
import { type Document, document as schema } from "../../lib/features/document.ts";

/** A document with so many forward rules of seven matches each, and nothing else. */
export function withRules(count: number): Document {
  return schema.parse({
    interfaces: [{ id: "lan", name: "lan", device: "eth1" }, { id: "wan", name: "wan", device: "eth0" }],
    firewall: {
      forwarding: true,
      rules: Array.from({ length: count }, (_, index) => ({
        id: `r${index}`,
        action: "accept",
        family: "ipv4",
        in: ["lan"],
        out: ["wan"],
        protocol: "tcp",
        source: `10.${(index >> 8) & 255}.${index & 255}.0/24`,
        destination: `203.0.${(index >> 8) & 255}.${index & 255}`,
        destination_port: [1024 + (index % 50_000)],
        comment: `rule number ${index}`,
      })),
    },
  });
}

/** A document with one alias of so many addresses, none beside another, and a rule that uses it. */
export function withAddresses(count: number, first = 0): Document {
  return schema.parse({
    aliases: [{ id: "feed", name: "feed", type: "host", members: addresses(count, first) }],
    firewall: { rules: [{ id: "block", chain: "input", action: "drop", source: ["feed"] }] },
  });
}

export function addresses(count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, index) => {
    const number = 2 * (index + first);
    return `11.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  });
}
