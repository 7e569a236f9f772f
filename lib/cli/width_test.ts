import { assertEquals } from "../std/assert.ts";
import { cut, width, wrap } from "./width.ts";

Deno.test("a text takes the cells that a terminal gives it", () => {
  const cases: readonly [string, number][] = [
    ["", 0],
    ["forward", 7],
    ["Büro", 4],
    ["Bu\u0308ro", 4],
    ["→ ⇄ …", 5],
    ["東京", 4],
    ["「東京」、", 10],
    ["ｗｅｂ", 6],
    ["Тест", 4],
    ["ﬁ", 1],
    ["한글", 4],
    ["\u1112\u1161\u11ab", 2],
    ["क्ष", 2],
    ["שלום", 4],
    ["𗀀", 2],
    ["🔥", 2],
    ["👨‍👩‍👧", 2],
    ["👍🏽", 2],
    ["🇩🇪", 2],
    ["❤️", 2],
    ["1️⃣", 2],
    ["❤", 1],
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

Deno.test("wrapping breaks at spaces, and long words where they have a joint", () => {
  const cases: readonly [string, number, string[]][] = [
    ["the first match decides", 10, ["the first", "match", "decides"]],
    ["  patronus plan", 20, ["  patronus plan"]],
    ["a verylongword here", 6, ["a", "verylo", "ngword", "here"]],
    ["icmp echo-request", 9, ["icmp", "echo-", "request"]],
    ["2001:db8:1234:5678::1/64", 12, ["2001:db8:", "1234:5678::", "1/64"]],
    ["203.0.113.10", 9, ["203.0.", "113.10"]],
    ["東京都 港区", 5, ["東京", "都", "港区"]],
    ["🔥🔥", 1, ["🔥", "🔥"]],
    ["  ", 6, ["  "]],
    ["", 6, [""]],
  ];
  for (const [text, limit, lines] of cases) assertEquals(wrap(text, limit), lines, text);
});
