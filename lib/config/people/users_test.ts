import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "../../std/assert.ts";
import { EMPTY } from "../../features/empty.ts";
import { auditEntries } from "./audit.ts";
import type { Role } from "./authorization.ts";
import type { People } from "./people.ts";
import { PASSWORD, ROOT, withPeople } from "./sample.ts";
import {
  addUser,
  deleteUser,
  disableUser,
  enableUser,
  findUser,
  setPassword,
  setRole,
  userNamed,
  users,
} from "./users.ts";

const add = (people: People, name: string, role: Role = "admin") =>
  addUser(people, ROOT, { name, role, password: PASSWORD });

Deno.test(
  "users come back as they were added, by name",
  withPeople(async ({ people }) => {
    await add(people, "zoe");
    await add(people, "ann", "viewer");
    const now = people.now();
    const common = { enabled: true, created: now, passwordChanged: now, totp: false };
    assertEquals(users(people), [
      { number: 2, name: "ann", role: "viewer", ...common },
      { number: 1, name: "zoe", role: "admin", ...common },
    ]);
    assertEquals(findUser(people, "eve"), null);
    assertThrows(() => userNamed(people, "eve"), PatronusError, "no user eve");
  }),
);

Deno.test(
  "names that would not do, that are taken, and a first user without power are refused",
  withPeople(async ({ people }) => {
    for (const name of ["", "Ann", "a b", "1a", "a".repeat(33), "ann\n", "änn", "ann]"]) {
      const error = await assertRejects(() => add(people, name), PatronusError, "cannot be a user's name");
      assertEquals(error.code, "input", name);
    }
    await assertRejects(() => add(people, "ann", "operator"), PatronusError, "first user has to be an administrator");
    await add(people, "ann");
    await assertRejects(() => add(people, "ann"), PatronusError, "already");
    await assertRejects(() => addUser(people, ROOT, { name: "bob", role: "viewer", password: "short" }), PatronusError);
    assertEquals(users(people).length, 1);
  }),
);

Deno.test(
  "the last administrator who can log in stays one, and each refusal is recorded",
  withPeople(async ({ people }) => {
    await add(people, "ann");
    await add(people, "bob");
    await add(people, "eve", "operator");
    disableUser(people, ROOT, "bob");
    const ways = [
      () => deleteUser(people, ROOT, "ann"),
      () => disableUser(people, ROOT, "ann"),
      () => setRole(people, ROOT, "ann", "operator"),
    ];
    for (const way of ways) assertEquals(assertThrows(way, PatronusError, "last administrator").code, "conflict");
    assertEquals(userNamed(people, "ann").role, "admin");
    assertEquals(auditEntries(people, 3).map(({ action, outcome }) => [action, outcome]), [
      ["user.role.operator", "refused"],
      ["user.disable", "refused"],
      ["user.delete", "refused"],
    ]);
    enableUser(people, ROOT, "bob");
    setRole(people, ROOT, "ann", "viewer");
    assertThrows(() => deleteUser(people, ROOT, "bob"), PatronusError, "last administrator");
    deleteUser(people, ROOT, "ann");
    assertEquals(users(people).map(({ name }) => name), ["bob", "eve"]);
  }),
);

Deno.test(
  "a user of the same name as a deleted one is somebody else",
  withPeople(async ({ people }) => {
    await add(people, "ann");
    const { number } = await add(people, "bob");
    deleteUser(people, ROOT, "bob");
    assertNotEquals((await add(people, "bob")).number, number);
  }),
);

Deno.test(
  "a password that is hashed while its user is deleted goes to nobody",
  withPeople(async ({ people }) => {
    await add(people, "ann");
    await add(people, "bob", "viewer");
    const hash = () => people.database.row("SELECT password FROM users WHERE name = 'bob'")?.password;
    const { promise: derived, resolve } = Promise.withResolvers<Uint8Array>();
    const setting = setPassword({ ...people, derive: () => derived }, ROOT, "bob", "another one of them");
    deleteUser(people, ROOT, "bob");
    await add(people, "bob", "viewer");
    const before = hash();
    resolve(new Uint8Array(32));
    await assertRejects(() => setting, PatronusError, "deleted meanwhile");
    assertEquals(hash(), before);
  }),
);

Deno.test(
  "rolling the configuration back brings no user back and takes none away",
  withPeople(async ({ store, people }) => {
    const commit = (parent: number | null, hostname: string) =>
      store.commit({
        document: { ...EMPTY, system: { ...EMPTY.system, hostname } },
        parent,
        author: "ann",
        message: "",
        time: "2026-01-01T00:00:00Z",
      });
    await add(people, "ann");
    await add(people, "mallory");
    commit(null, "one");
    deleteUser(people, ROOT, "mallory");
    await add(people, "bob", "viewer");
    commit(1, "two");
    const before = [users(people), auditEntries(people, 100)];
    store.commit({ document: store.document(1), parent: 2, author: "ann", message: "", time: "2026-01-01T00:00:00Z" });
    assertEquals(store.document(3).system.hostname, "one");
    assertEquals([users(people), auditEntries(people, 100)], before);
    assert(!JSON.stringify(store.document(1)).includes("mallory"));
  }),
);
