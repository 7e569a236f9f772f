import { manyRules } from "../config/sample.ts";
import { assert, assertEquals } from "../std/assert.ts";
import { check } from "./check.ts";
import { assertFinds, GROUND, parsed, rule, testFindings } from "../../tests/check_cases.ts";
import { type Document, document } from "./document.ts";

Deno.test("the ground of the snippets is sound", () => {
  assertEquals(check(parsed(GROUND)), []);
});

testFindings("interfaces and zones", [
  [
    '[[interfaces]]\nname = "x"\ndevice = "eth0"',
    "error interfaces[x].device: the device eth0 has two names: wan and x",
  ],
  ['[[interfaces]]\nname = "b"\ndevice = "eth*"', "error interfaces[b].device: a device name with"],
  ['[zones.z]\ninterfaces = "lann"', "error zones.z.interfaces[0]: there is no interface lann (did you mean lan?)"],
  ['[zones.z]\ninterfaces = "inside"', "error zones.z.interfaces[0]: inside is a zone, where an interface stands"],
  ['[zones.z]\ninterfaces = ["lan", "lan"]', "note zones.z.interfaces[1]: lan stands here twice"],
]);

/** No file can say these, but an edit could. */
Deno.test("check finds ids and names that mean two objects, or that mean something else", () => {
  const host = { id: "a", name: "a", type: "host" };
  const cases: [Record<string, unknown>, string][] = [
    [{ zones: [{ id: "a", name: "z" }], aliases: [host] }, "error aliases.a.id: the id a occurs twice (zones.z has"],
    [{ zones: [{ id: "z", name: "a" }], aliases: [host] }, "error aliases.a.name: the name a occurs twice (zones.a"],
    [{ aliases: [{ ...host, id: "any" }] }, "error aliases.a.id: the id any is reserved"],
    [
      { firewall: { chains: [{ id: "c", name: "x" }, { id: "d", name: "x" }] } },
      "error firewall.chains[x].name: the name x occurs twice",
    ],
    [{ firewall: { chains: [{ id: "input", name: "x" }] } }, "error firewall.chains[x].id: the id input is reserved"],
    [
      { firewall: { rules: [{ id: "r", action: "drop" }] }, nat: { rules: [{ id: "r", type: "masquerade" }] } },
      "error nat.rules[r].id: the id r occurs twice (firewall.rules[r] has it as well)",
    ],
  ];
  for (const [value, finding] of cases) assertFinds(document.parse(value), finding, JSON.stringify(value));
});

Deno.test("check reports everything at once, and errors of disabled rules too", () => {
  const findings = check(
    parsed(GROUND + rule('in = "x1"', 'source = "x2"', "destination_port = 1", "enabled = false")),
  );
  assertEquals(findings.map(({ path }) => path), [
    "firewall.rules[r].in[0]",
    "firewall.rules[r].source[0]",
    "firewall.rules[r].destination_port",
  ]);
});

Deno.test("the example document has no findings", async () => {
  assertEquals(check(parsed(await Deno.readTextFile(new URL("../demo/example.toml", import.meta.url)))), []);
});

/** Bounds are some ten times what it takes, for busy machines. */
Deno.test("ten thousand rules and an alias of a hundred thousand members are checked at once", () => {
  const members = Array.from({ length: 100_000 }, (_, n) => `10.${n % 7}.${(n >> 8) & 255}.${n & 255}`);
  const cases: [Document, milliseconds: number][] = [
    [manyRules(10_000), 500],
    [document.parse({ aliases: [{ id: "a", name: "a", type: "host", members }] }), 2000],
    [document.parse({ aliases: Array.from({ length: 10_000 }, (_, n) => chained(n)) }), 2000],
  ];
  for (const [each, milliseconds] of cases) {
    const start = performance.now();
    check(each);
    const took = performance.now() - start;
    assert(took < milliseconds, `${took} ms`);
  }
});

/** Aliases that hold each other in one long line, which no recursion survives. */
function chained(n: number) {
  return { id: `n${n}`, name: `n${n}`, type: "host", members: [`n${n + 1}`] };
}
