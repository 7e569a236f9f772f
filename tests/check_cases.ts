/** For tests of checks: snippets of the written form, each with a finding that check has of it. */
import { read } from "../lib/config/format.ts";
import type { Finding } from "../lib/model/error.ts";
import { assert, assertEquals } from "../lib/std/assert.ts";
import { check } from "../lib/features/check.ts";
import type { Document } from "../lib/features/document.ts";

/** What most snippets refer to. */
export const GROUND = `
[[interfaces]]
name = "wan"
device = "eth0"
[[interfaces]]
name = "lan"
device = "eth1"
[zones.inside]
interfaces = "lan"
[zones.nowhere]
[aliases.web]
type = "host"
members = ["192.0.2.1", "2001:db8::1"]
[aliases.six]
type = "network"
members = "fd00::/8"
[aliases.none]
type = "host"
[aliases.services]
type = "port"
members = [80, 443]
[firewall]
forwarding = true
`;

/** A filter rule with the id `r` that accepts. */
export const rule = (...fields: string[]) => `[[firewall.rules]]\nid = "r"\naction = "accept"\n${fields.join("\n")}`;
/** A filter rule with the id `r`. */
export const plain = (...fields: string[]) => `[[firewall.rules]]\nid = "r"\n${fields.join("\n")}`;
/** A NAT rule with the id `n`. */
export const nat = (type: string, ...fields: string[]) =>
  `[[nat.rules]]\nid = "n"\ntype = "${type}"\n${fields.join("\n")}`;
/** A forwarded port, to 10.0.0.1. */
export const dnat = (...fields: string[]) => nat("dnat", 'to = "10.0.0.1"', 'protocol = "tcp"', ...fields);
/** A snippet that stands behind the ground, and a finding as `severity path: message (hint)`, or its beginning. */
export type Case = readonly [toml: string, finding: string];

/** A test that check has each of these findings once. */
export function testFindings(subject: string, cases: readonly Case[], ground: string = GROUND): void {
  Deno.test(`check finds what is wrong with ${subject}`, () => {
    for (const [toml, finding] of cases) assertFinds(parsed(ground + toml), finding, toml);
  });
}

/** The document of a snippet. */
export function parsed(toml: string): Document {
  const { document, findings } = read(toml, "toml");
  assert(document !== null, `${JSON.stringify(findings)}\n${toml}`);
  return document;
}

function line({ severity, path, message, hint }: Finding): string {
  return `${severity} ${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

/** Asserts that check has exactly one finding that begins so; `source` tells where it was looked for. */
export function assertFinds(document: Document, finding: string, source: string) {
  const lines = check(document).map(line);
  const found = lines.filter((each) => each.startsWith(finding));
  assertEquals(found.length, 1, `${source}\nexpected once: ${finding}\nfound:\n${lines.join("\n")}`);
}
