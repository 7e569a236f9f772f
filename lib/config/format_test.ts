import { assertEquals } from "../std/assert.ts";
import { read } from "./format.ts";

const BROKEN: readonly [what: string, text: string, format: "toml" | "json", message: string, hint?: string][] = [
  [
    "a value that is missing",
    "schema = 1\n[system]\nhostname =\n",
    "toml",
    "this is not TOML: line 3, column 11: invalid value",
    "the line is: hostname =",
  ],
  [
    "a key twice",
    "[system]\nhostname = 'a'\nhostname = 'b'\n",
    "toml",
    "this is not TOML: line 3, column 1: trying to redefine an already defined table or value",
    "the line is: hostname = 'b'",
  ],
  [
    "JSON that ends early",
    '{"schema": 1',
    "json",
    "this is not JSON: Expected ',' or '}' after property value in JSON at position 12 (line 1 column 13)",
  ],
];

for (const [what, text, format, message, hint] of BROKEN) {
  Deno.test(`a syntax error names its line: ${what}`, () => {
    const { document, findings } = read(text, format);
    assertEquals(document, null);
    assertEquals(findings, [{ severity: "error", path: "", message, ...(hint === undefined ? {} : { hint }) }]);
  });
}

Deno.test("names of JavaScript's own objects are names like any other", () => {
  const { document, findings } = read("[zones.constructor]\n[zones.toString]\n[zones.valueOf]\n", "toml");
  assertEquals([findings, document?.zones.map(({ name }) => name)], [[], ["constructor", "toString", "valueOf"]]);
});

Deno.test("a key that stands twice in a JSON object is refused with its place, among all else that is wrong", () => {
  const text = '{"system": {"hostname": "a", "hostname": "b"}, "interfaces": [{"name": "x"}], "interfaces": []}';
  const { document, findings } = read(text, "json");
  assertEquals(document, null);
  assertEquals(findings.map(({ path, message }) => `${path}: ${message}`), [
    "system.hostname: the key hostname stands twice in one object",
    "interfaces: the key interfaces stands twice in one object",
  ]);
});
