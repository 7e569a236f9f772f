import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "../../std/assert.ts";
import { auditEntries } from "./audit.ts";
import { giveCode, logIn, type LoginOrigin } from "./login.ts";
import { hashPassword } from "./password_hash.ts";
import type { People } from "./people.ts";
import { addPeople, BROWSER, enrol, PASSWORD, ROOT, withPeople } from "./sample.ts";
import type { Cost } from "./scrypt.ts";
import { sessions, useSession } from "./sessions.ts";
import { codeOf, stepAt } from "./totp.ts";
import { deleteUser, disableUser, setPassword } from "./users.ts";

const FROM: LoginOrigin = { ...BROWSER, device: null, session: null };
const MINUTE = 60_000;

/** What an attempt came to: `done`, `code`, or the code of the error. */
async function attempt(people: People, name: string, password: string, from = FROM): Promise<string> {
  try {
    return (await logIn(people, name, password, from)).awaits ?? "done";
  } catch (error) {
    if (error instanceof PatronusError) return error.code;
    throw error;
  }
}

/** So many failed logins as ann, each from another address, as fast as they are let. */
async function attack(people: People, pass: (milliseconds: number) => void, failures: number): Promise<void> {
  for (let count = 0; count < failures; count++) {
    const from = { ...FROM, address: `2001:db8:${(count + 1).toString(16)}::1` };
    assertEquals(await attempt(people, "ann", "wrong", from), "unauthenticated");
    pass(5 * MINUTE);
  }
}

Deno.test(
  "a login gives a session with where it began, and ends the one that was there before",
  withPeople(async ({ people }) => {
    await addPeople(people);
    const first = await logIn(people, "ann", PASSWORD, FROM);
    assert(first.awaits === null);
    const { secret, device } = first;
    assertEquals(useSession(people, secret)?.address, BROWSER.address);
    const second = await logIn(people, "bob", PASSWORD, { ...FROM, device, session: secret });
    assert(second.awaits === null);
    assertEquals([useSession(people, secret), useSession(people, second.secret)?.user], [null, "bob"]);
    assertEquals(second.device, device, "a browser keeps its mark");
    const forged = await logIn(people, "bob", PASSWORD, { ...FROM, device: "chosen by a stranger" });
    assert(forged.awaits === null);
    assertNotEquals(forged.device, "chosen by a stranger");
    const { actor, address, action, outcome } = auditEntries(people, 1)[0] ?? {};
    assertEquals([actor, address, action, outcome], ["user bob", "192.0.2.7", "login", "done"]);
  }),
);

Deno.test(
  "unknown, disabled and mistaken look the same, cost the same, and names that nobody has are not written down",
  withPeople(async ({ store, people }) => {
    await addPeople(people);
    disableUser(people, ROOT, "bob");
    const costs: Cost[] = [];
    const counting: People = {
      ...people,
      derive: (password, salt, cost) => {
        costs.push(cost);
        return people.derive(password, salt, cost);
      },
    };
    const errors: unknown[] = [];
    for (
      const [name, password] of [["eve", PASSWORD], ["bob", PASSWORD], ["ann", "wrong"], ["hunter2!", ""]] as const
    ) {
      const error = await assertRejects(() => logIn(counting, name, password, FROM), PatronusError);
      errors.push([error.code, error.message, error.details]);
    }
    assertEquals(new Set(errors.map((error) => JSON.stringify(error))).size, 1);
    assertEquals(costs, Array(4).fill(people.cost));
    assertEquals(auditEntries(people, 4).map(({ object }) => object), ["", "users[ann]", "users[bob]", ""]);
    const tables = ["audit", "login_failures", "known_places"].map((name) =>
      store.database.rows(`SELECT * FROM ${name}`)
    );
    assert(!JSON.stringify(tables).includes("hunter2"));
    assertEquals(sessions(people), []);
  }),
);

Deno.test(
  "a hash of lesser cost is made anew at login, with the same password",
  withPeople(async ({ people }) => {
    await addPeople(people);
    const kept = () => String(people.database.row("SELECT password FROM users WHERE name = 'ann'")?.password);
    const costlier = { ...people, cost: { N: 32, r: 1, p: 2 } };
    assertEquals(await attempt(costlier, "ann", "wrong"), "unauthenticated");
    assert(kept().startsWith("$scrypt$ln=4,r=1,p=1$"));
    assertEquals(await attempt(costlier, "ann", PASSWORD), "done");
    assert(kept().startsWith("$scrypt$ln=5,r=1,p=2$"));
    const once = kept();
    assertEquals([await attempt(costlier, "ann", PASSWORD), kept()], ["done", once]);
  }),
);

Deno.test("a user who changes while the password is hashed is not let in with the old one", async () => {
  const changes: readonly ((people: People) => void | Promise<void>)[] = [
    (people) => setPassword(people, ROOT, "bob", `another ${PASSWORD}`),
    (people) => disableUser(people, ROOT, "bob"),
    (people) => deleteUser(people, ROOT, "bob"),
    async (people) => {
      people.database.run("UPDATE users SET password = ? WHERE name = 'bob'", await hashPassword(people, PASSWORD));
    },
  ];
  for (const change of changes) {
    await withPeople(async ({ people }) => {
      await addPeople(people);
      const slow: People = {
        ...people,
        derive: async (...derivation) => {
          const key = await people.derive(...derivation);
          await change(people);
          return key;
        },
      };
      assertEquals([await attempt(slow, "bob", PASSWORD), sessions(people)], ["unauthenticated", []]);
    })();
  }
});

Deno.test(
  "with an authenticator, the password alone opens nothing",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    const { secret, codes } = enrol(people, "ann");
    const begin = async () => {
      const login = await logIn(people, "ann", PASSWORD, FROM);
      assert(login.awaits === "code");
      assertEquals(useSession(people, login.secret), null);
      return login.secret;
    };
    const give = (pending: string, code: string) => giveCode(people, pending, code, FROM);
    pass(MINUTE);
    const first = await begin();
    const error = assertThrows(() => give(first, "000000"), PatronusError, "the code is wrong");
    assertEquals(error.code, "unauthenticated");
    const code = codeOf(secret, stepAt(people.now()));
    const done = give(first, code);
    assert(done.awaits === null);
    assertEquals(useSession(people, done.secret)?.user, "ann");
    assertThrows(() => give(first, codes[0] ?? ""), PatronusError, "took too long");
    const second = await begin();
    assertThrows(() => give(second, code), PatronusError, "the code is wrong");
    assertEquals(give(second, codes[0] ?? "").awaits, null);
    assertEquals(auditEntries(people, 1)[0]?.action, "login.recovery-code");
    const third = await begin();
    pass(10 * MINUTE);
    assertThrows(() => give(third, codes[1] ?? ""), PatronusError, "took too long");
    const fourth = await begin();
    disableOther(people);
    assertThrows(() => give(fourth, codes[1] ?? ""), PatronusError, "took too long");
  }),
);

/** Makes room for it first: the last administrator cannot be disabled. */
function disableOther(people: People): void {
  people.database.run("UPDATE users SET role = 'admin' WHERE name = 'bob'");
  disableUser(people, ROOT, "ann");
}

Deno.test(
  "strangers from everywhere slow strangers down, and the user at a known address or browser not at all",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    const login = await logIn(people, "ann", PASSWORD, FROM);
    assert(login.awaits === null);
    await attack(people, pass, 30);
    pass(-5 * MINUTE);
    const elsewhere = { ...FROM, address: "198.51.100.1" };
    assertEquals(await attempt(people, "ann", PASSWORD, elsewhere), "throttled");
    assertEquals(await attempt(people, "ann", PASSWORD, FROM), "done");
    assertEquals(await attempt(people, "ann", PASSWORD, { ...elsewhere, device: login.device }), "done");
  }),
);

Deno.test(
  "the user at a new place waits five minutes at most, however long strangers have tried",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    await attack(people, pass, 100);
    pass(-1);
    assertEquals(await attempt(people, "ann", PASSWORD), "throttled");
    pass(1);
    assertEquals(await attempt(people, "ann", PASSWORD), "done");
  }),
);

Deno.test(
  "wrong codes slow down those who have the password, and not the user at a known place",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    assertEquals(await attempt(people, "ann", PASSWORD), "done");
    const { secret } = enrol(people, "ann");
    const thief = { ...FROM, address: "198.51.100.1" };
    for (let count = 0; count < 5; count++) {
      const login = await logIn(people, "ann", PASSWORD, thief);
      assertEquals(
        assertThrows(() => giveCode(people, login.secret, "000000", thief), PatronusError).code,
        "unauthenticated",
      );
    }
    const login = await logIn(people, "ann", PASSWORD, thief);
    assertEquals(assertThrows(() => giveCode(people, login.secret, "000000", thief), PatronusError).code, "throttled");
    pass(MINUTE);
    const own = await logIn(people, "ann", PASSWORD, FROM);
    assertEquals(giveCode(people, own.secret, codeOf(secret, stepAt(people.now())), FROM).awaits, null);
  }),
);

Deno.test(
  "an attempt for which there was no processor counts for nothing",
  withPeople(async ({ people }) => {
    await addPeople(people);
    const busy = { ...people, derive: () => Promise.reject(new PatronusError("throttled", "too many logins at once")) };
    for (let count = 0; count < 20; count++) assertEquals(await attempt(busy, "ann", PASSWORD), "throttled");
    assertEquals(await attempt(people, "ann", PASSWORD), "done");
  }),
);
