import { assertEquals } from "../../std/assert.ts";
import { Expiry } from "./expiry.ts";

Deno.test("what is never renewed ends, once, and what is set anew or cleared does not", async () => {
  const ended: number[] = [];
  const over = Promise.withResolvers<void>();
  const expiry = new Expiry((family) => {
    ended.push(family);
    over.resolve();
  });
  expiry.set(4, -1000);
  expiry.set(6, 0);
  expiry.set(6, 2 ** 32);
  await over.promise;
  assertEquals(ended, [4]);
  expiry.clear();
});
