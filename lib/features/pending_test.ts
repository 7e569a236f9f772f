import { assertEquals } from "../std/assert.ts";
import { longestRising, pendingChanges } from "./pending.ts";

const items = (text: string) =>
  text === "" ? [] : text.split(" ").map((word) => ({ id: word.slice(0, 1), comment: word.slice(1) }));

Deno.test("what a candidate adds, changes, moves and removes is found with as few moves as can be", () => {
  const cases: readonly [before: string, after: string, ordered: boolean, pending: Record<string, string>][] = [
    ["a b c", "a b c", true, {}],
    ["a b c", "a b c d", true, { d: "added" }],
    ["a b c", "a c", true, { b: "removed" }],
    ["a b c", "a b! c", true, { b: "changed" }],
    ["a b c d e", "e a b c d", true, { e: "moved" }],
    ["a b c d e", "b c d e a", true, { a: "moved" }],
    ["a b c", "c! a b", true, { c: "changed" }],
    ["a b c", "c a b", false, {}],
    ["", "a", true, { a: "added" }],
    ["a", "", true, { a: "removed" }],
  ];
  for (const [before, after, ordered, pending] of cases) {
    assertEquals(
      Object.fromEntries(pendingChanges(items(before), items(after), ordered)),
      pending,
      `${before} / ${after}`,
    );
  }
  assertEquals(pendingChanges(null, items("a b"), true).size, 0);
});

Deno.test("a longest rising part is found", () => {
  const cases: readonly [number[], number][] = [[[], 0], [[3], 1], [[3, 2, 1], 1], [[1, 2, 3], 3], [
    [2, 5, 3, 7, 1, 8],
    4,
  ]];
  for (const [numbers, length] of cases) {
    const rising = longestRising(numbers);
    assertEquals(rising.length, length);
    assertEquals(rising, [...rising].sort((x, y) => x - y));
    assertEquals(rising.every((number) => numbers.includes(number)), true);
  }
});
