import { assert, assertEquals } from "../std/assert.ts";
import { commentId, logPrefix, ruleComment } from "./comment.ts";

Deno.test("a comment holds the id and the text, without what nft cannot quote", () => {
  const cases: [string, string][] = [
    ["", "web"],
    ["public web", "web: public web"],
    ['say "hello"', "web: say 'hello'"],
    ["two\nlines\tand a bell\u0007", "web: two lines and a bell"],
    ["accept \u202eetisnart", "web: accept  etisnart"],
    ["\u009b2J and half of a \ud83d pair", "web: 2J and half of a   pair"],
    ["  ", "web"],
    ["accept; drop } table", "web: accept; drop } table"],
  ];
  for (const [words, expected] of cases) assertEquals(ruleComment("web", words), expected);
  assertEquals(commentId("web: a: b"), "web");
  assertEquals(commentId("web"), "web");
});

Deno.test("a comment is cut at 127 bytes and never inside a character", () => {
  for (const filler of ["a", "ü", "€", "🛡"]) {
    for (let length = 30; length < 140; length++) {
      const bytes = new TextEncoder().encode(ruleComment("web", filler.repeat(length)));
      assert(bytes.length <= 127);
      if (filler.length * length > 127) assert(bytes.length > 127 - 4);
      new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    }
  }
});

Deno.test("a log prefix ends in a space behind the verdict", () => {
  assertEquals(logPrefix("web", "accept"), "web:accept ");
});
