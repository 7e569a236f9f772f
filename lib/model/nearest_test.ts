import { assertEquals } from "../std/assert.ts";
import { distance, nearest } from "./nearest.ts";

Deno.test("distance counts edits, and a swap as one", () => {
  const cases: [string, string, number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["list", "list", 0],
    ["lsit", "list", 1],
    ["lst", "list", 1],
    ["kitten", "sitting", 3],
  ];
  for (const [a, b, edits] of cases) assertEquals(distance(a, b), edits, `${a} ${b}`);
});

Deno.test("nearest offers what is close or was begun, and nothing else", () => {
  const known = ["list", "show", "add", "edit", "enable-forwarding"];
  const cases: [string, string | undefined][] = [
    ["lsit", "list"],
    ["LIST", "list"],
    ["ad", "add"],
    ["enable", "enable-forwarding"],
    ["enable-forwrding", "enable-forwarding"],
    ["zzz", undefined],
    ["x", undefined],
  ];
  for (const [word, expected] of cases) assertEquals(nearest(word, known), expected, word);
});
