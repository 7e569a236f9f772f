import { assert, assertEquals } from "../std/assert.ts";
import type { CollectionPath } from "./collections.ts";
import { complaints } from "./complaint.ts";
import { SCHEMAS } from "./document.ts";
import { fields } from "./shape.ts";
import { fieldPath } from "./valid.ts";

const SOUND: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  system: {},
  interfaces: { id: "i", name: "i", device: "eth0" },
  zones: { id: "z", name: "z" },
  aliases: { id: "a", name: "a", type: "host" },
  firewall: {},
  "firewall.chains": { id: "c", name: "c" },
  "firewall.rules": { id: "r", action: "drop" },
  "nat.rules": { id: "n", type: "dnat" },
};

/** What is said of an object with this in it, as `.field: message (hint)`. */
function said(what: string, change: Readonly<Record<string, unknown>>): string[] {
  const schema = SCHEMAS[what as CollectionPath];
  const object = { ...SOUND[what], ...change };
  return (schema.safeParse(object).error?.issues ?? []).flatMap((issue) =>
    complaints(schema, issue, object, fieldPath).map(({ path, message, hint }) =>
      `${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`
    )
  );
}

const WORDS: readonly [what: string, change: Record<string, unknown>, said: string][] = [
  ["zones", { comment: "x".repeat(501) }, ".comment: has 501 characters, and at most 500 are allowed"],
  ["aliases", { tags: Array(21).fill("t") }, ".tags: has 21 entries, and at most 20 are allowed"],
  ["zones", { comment: 3 }, ".comment: expected text, found a number"],
  ["zones", { comment: false }, ".comment: expected text, found false"],
  ["zones", { name: undefined }, ".name: is missing"],
  ["zones", { name: "any" }, '.name: "any": this name is reserved'],
  ["interfaces", { device: "a/b" }, '.device: "a/b": a device name is 1 to 15 characters without slash or space'],
  ["firewall.rules", { action: undefined }, ".action: is missing (one of accept, drop, reject, jump, return)"],
  [
    "firewall.rules",
    { action: "acept" },
    '.action: "acept" is not one of accept, drop, reject, jump, return (did you mean accept?)',
  ],
  [
    "firewall.rules",
    { protocol: 300 },
    ".protocol: 300 is not one of any, tcp, udp, tcp+udp, icmp, icmpv6, sctp, esp, ah, gre " +
    "or a whole number from 0 to 255",
  ],
  [
    "firewall.rules",
    { icmp_type: [8, true] },
    ".icmp_type[1]: expected text or a whole number from 0 to 255, found true",
  ],
  ["firewall.rules", { log: "yes" }, ".log: expected true or false, found text"],
  ["firewall.rules", { protcol: "tcp" }, ".protcol: unknown key protcol (did you mean protocol?)"],
  ["firewall", { forwarding: "on" }, '.forwarding: "on" is not true or false or one of ipv4, ipv6'],
  ["firewall", { anti_lockout: [] }, ".anti_lockout: expected a table, found a list"],
  [
    "firewall",
    { anti_lockout: { source: "10.0.0.1/8" } },
    '.anti_lockout.source[0]: "10.0.0.1/8": expected a network as 192.168.0.0/16 or fd00::/8, without host bits, or an address',
  ],
  [
    "firewall",
    { anti_lockout: { source: ["10.0.0.1", "fe80::1%lan"] } },
    '.anti_lockout.source[1]: "fe80::1%lan": write it without %interface, which the field in names',
  ],
  ["nat.rules", { to: "fe80::1%lan" }, '.to: "fe80::1%lan": write it without %interface, which the field in names'],
];

Deno.test("complaints say in the field's terms what is wrong", () => {
  for (const [what, change, words] of WORDS) assertEquals(said(what, change), [words], JSON.stringify(change));
});

Deno.test("no field of the document is refused in zod's words", () => {
  const values = [
    null,
    true,
    -1,
    3.5,
    1e9,
    10n,
    "",
    " ",
    "x".repeat(2000),
    {},
    [],
    [null],
    [[]],
    Array(1001).fill("x"),
  ];
  const foreign =
    /invalid (input|option|string)|too (big|small)|received|unrecognized|expected (string|number|boolean|array|object|int)|>=|<=/i;
  let refused = 0;
  for (const [what, schema] of Object.entries(SCHEMAS)) {
    for (const field of Object.keys(fields(schema))) {
      for (const value of values) {
        for (const words of said(what, { [field]: value })) {
          refused++;
          assert(!foreign.test(words.replaceAll(/"[^"]*"/g, "")), words);
        }
      }
    }
  }
  assert(refused > 100);
});
