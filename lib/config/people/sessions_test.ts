import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertNotEquals, assertThrows } from "../../std/assert.ts";
import { auditEntries } from "./audit.ts";
import { identify } from "./identity.ts";
import type { People } from "./people.ts";
import { addPeople, BROWSER, PASSWORD, ROOT, withPeople } from "./sample.ts";
import {
  ABSOLUTE,
  closeSession,
  endSession,
  endSessions,
  findSession,
  IDLE,
  openSession,
  rotateSession,
  sessions,
  useSession,
} from "./sessions.ts";
import { deleteUser, disableUser, enableUser, setPassword, setRole, userNamed } from "./users.ts";

const open = (people: People, name: string) => openSession(people, userNamed(people, name).number, BROWSER, null);

Deno.test(
  "a session is known by its secret, of which the store has only a hash",
  withPeople(async ({ store, people }) => {
    await addPeople(people);
    const secret = openSession(people, 2, { address: "2001:db8::1", agent: "x".repeat(500) }, null);
    const now = people.now();
    assertEquals(useSession(people, secret), {
      number: 1,
      user: "bob",
      created: now,
      seen: now,
      expires: now + ABSOLUTE,
      address: "2001:db8::1",
      agent: "x".repeat(200),
    });
    assertEquals(secret.length, 43);
    assertEquals(useSession(people, `${secret.slice(1)}A`), null);
    const kept = store.database.rows("SELECT * FROM sessions").flatMap((row) => Object.values(row));
    assert(!kept.includes(secret));
    assertEquals(kept.filter((value) => value instanceof Uint8Array).map((hash) => hash.length), [32]);
  }),
);

Deno.test(
  "a session ends when nobody uses it, and when it is old",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    const [idle, busy] = [open(people, "ann"), open(people, "ann")];
    pass(IDLE - 1);
    assert(useSession(people, busy) !== null);
    pass(1);
    assertEquals(useSession(people, idle), null);
    assertEquals(sessions(people).map(({ number }) => number), [2]);
    let lived = IDLE;
    for (; useSession(people, busy) !== null; lived += IDLE / 2) pass(IDLE / 2);
    assertEquals(lived, ABSOLUTE);
    open(people, "ann");
    assertEquals(people.database.row("SELECT count(*) AS n FROM sessions")?.n, 1);
  }),
);

Deno.test(
  "requests within a minute are one write",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    const secret = open(people, "ann");
    const seen = () => sessions(people)[0]?.seen;
    const began = seen();
    pass(59_999);
    useSession(people, secret);
    assertEquals(seen(), began);
    pass(1);
    useSession(people, secret);
    assertEquals(seen(), people.now());
  }),
);

Deno.test(
  "where nothing can be written, whoever is logged in still is",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    const secret = open(people, "ann");
    pass(10 * 60_000);
    people.database.connection.exec("PRAGMA query_only = 1");
    assertEquals(useSession(people, secret)?.user, "ann");
  }),
);

Deno.test(
  "another secret makes the old one worthless, and the session stays the same",
  withPeople(async ({ people }) => {
    await addPeople(people);
    const before = open(people, "ann");
    const after = rotateSession(people, before);
    assertNotEquals(after, before);
    assertEquals([useSession(people, before), useSession(people, after)?.number], [null, 1]);
    assertEquals(assertThrows(() => rotateSession(people, before), PatronusError).code, "unauthenticated");
  }),
);

Deno.test(
  "nobody who is disabled gets a session, now or for later",
  withPeople(async ({ people }) => {
    await addPeople(people);
    disableUser(people, ROOT, "bob");
    assertEquals(assertThrows(() => open(people, "bob"), PatronusError).code, "unauthenticated");
    enableUser(people, ROOT, "bob");
    assertEquals(sessions(people), []);
  }),
);

Deno.test(
  "what awaits a code is no login, in no list, and cannot become one by rotation",
  withPeople(async ({ people }) => {
    await addPeople(people);
    const secret = openSession(people, 1, BROWSER, "code");
    assertEquals([useSession(people, secret), sessions(people)], [null, []]);
    assertEquals(findSession(people, secret, "code")?.user, "ann");
    assertThrows(() => rotateSession(people, secret), PatronusError);
  }),
);

Deno.test(
  "sessions are listed and ended, by their own user only",
  withPeople(async ({ people }) => {
    await addPeople(people);
    const secrets = ["ann", "ann", "bob", "bob"].map((name) => open(people, name));
    const open_ = () => secrets.map((secret) => useSession(people, secret)?.number ?? null);
    assertEquals(sessions(people, "bob").map(({ number }) => number), [4, 3]);
    assertThrows(() => endSession(people, ROOT, "ann", 3), PatronusError, "ann has no session 3");
    endSession(people, ROOT, "bob", 3);
    assertEquals(open_(), [1, 2, null, 4]);
    endSessions(people, ROOT, "ann", secrets[1] ?? "");
    assertEquals(open_(), [null, 2, null, 4]);
    assertEquals([closeSession(people, ROOT, secrets[3] ?? ""), closeSession(people, ROOT, secrets[3] ?? "")], [
      true,
      false,
    ]);
    endSessions(people, ROOT, "ann", null);
    assertEquals(open_(), [null, null, null, null]);
    assertEquals(auditEntries(people, 4).map(({ action, object }) => `${action} ${object}`), [
      "session.end-all users[ann].sessions",
      "logout users[bob]",
      "session.end-all users[ann].sessions",
      "session.end users[bob].sessions[3]",
    ]);
  }),
);

Deno.test("whatever changes who a user is ends their sessions, and no one else's", async () => {
  const changes: readonly ((people: People) => void | Promise<void>)[] = [
    (people) => setPassword(people, ROOT, "bob", `another ${PASSWORD}`),
    (people) => setRole(people, ROOT, "bob", "viewer"),
    (people) => disableUser(people, ROOT, "bob"),
    (people) => deleteUser(people, ROOT, "bob"),
    (people) => {
      disableUser(people, ROOT, "bob");
      enableUser(people, ROOT, "bob");
    },
  ];
  for (const change of changes) {
    await withPeople(async ({ people }) => {
      await addPeople(people);
      const [ann, bob] = [open(people, "ann"), open(people, "bob")];
      await change(people);
      assertEquals(identify(people, { session: ann }).user.name, "ann");
      assertEquals(assertThrows(() => identify(people, { session: bob }), PatronusError).code, "unauthenticated");
    })();
  }
});
