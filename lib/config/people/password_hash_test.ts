import { assert, assertEquals, assertMatch, assertNotEquals } from "../../std/assert.ts";
import { hashPassword, isCheap, verifyPassword } from "./password_hash.ts";
import { PASSWORD, withPeople } from "./sample.ts";
import { COST, type Cost, KEY_LENGTH, scryptQueue } from "./scrypt.ts";

Deno.test(
  "a password fits its own hash, however it is composed, and no other",
  withPeople(async ({ people }) => {
    const hash = await hashPassword(people, "Zürcher Geschnetzeltes".normalize("NFC"));
    assertMatch(hash, /^\$scrypt\$ln=4,r=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert(await verifyPassword(people, "Zürcher Geschnetzeltes".normalize("NFD"), hash));
    assertEquals(await verifyPassword(people, "Zurcher Geschnetzeltes", hash), false);
    assertNotEquals(await hashPassword(people, PASSWORD), await hashPassword(people, PASSWORD));
  }),
);

Deno.test("a hash says what it cost, and is verified at that", async () => {
  const old: Cost = { N: 32, r: 2, p: 1 };
  await withPeople(async ({ people }) => {
    const hash = await hashPassword({ ...people, cost: old }, PASSWORD);
    assert(await verifyPassword(people, PASSWORD, hash));
    assertEquals([people.cost, old, { ...old, N: 64 }, { ...old, p: 3 }].map((cost) => isCheap(hash, cost)), [
      false,
      false,
      true,
      true,
    ]);
  })();
});

Deno.test(
  "somebody unknown costs what a wrong password costs, and never gets in",
  withPeople(async ({ people }) => {
    const costs: Cost[] = [];
    const counting = {
      ...people,
      // All zeros are what the stand-in for an unknown user's key is.
      derive: (_password: string, _salt: Uint8Array, cost: Cost) => {
        costs.push(cost);
        return Promise.resolve(new Uint8Array(KEY_LENGTH));
      },
    };
    assertEquals(await verifyPassword(counting, PASSWORD, null), false);
    const hash = await hashPassword(people, PASSWORD);
    assertEquals(await verifyPassword(counting, "wrong", hash), false);
    assertEquals(costs, [people.cost, people.cost]);
  }),
);

Deno.test("RFC 7914's third test vector, at its cost", async () => {
  const salt = new TextEncoder().encode("SodiumChloride");
  const key = await scryptQueue()("pleaseletmein", salt, { N: 16384, r: 8, p: 1 });
  assertEquals(
    [...key].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2",
  );
  assert(COST.N * COST.r * COST.p >= 16384 * 8 * 5, "OWASP's least");
});
