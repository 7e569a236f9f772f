import { parse } from "smol-toml";
import { assertEquals } from "../std/assert.ts";
import { printToml } from "./toml.ts";

Deno.test("a text comes back as it was, and nothing in it steers whoever looks at the file", () => {
  const cases: readonly [text: string, printed: string][] = [
    ['say "a\\b"\n\tand\b\f\r', '"say \\"a\\\\b\\"\\n\\tand\\b\\f\\r"'],
    ["\x1b[2J\x9b\x7f", '"\\u001b[2J\\u009b\\u007f"'],
    ["accept \u202eetisnart\u202c\u200b", '"accept \\u202eetisnart\\u202c\\u200b"'],
    ["\u{e0041}", '"\\U000e0041"'],
    ["Büro, 東京 👨‍👩‍👧", '"Büro, 東京 👨‍👩‍👧"'],
  ];
  for (const [text, printed] of cases) {
    assertEquals(printToml({ text }), `text = ${printed}\n`);
    assertEquals(parse(printToml({ text }))["text"], text);
  }
  assertEquals(printToml({ text: "\ud83d" }), 'text = "\ufffd"\n');
});
