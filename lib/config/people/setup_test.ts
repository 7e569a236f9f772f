import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertRejects } from "../../std/assert.ts";
import { addPeople, PASSWORD, ROOT, withPeople } from "./sample.ts";
import { isSetup, issueSetup, setUp, SETUP_LIFE } from "./setup.ts";
import { users } from "./users.ts";

const ANN = { name: "ann", password: PASSWORD };

Deno.test(
  "the set-up token makes one administrator, once",
  withPeople(async ({ store, people }) => {
    const secret = issueSetup(people) ?? "";
    assert(isSetup(people, secret));
    assert(!JSON.stringify(store.database.rows("SELECT * FROM setup")).includes(secret));
    const both = await Promise.allSettled([
      setUp(people, ROOT, secret, ANN),
      setUp(people, ROOT, secret, { ...ANN, name: "eve" }),
    ]);
    assertEquals(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assertEquals(users(people).map(({ role }) => role), ["admin"]);
    await assertRejects(() => setUp(people, ROOT, secret, { ...ANN, name: "bob" }), PatronusError, "was used");
    assertEquals([issueSetup(people), isSetup(people, secret)], [null, false]);
  }),
);

Deno.test(
  "only the newest token is good, for a day, and strangers get no password hashed",
  withPeople(async ({ people, pass }) => {
    const old = issueSetup(people) ?? "";
    const secret = issueSetup(people) ?? "";
    const idle = { ...people, derive: () => Promise.reject(new Error("a password was hashed")) };
    for (const wrong of [old, "", `${secret}x`]) {
      const error = await assertRejects(() => setUp(idle, ROOT, wrong, ANN), PatronusError, "not the newest one");
      assertEquals(error.code, "unauthenticated");
    }
    pass(SETUP_LIFE - 1);
    assert(isSetup(people, secret));
    pass(1);
    await assertRejects(() => setUp(idle, ROOT, secret, ANN), PatronusError, "has expired");
    assertEquals(users(people), []);
  }),
);

Deno.test(
  "a weak password does not use the token up, and a user who came another way does",
  withPeople(async ({ people }) => {
    const secret = issueSetup(people) ?? "";
    await assertRejects(() => setUp(people, ROOT, secret, { ...ANN, password: "short" }), PatronusError, "too short");
    assert(isSetup(people, secret));
    await addPeople(people);
    assertEquals(isSetup(people, secret), false);
  }),
);
