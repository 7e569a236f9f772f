import type { Observed } from "../nft/batch.ts";
import { diff } from "../nft/diff.ts";
import { expressionBytes } from "../nft/expressions.ts";
import type { Chain, NamedSet, Rule, Statement, Table } from "../nft/ruleset.ts";
import { assertEquals } from "../std/assert.ts";
import { kernelChanges } from "./kernel_changes.ts";

const NETS: NamedSet = { name: "a4-nets", key: ["ipv4_addr"], interval: true, elements: [{ key: [1] }] };
const base: Chain["base"] = { type: "filter", hook: "input", priority: 0, policy: "accept" };

function table(rules: readonly Rule[], own: Partial<Chain> = {}, set: Partial<NamedSet> = {}): Table {
  const chains = [{ name: "own", comment: "own: a", rules: [], ...own }, { name: "in", base, rules }];
  return { family: "inet", name: "patronus", chains, sets: [{ ...NETS, ...set }] };
}

/** A table as the kernel would tell it. */
function held({ family, name, chains, sets }: Table): Observed {
  let handle = 0n;
  const rules = chains.map((chain) =>
    [
      chain.name,
      chain.rules.map((rule) => ({ ...rule, handle: ++handle, expressions: expressionBytes(rule) })),
    ] as const
  );
  return { family, name, chains, rules: new Map(rules), sets, anonymous: new Map() };
}

/** One line for each change from one table to the other. */
function told(before: Table, after: Table): string[] {
  const observed = held(before);
  return kernelChanges(observed, diff(observed, after)).map(({ action, subject, before, after }) =>
    `${action} ${subject}: ${before ?? ""} -> ${after ?? ""}`
  );
}

const port = (number: number): Statement => ({
  kind: "match",
  load: { load: "payload", field: "th dport" },
  op: "==",
  value: number,
});
const accept: Statement = { kind: "verdict", verdict: { type: "accept" } };
const jump: Rule = { comment: "jump", statements: [{ kind: "verdict", verdict: { type: "jump", chain: "own" } }] };
const look: Rule = {
  comment: "look",
  statements: [{ kind: "lookup", loads: [{ load: "payload", field: "ip saddr" }], set: "a4-nets" }, accept],
};
const open = (id: string, number: number): Rule => ({ comment: id, statements: [port(number), accept] });

Deno.test("a chain that is made anew is one change, and rules that come back as they were are none", () => {
  const rules = [open("web", 80), open("web", 443), open("mail", 25)];
  const before = table([jump, look], { rules });
  const renamed = { comment: "own: b" };
  const chain = 'change chain own: comment "own: a" -> comment "own: b"';
  assertEquals(told(before, table([jump, look], { rules, ...renamed })), [chain]);
  assertEquals(
    told(before, table([jump, look], { ...renamed, rules: [open("web", 80), open("web", 8443), open("ssh", 22)] })),
    [
      'remove rule mail in chain own: th dport 25 accept comment "mail" -> ',
      chain,
      'change rule web in chain own: th dport 443 accept comment "web" -> th dport 8443 accept comment "web"',
      'add rule ssh in chain own:  -> th dport 22 accept comment "ssh"',
    ],
  );
});

Deno.test("so is a set", () => {
  const after = table([jump, look], {}, { interval: false });
  assertEquals(told(table([jump, look]), after), ["change set a4-nets: 0.0.0.1 -> 0.0.0.1"]);
});

Deno.test("a rule that is deleted in one place and added in another has moved", () => {
  assertEquals(told(table([jump, look, open("web", 80)]), table([look, open("web", 80), jump])), [
    'change rule jump in chain in (moved): jump own comment "jump" -> jump own comment "jump"',
  ]);
  assertEquals(told(table([jump, look]), table([look])), [
    'remove rule jump in chain in: jump own comment "jump" -> ',
  ]);
});
