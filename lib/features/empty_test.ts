import { assertEquals } from "../std/assert.ts";
import { document } from "./document.ts";
import { EMPTY } from "./empty.ts";

Deno.test("the empty document has the schema's defaults", () => {
  assertEquals(EMPTY, document.parse({}));
});
