import { assertEquals } from "../std/assert.ts";
import { layers } from "./graph.ts";

/** `a: b c` is an edge from a to b and one to c. */
const CASES: readonly [edges: string[], depths: Record<string, number>, cycles: string[]][] = [
  [[], {}, []],
  [["a: b", "b: c", "c:"], { c: 1, b: 2, a: 3 }, []],
  [["a: b c", "b: c", "c:", "d:"], { c: 1, d: 1, b: 2, a: 3 }, []],
  [["a: nowhere"], { a: 1 }, []],
  [["a: b b", "b:"], { b: 1, a: 2 }, []],
  [["a: a"], {}, ["a"]],
  [["into: a", "a: b out", "b: a", "out:"], { out: 1 }, ["a b"]],
  [["a: b", "b: a", "c: d", "d: c"], {}, ["a b", "c d"]],
];

Deno.test("layers count the way down, and name each cycle", () => {
  for (const [lines, depths, cycles] of CASES) {
    const edges = new Map(lines.map((line) => {
      const [node = "", targets = ""] = line.split(":");
      return [node, targets.trim().split(" ").filter((word) => word !== "")];
    }));
    const found = layers(edges);
    assertEquals(Object.fromEntries(found.depths), depths, lines.join("; "));
    assertEquals(found.cycles.map((cycle) => cycle.join(" ")), cycles, lines.join("; "));
  }
});
