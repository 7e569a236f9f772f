import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../std/assert.ts";
import { activateOwnTotp, beginOwnTotp, changeOwnPassword, removeOwnTotp } from "./account.ts";
import { auditEntries } from "./audit.ts";
import { logIn } from "./login.ts";
import type { People } from "./people.ts";
import { addPeople, BROWSER, PASSWORD, ROOT, withPeople } from "./sample.ts";
import { endSessions, openSession, useSession } from "./sessions.ts";
import { codeOf, stepAt } from "./totp.ts";
import { disableUser, passwordHash, userNamed } from "./users.ts";

const NEXT = `another ${PASSWORD}`;
const own = (secret: string) => ({ secret, from: BROWSER });
const alive = (people: People, ...secrets: string[]) => secrets.map((secret) => useSession(people, secret) !== null);
const code = (people: People, user: number) => {
  const secret = people.database.row("SELECT value FROM secrets WHERE id = ?", `totp:${user}`)?.value as Uint8Array;
  return codeOf(secret, stepAt(people.now()));
};

/** Ann's and Bob's sessions, two each. */
async function fourSessions(people: People): Promise<[string, string, string, string]> {
  await addPeople(people);
  const open = (user: number) => openSession(people, user, BROWSER, null);
  return [open(1), open(1), open(2), open(2)];
}

Deno.test(
  "another password ends the user's sessions but this one, which goes on under another secret",
  withPeople(async ({ people }) => {
    const [ann, , bob, other] = await fourSessions(people);
    const error = await assertRejects(() => changeOwnPassword(people, own(bob), "wrong", NEXT), PatronusError, "wrong");
    assertEquals(error.code, "unauthenticated");
    await assertRejects(() => changeOwnPassword(people, own(bob), PASSWORD, "short"), PatronusError, "too short");
    assertEquals(alive(people, ann, bob, other), [true, true, true]);
    const next = await changeOwnPassword(people, own(bob), PASSWORD, NEXT);
    assertEquals(alive(people, ann, bob, other, next), [true, false, false, true]);
    const { actor, address, action } = auditEntries(people, 1)[0] ?? {};
    assertEquals([actor, address, action], ["user bob", BROWSER.address, "user.password"]);
    const from = { ...BROWSER, device: null, session: null };
    await assertRejects(() => logIn(people, "bob", PASSWORD, from), PatronusError);
    assertEquals((await logIn(people, "bob", NEXT, from)).awaits, null);
  }),
);

Deno.test(
  "an authenticator takes the password to begin with and to remove, and each time the session's secret changes",
  withPeople(async ({ people }) => {
    const [ann, second, , other] = await fourSessions(people);
    await assertRejects(() => beginOwnTotp(people, own(ann), "wrong", "edge"), PatronusError, "wrong");
    await beginOwnTotp(people, own(ann), PASSWORD, "edge");
    assertThrows(() => activateOwnTotp(people, own(ann), "000000"), PatronusError, "code is wrong");
    assertEquals(alive(people, ann, second), [true, true]);
    const { codes, secret } = activateOwnTotp(people, own(ann), code(people, 1));
    assertEquals([codes.length, userNamed(people, "ann").totp], [10, true]);
    assertEquals(alive(people, ann, second, secret, other), [false, false, true, true]);
    await assertRejects(() => removeOwnTotp(people, own(secret), "wrong"), PatronusError, "wrong");
    const last = await removeOwnTotp(people, own(secret), PASSWORD);
    assertEquals([userNamed(people, "ann").totp, ...alive(people, secret, last)], [false, false, true]);
  }),
);

Deno.test(
  "a session that is ended while its next password is hashed changes nothing",
  withPeople(async ({ people }) => {
    const [, , bob] = await fourSessions(people);
    let derivations = 0;
    const interrupted: People = {
      ...people,
      derive: async (...derivation) => {
        const key = await people.derive(...derivation);
        // The first is of the current password, the second of the next one.
        if (++derivations === 2) endSessions(people, ROOT, "bob", null);
        return key;
      },
    };
    const before = passwordHash(people, "bob");
    await assertRejects(() => changeOwnPassword(interrupted, own(bob), PASSWORD, NEXT), PatronusError, "has ended");
    assertEquals([derivations, passwordHash(people, "bob")], [2, before]);
  }),
);

Deno.test(
  "whoever finds an open browser cannot guess on, and what ended meanwhile changes nothing",
  withPeople(async ({ people }) => {
    const [, , bob] = await fourSessions(people);
    const change = (people: People, current: string) => changeOwnPassword(people, own(bob), current, NEXT);
    for (let count = 0; count < 5; count++) {
      assertEquals((await assertRejects(() => change(people, "wrong"), PatronusError)).code, "unauthenticated");
    }
    assertEquals((await assertRejects(() => change(people, PASSWORD), PatronusError)).code, "throttled");
    const later = { ...people, now: () => people.now() + 60_000 };
    const interrupted: People = {
      ...later,
      derive: async (...derivation) => {
        const key = await people.derive(...derivation);
        disableUser(people, ROOT, "bob");
        return key;
      },
    };
    await assertRejects(() => change(interrupted, PASSWORD), PatronusError, "session has ended");
    assert(!auditEntries(people, 9).some(({ action }) => action === "user.password"));
    assertEquals(alive(people, bob), [false]);
  }),
);
