import { assert, assertEquals } from "../std/assert.ts";
import { ascending, between, LONGEST, rerank } from "./rank.ts";
import { random } from "./sample.ts";

Deno.test("a rank fits between any two, at random places and always at the same one", () => {
  const next = random(1);
  for (const choose of [() => next(), () => 0, () => 1, () => 0.5]) {
    const ranks: string[] = [];
    for (let count = 0; count < 300; count++) {
      const at = Math.floor(choose() * ranks.length);
      const low = ranks[at - 1] ?? null, high = ranks[at] ?? null;
      const rank = between(low, high);
      assert((low === null || low < rank) && (high === null || rank < high), `${low} < ${rank} < ${high}`);
      ranks.splice(at, 0, rank);
    }
    assertEquals(ranks, ranks.toSorted());
  }
});

Deno.test("appending ten thousand one by one keeps ranks short", () => {
  let last = between(null, null);
  for (let count = 0; count < 10_000; count++) last = between(last, null);
  assertEquals(last.length, 6);
});

Deno.test("a move changes one rank, and a list gets new ones when they grew too long", () => {
  const ids = Array.from({ length: 100 }, (_, index) => `r${index}`);
  const ranks = rerank(ids, new Map());
  assertEquals(ranks.size, 100);
  const moved = ["r99", ...ids.slice(0, 99)];
  assertEquals([...rerank(moved, ranks).keys()], ["r99"]);
  const long = new Map([["a", "V00000"], ["b", `V00000${"0".repeat(LONGEST)}1`]]);
  const fresh = rerank(["a", "x", "b"], long);
  assertEquals([...fresh.keys()], ["a", "x", "b"]);
  assert([...fresh.values()].every((rank) => rank.length === 6));
});

Deno.test("longest ascending subsequence", () => {
  assertEquals(ascending([3, 1, 2, undefined, 5, 4]), new Set([1, 2, 5]));
  assertEquals(ascending([]), new Set());
});
