import { assertEquals } from "../std/assert.ts";
import { bytes, count, writtenItems } from "./lists.ts";

Deno.test("counters take few characters and never lie by more than their last digit", () => {
  const counts: readonly [number, string][] = [
    [0, "0"],
    [999, "999"],
    [1000, "1.0k"],
    [9949, "9.9k"],
    [9951, "10k"],
    [999_499, "999k"],
    [999_501, "1.0M"],
    [34_000_000, "34M"],
    [2e18, "2000P"],
  ];
  for (const [value, text] of counts) assertEquals(count(value), text);
  const sizes: readonly [number, string][] = [[1023, "1023"], [1024, "1.0Ki"], [1536, "1.5Ki"], [1024 ** 3, "1.0Gi"]];
  for (const [value, text] of sizes) assertEquals(bytes(value), text);
});

Deno.test("objects are found in the written form, in lists and in tables keyed by name", () => {
  const written = { zones: { inside: { interfaces: "lan" } }, firewall: { rules: [{ id: "a" }] } };
  assertEquals(writtenItems(written, "zones"), [{ name: "inside", interfaces: "lan" }]);
  assertEquals(writtenItems(written, "firewall.rules"), [{ id: "a" }]);
  assertEquals(writtenItems(written, "nat.rules"), []);
});
