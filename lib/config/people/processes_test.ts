/** Two processes at once on one store: the daemon, and the command line that root runs meanwhile. */
import { assertEquals } from "../../std/assert.ts";
import { verifyAudit } from "./audit.ts";
import { addPeople, PASSWORD, ROOT, withPeople } from "./sample.ts";
import { addUser, users } from "./users.ts";

const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

/** Runs code in a process of its own, with `people`, `ROOT` and the functions of users at hand. Gives what it prints. */
async function process(directory: string, code: string): Promise<string> {
  const script = `
    import { Store } from ${module("../store.ts")};
    import { peopleOf } from ${module("./people.ts")};
    import { ROOT } from ${module("./sample.ts")};
    import { setRole, users } from ${module("./users.ts")};
    const store = Store.open(${JSON.stringify(directory)});
    const people = peopleOf(store);
    ${code}
    store.close();`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", script],
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(text(stderr));
  return text(stdout).trim();
}

Deno.test(
  "two administrators demoted at once: one stays, and the audit log is one chain",
  withPeople(async ({ people, directory }) => {
    await addPeople(people);
    await addUser(people, ROOT, { name: "eve", role: "admin", password: PASSWORD });
    const toggle = (name: string) =>
      process(
        directory,
        `let fewest = 9, refused = 0;
         for (let round = 0; round < 150; round++) {
           for (const role of ["operator", "admin"]) {
             try { setRole(people, ROOT, "${name}", role); } catch (error) { if (error.code !== "conflict") throw error; refused++; }
             fewest = Math.min(fewest, users(people).filter(({ role }) => role === "admin").length);
           }
         }
         console.log(fewest);`,
      );
    assertEquals(await Promise.all([toggle("ann"), toggle("eve")]), ["1", "1"]);
    assertEquals(users(people).filter(({ role }) => role === "admin").length, 2);
    const { entries, broken } = verifyAudit(people);
    assertEquals([entries, broken], [3 + 2 * 300, null]);
  }),
);
