import { PatronusError } from "../../model/error.ts";
import { assertEquals, assertRejects } from "../../std/assert.ts";
import { COST, scryptQueue } from "./scrypt.ts";

Deno.test("two derivations run at once, others wait their turn, and too many are turned away", async () => {
  const ends: ((key: Uint8Array) => void)[] = [];
  const queue = scryptQueue(() => new Promise((resolve) => ends.push(resolve)));
  const derive = () => queue("", new Uint8Array(), COST);
  const accepted = Array.from({ length: 34 }, derive);
  assertEquals(ends.length, 2);
  const error = await assertRejects(derive, PatronusError, "too many logins");
  assertEquals([error.code, error.details.retryAfter], ["throttled", 5]);
  for (let done = 0; done < accepted.length; done++) {
    ends[done]?.(Uint8Array.of(done));
    assertEquals(await accepted[done], Uint8Array.of(done));
    assertEquals(ends.length, Math.min(done + 3, accepted.length));
  }
  const later = derive();
  ends.at(-1)?.(Uint8Array.of(99));
  assertEquals(await later, Uint8Array.of(99));
});

Deno.test("a derivation that fails gives its place back", async () => {
  const queue = scryptQueue((password) =>
    password === "" ? Promise.reject(new Error("no")) : Promise.resolve(new Uint8Array(1))
  );
  for (let count = 0; count < 3; count++) await assertRejects(() => queue("", new Uint8Array(), COST), Error, "no");
  assertEquals(await queue("x", new Uint8Array(), COST), new Uint8Array(1));
});
