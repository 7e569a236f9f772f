/** One test of each outcome. */
Deno.test("passes", () => {});
Deno.test("fails", () => {
  throw new Error("on purpose");
});
Deno.test.ignore("is ignored", () => {});
