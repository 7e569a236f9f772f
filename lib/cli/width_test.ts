import { assertEquals } from "../std/assert.ts";
import { cut, printable, width, wrap } from "./width.ts";

Deno.test("a text takes the cells that a terminal gives it", () => {
  const cases: readonly [string, number][] = [
    ["", 0],
    ["forward", 7],
    ["Büro", 4],
    ["Bu\u0308ro", 4],
    ["→ ⇄ …", 5],
    ["東京", 4],
    ["Тест", 4],
    ["ﬁ", 1],
    ["한글", 4],
    ["🔥", 2],
    ["👨‍👩‍👧", 2],
    ["🇩🇪", 2],
    ["a\u200db", 2],
  ];
  for (const [text, cells] of cases) assertEquals(width(text), cells, JSON.stringify(text));
});

Deno.test("a text that is too long is cut between characters and ends in …", () => {
  const cases: readonly [string, number, string][] = [
    ["public web", 10, "public web"],
    ["public web", 9, "public w…"],
    ["public web", 8, "public…"],
    ["public web", 1, "…"],
    ["public web", 0, ""],
    ["東京都", 6, "東京都"],
    ["東京都", 5, "東京…"],
    ["東京都", 4, "東…"],
    ["a👨‍👩‍👧b", 3, "a…"],
    ["Bu\u0308ro", 3, "Bu\u0308…"],
  ];
  for (const [text, limit, expected] of cases) {
    assertEquals(cut(text, limit), expected);
    assertEquals(width(cut(text, limit)) <= limit, true, text);
  }
});

Deno.test("nothing in a document steers the terminal", () => {
  assertEquals(printable("a\x1b[31mb\x07\r\n\x9bc\x7f"), "a\ufffd[31mb\ufffd\ufffd\ufffd\ufffdc\ufffd");
  assertEquals(printable("Büro, 東京 🔥"), "Büro, 東京 🔥");
});

Deno.test("wrapping keeps words whole", () => {
  assertEquals(wrap("the first match decides", 10), ["the first", "match", "decides"]);
  assertEquals(wrap("a verylongword here", 6), ["a", "verylongword", "here"]);
  assertEquals(wrap("  ", 6), [""]);
  assertEquals(wrap("", 6), [""]);
});
