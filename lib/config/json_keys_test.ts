import { assertEquals } from "../std/assert.ts";
import { repeatedKeys } from "./json_keys.ts";

const CASES: readonly [json: string, places: string[]][] = [
  ['{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 2}]}', []],
  ['{"a": 1, "a": 2, "a": 3}', ["a", "a"]],
  ['{"a": {"b": [0, {"c": "x", "c": "y"}]}}', ["a.b[1].c"]],
  ['[[], [1, [{"k": 1}, {"k": 1, "k": 1}]]]', ["[1][1][1].k"]],
  ['{"a": "a", "b": ["a", "a"], "c": "\\"a\\": 1, \\"a\\":"}', []],
  [String.raw`{"a\\": 1, "a": 2, "\u0061": 3}`, ["a"]],
  ['{"a": {}, "b": [], "a": null}', ["a"]],
  ['{"": 1, "": 2, "__proto__": 1, "__proto__": 2}', ["", "__proto__"]],
  ['"a"', []],
];

Deno.test("keys that stand twice in one object are found, however they are written and wherever they are", () => {
  for (const [json, places] of CASES) {
    JSON.parse(json);
    assertEquals(repeatedKeys(json).map(({ place }) => place), places, json);
  }
});
