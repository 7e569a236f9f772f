import { document } from "../features/document.ts";
import type { Document } from "../features/document.ts";
import { assert, assertEquals } from "../std/assert.ts";
import { print, read } from "./format.ts";
import { canonical } from "./parts.ts";
import { randomDocument } from "./sample.ts";
import { fromWritten, toWritten } from "./written.ts";

const SEEDS = 300;

function parsed(value: unknown): Document {
  const { document, findings } = fromWritten(value);
  assertEquals(findings, []);
  assert(document !== null);
  return document;
}

Deno.test("random documents round trip exactly through TOML and JSON, and the written form is a fixpoint", () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const normal = randomDocument(seed);
    for (const format of ["toml", "json"] as const) {
      const text = print(normal, format);
      const { document, findings } = read(text, format);
      assertEquals(findings, [], `seed ${seed}:\n${text}`);
      assertEquals(canonical(document), canonical(normal), `seed ${seed}:\n${text}`);
      assertEquals(document === null ? "" : print(document, format), text);
    }
  }
});

Deno.test("names become ids and back; defaults and implied ids are left out", () => {
  const written = {
    schema: 1,
    interfaces: [{ name: "Lan", device: "eth0" }],
    zones: { inside: { interfaces: "Lan" } },
    aliases: {
      web: { id: "servers", type: "host", members: "192.0.2.1" },
      ports: { type: "port", members: [80, "90-99"] },
    },
    firewall: {
      anti_lockout: { in: "inside" },
      chains: [{ name: "Guests" }],
      rules: [{
        id: "r",
        action: "jump",
        target: "Guests",
        in: ["!inside", "Lan"],
        destination: "!web",
        destination_port: ["ports", 22],
      }],
    },
  };
  const normal = parsed(written);
  assertEquals(normal.interfaces[0]?.id, "lan");
  assertEquals(normal.zones[0]?.interfaces, ["lan"]);
  assertEquals(normal.firewall.anti_lockout.in, ["inside"]);
  const [rule] = normal.firewall.rules;
  assertEquals([rule?.target, rule?.in, rule?.destination, rule?.destination_port], ["guests", ["!inside", "lan"], [
    "!servers",
  ], ["ports", "22"]]);
  assertEquals(canonical(toWritten(normal)), canonical(written));
});

Deno.test("a single address where networks stand is one of full length", () => {
  const { firewall, nat } = parsed({
    firewall: { anti_lockout: { source: ["192.0.2.7", "fd00::7", "10.0.0.0/8"] } },
    nat: { rules: [{ type: "one-to-one", external: "203.0.113.5", internal: "10.0.0.5" }] },
  });
  assertEquals(firewall.anti_lockout.source, ["192.0.2.7/32", "fd00::7/128", "10.0.0.0/8"]);
  assertEquals([nat.rules[0]?.external, nat.rules[0]?.internal], ["203.0.113.5/32", "10.0.0.5/32"]);
});

Deno.test("given ids keep, whatever is made of other names; namespaces are shared as documented", () => {
  const normal = parsed({
    interfaces: [{ name: "web", device: "a" }],
    zones: { Web: {} },
    aliases: { WEB: { id: "web", type: "host" } },
    firewall: {
      chains: [{ name: "Input" }],
      rules: [{ action: "drop" }, { action: "drop", comment: "No way!" }, { action: "drop" }],
    },
    nat: { rules: [{ type: "masquerade" }, { type: "masquerade", id: "rule" }] },
  });
  assertEquals([normal.interfaces[0]?.id, normal.zones[0]?.id, normal.aliases[0]?.id], ["web-2", "web-3", "web"]);
  assertEquals(normal.firewall.chains[0]?.id, "input-2");
  assertEquals(normal.firewall.rules.map(({ id }) => id), ["rule-2", "no-way", "rule-3"]);
  assertEquals(normal.nat.rules.map(({ id }) => id), ["rule-4", "rule"]);
});

Deno.test("a rename keeps references; a name wins over another object's id", () => {
  const renamed = document.parse({
    aliases: [{ id: "web", name: "www", type: "host" }, { id: "other", name: "web", type: "host" }],
    firewall: { rules: [{ id: "r", action: "drop", source: ["web", "!other"] }] },
  });
  const written = toWritten(renamed);
  assertEquals((written.firewall as { rules: { source: unknown }[] }).rules[0]?.source, ["www", "!web"]);
  assertEquals(parsed(written).firewall.rules[0]?.source, ["web", "!other"]);
});

Deno.test("ten thousand rules without ids or comments get theirs quickly", () => {
  const rules = Array.from({ length: 10_000 }, () => ({ action: "drop" }));
  const start = performance.now();
  assertEquals(parsed({ firewall: { rules } }).firewall.rules.at(-1)?.id, "rule-10000");
  assert(performance.now() - start < 5000);
});

const REFUSED: readonly [name: string, toml: string, path: string, words: string][] = [
  [
    "unknown key of a rule",
    '[[firewall.rules]]\nid = "r"\naction = "drop"\nprotcol = "tcp"',
    "firewall.rules[r].protcol",
    "did you mean protocol?",
  ],
  ["unknown section", "[firewal]", "firewal", "did you mean firewall?"],
  ["unknown setting", "[firewall.anti_lockout]\nport = 22", "firewall.anti_lockout.port", "did you mean ports?"],
  ["unknown key of a zone", '[zones.inside]\ninterfacs = "lan"', "zones.inside.interfacs", "did you mean interfaces?"],
  ["name inside a keyed table", '[zones.inside]\nname = "x"', "zones.inside.name", "the key already"],
  ["wrong word", '[[firewall.rules]]\naction = "acept"', "firewall.rules[0].action", "did you mean accept?"],
  ["missing field", '[[firewall.rules]]\nid = "r"', "firewall.rules[r].action", "is missing"],
  ["wrong type", "[firewall]\nping = 3", "firewall.ping", "expected true or false, found a number"],
  [
    "wrong element",
    '[firewall.anti_lockout]\nsource = ["10.0.0.0/8", "10.0.0.1/8"]',
    "firewall.anti_lockout.source[1]",
    "host bits",
  ],
  [
    "single wrong element",
    '[firewall.anti_lockout]\nsource = "x"',
    "firewall.anti_lockout.source[0]",
    "expected a network",
  ],
  ["bad id", '[[firewall.rules]]\nid = "R 1"\naction = "drop"', "firewall.rules[R 1].id", "an id is"],
  [
    "id twice",
    '[[firewall.rules]]\nid = "r"\naction = "drop"\n[[nat.rules]]\nid = "r"\ntype = "masquerade"',
    "nat.rules[r].id",
    "occurs twice",
  ],
  ["name twice", '[zones.a]\n[aliases.a]\ntype = "host"', "aliases.a.name", "occurs twice"],
  ["reserved id", '[[firewall.chains]]\nid = "input"\nname = "x"', "firewall.chains[x].id", "reserved"],
  ["reserved name", "[aliases.any]\ntype = 'host'", "aliases.any.name", "reserved"],
  ["list for a table", "[[zones]]\nname = 'a'", "zones", "tables by name"],
  ["table for a list", "[interfaces.lan]", "interfaces", "list of tables"],
  ["newer schema", "schema = 2", "schema", "schema 2"],
  ["a date", "schema = 1979-05-27", "schema", "date"],
  ["a date for text", "[system]\ndescription = 1979-05-27", "system.description", "found a date write it as text"],
  ["a date for a table", "system = 1979-05-27", "system", "expected a table, found a date"],
  ["prototype", "[zones.__proto__]\ncomment = 'x'", "zones.__proto__", "unknown key"],
  ["syntax", "a = ", "", "line 1"],
];

for (const [name, toml, path, words] of REFUSED) {
  Deno.test(`refused: ${name}`, () => {
    const { document, findings } = read(toml, "toml");
    assertEquals(document, null);
    const found = findings.find((finding) => finding.path === path);
    assert(found !== undefined, JSON.stringify(findings));
    assert(`${found.message} ${found.hint ?? ""}`.includes(words), JSON.stringify(found));
  });
}

Deno.test("hostile input is refused without harm", () => {
  for (const value of [null, 1, "x", 1n, [], [{}], new Date(), undefined]) {
    assertEquals(fromWritten(value).document, null);
  }
  for (
    const text of [
      '{"__proto__": {"polluted": 1}}',
      '{"zones": {"__proto__": {}}}',
      `{"a": ${"[".repeat(5000)}${"]".repeat(5000)}}`,
      "[".repeat(1e5),
    ]
  ) {
    assertEquals(read(text, "json").document, null, text.slice(0, 40));
  }
  assertEquals(read(`a = ${"[".repeat(1e5)}`, "toml").document, null);
  assertEquals(({} as { polluted?: unknown }).polluted, undefined);
});

Deno.test("all findings come at once", () => {
  const { findings } = read("x = 1\n[firewall]\nping = 1\nfoo = 2\n[zones.a]\nb = 1", "toml");
  assertEquals(findings.map(({ path }) => path).sort(), ["firewall.foo", "firewall.ping", "x", "zones.a.b"]);
});

Deno.test("an id made of a comment is never one of the compiler's own", () => {
  const { firewall } = parsed({
    firewall: { rules: [{ action: "drop", comment: "Default deny" }, { action: "drop", comment: "system logs" }] },
  });
  assertEquals(firewall.rules.map(({ id }) => id), ["rule-default-deny", "rule-system-logs"]);
});
