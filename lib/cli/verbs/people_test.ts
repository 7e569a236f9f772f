/** `user` and `audit` command lines on a store of their own. */
import { auditEntries } from "../../config/people/audit.ts";
import { addToken } from "../../config/people/api_tokens.ts";
import { peopleOf } from "../../config/people/people.ts";
import { BROWSER, enrol, PASSWORD, ROOT } from "../../config/people/sample.ts";
import { openSession } from "../../config/people/sessions.ts";
import { users } from "../../config/people/users.ts";
import { Store } from "../../config/store.ts";
import { Input, type Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../std/assert.ts";
import { COMMANDS } from "../commands.ts";
import type { Desk } from "../desk.ts";
import { optionsOf, parse } from "../parse.ts";
import { renderText } from "../render.ts";
import { locate } from "../tree.ts";
import { add, password } from "./user.ts";

const PLAIN = { width: Infinity, colour: false, interactive: false };
const ask = () => Promise.resolve(PASSWORD);

/** A store in a directory that goes, and a way to run command lines on it as Eve, who became root over SSH. */
async function withDesk(
  test: (run: (line: string) => Promise<Output>, desk: Desk, store: Store, directory: string) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync();
  const store = Store.open(`${directory}/state`);
  const desk = {
    user: "eve",
    store: () => Promise.resolve(store),
    existingStore: () => Promise.resolve(store),
    sshAddress: () => ({ from: "192.0.2.9", fromPort: 5000, to: "192.0.2.1", port: 22 }),
  } as unknown as Desk;
  const run = async (line: string) => {
    const { command, rest } = locate(COMMANDS, line.split(" "));
    assert(command !== undefined, line);
    return await command.run(parse(command, await optionsOf(command), rest), desk);
  };
  try {
    await test(run, desk, store, directory);
  } finally {
    store.close();
    Deno.removeSync(directory, { recursive: true });
  }
}

const addAs = (desk: Desk, name: string, role: string) => add(new Input({ NAME: name }, { role }), desk, ask);
const text = ({ blocks }: Output) => renderText({ blocks }, PLAIN).trimEnd().split("\n");

Deno.test("users are added, listed and changed, and each deed is recorded with who claims to have done it", async () => {
  await withDesk(async (run, desk, store) => {
    assertEquals(text(await run("user list")), ["no user yet"]);
    const people = peopleOf(store);
    assertEquals(text(await addAs(desk, "ann", "admin")), ["added  ann, who is admin"]);
    await addAs(desk, "bob", "operator");
    enrol(people, "bob");
    openSession(people, 2, BROWSER, null);
    addToken(people, ROOT, { user: "bob", name: "backup", scopes: ["read"], expires: null });
    const [head, ann, bob] = text(await run("user list"));
    assertEquals(head?.split(/ +/), ["NAME", "ROLE", "STATE", "AUTHENTICATOR", "SESSIONS", "TOKENS", "CREATED"]);
    assertEquals(ann?.split(/ +/).slice(0, 6), ["ann", "admin", "enabled", "no", "0", "0"]);
    assertEquals(bob?.split(/ +/).slice(0, 6), ["bob", "operator", "enabled", "yes", "1", "1"]);
    await run("user reset-totp bob");
    await run("user role bob admin");
    await run("user disable bob");
    const [first, second] = (await run("user list")).json as Record<string, unknown>[];
    assertEquals([first?.name, second?.role, second?.enabled, second?.totp, second?.sessions, second?.tokens], [
      "ann",
      "admin",
      false,
      false,
      0,
      0,
    ]);
    await run("user enable bob");
    await password(new Input({ NAME: "bob" }), desk, () => Promise.resolve(`another ${PASSWORD}`));
    await run("user delete ann");
    assertEquals(users(people).map(({ name }) => name), ["bob"]);
    const entries = auditEntries(people, 7);
    assertEquals(entries.map(({ action, object }) => `${action} ${object}`).toReversed(), [
      "token.add users[bob].tokens[" + entries.at(-1)?.object.slice(18),
      "user.totp.reset users[bob]",
      "user.role.admin users[bob]",
      "user.disable users[bob]",
      "user.enable users[bob]",
      "user.password users[bob]",
      "user.delete users[ann]",
    ]);
    assertEquals([entries[0]?.actor, entries[0]?.address], ["root (claims eve)", "192.0.2.9"]);
  });
});

Deno.test("what cannot be is refused before a password is asked for", async () => {
  await withDesk(async (run, desk) => {
    const asked = () => Promise.reject(new Error("a password was asked for"));
    await assertRejects(() => add(new Input({ NAME: "ann" }, { role: "viewer" }), desk, asked), PatronusError, "first");
    await addAs(desk, "ann", "admin");
    await assertRejects(
      () => add(new Input({ NAME: "ann" }, { role: "admin" }), desk, asked),
      PatronusError,
      "already",
    );
    await assertRejects(
      () => add(new Input({ NAME: "B" }, { role: "admin" }), desk, asked),
      PatronusError,
      "cannot be",
    );
    await assertRejects(() => password(new Input({ NAME: "bob" }), desk, asked), PatronusError, "no user bob");
    for (const line of ["user delete ann", "user disable ann", "user role ann viewer"]) {
      await assertRejects(() => run(line), PatronusError, "last administrator");
    }
    await assertRejects(() => run("user role ann king"), PatronusError, "ROLE cannot be king");
    await assertRejects(() => run("user add bob"), PatronusError, "--role is missing");
  });
});

Deno.test("the audit log is listed, verified, compared with a noted head, and archived", async () => {
  await withDesk(async (run, desk, store, directory) => {
    assertEquals(text(await run("audit list")), ["nothing is recorded yet"]);
    for (const name of ["ann", "bob", "zoe"]) await addAs(desk, name, "admin");
    const listed = text(await run("audit list --limit 1"));
    assertEquals(listed.length, 2);
    assert(
      /^ +3 {2}.* root \(claims eve\) +192\.0\.2\.9 +user\.add\.admin +users\[zoe\] +done$/.test(listed[1] ?? ""),
      listed[1],
    );
    const whole = await run("audit verify");
    assertEquals([whole.status, text(whole)[0]], [0, "whole  3 entries follow from each other"]);
    const head = text(whole)[1]?.replace("head  ", "") ?? "";
    await run("user disable zoe");
    assertEquals((await run(`audit verify --head ${head}`)).status, 0);
    const other = await run(`audit verify --head 3:${"0".repeat(64)}`);
    assertEquals([other.status, text(other)[0]], [1, "missing  entry 3 is gone, or is not the one that was noted"]);
    await assertRejects(() => run("audit verify --head x"), PatronusError, "--head cannot be x");

    const file = `${directory}/old.jsonl`;
    assertEquals(text(await run(`audit archive ${file} --keep 1`)), [`archived  3 entries, up to 3, into ${file}`]);
    assertEquals(Deno.readTextFileSync(file).trimEnd().split("\n").map((line) => JSON.parse(line).number), [1, 2, 3]);
    assertEquals((await run(`audit verify --head ${head}`)).status, 0);
    await assertRejects(() => run(`audit archive ${file} --keep 0`), PatronusError, "there already");
    assertEquals(((await run("audit list")).json as { number: number }[]).map(({ number }) => number), [5, 4]);

    store.database.connection.exec("DROP TRIGGER audit_entries_stay; UPDATE audit SET action = 'x' WHERE number = 4");
    const broken = await run("audit verify");
    assertEquals([broken.status, text(broken)[0]], [1, "broken  entry 4: it or the one before was altered"]);
    assertThrows(() => store.database.run("DELETE FROM audit WHERE number = 5"), PatronusError, "append-only");
  });
});
