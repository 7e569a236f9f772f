/** Who may make a private network here, and what to do where nobody may. */
import { PatronusError } from "../model/error.ts";
import { readSysctl } from "../services/sysctl.ts";

/** Words in front of a command that give it a network namespace of its own. */
export type Doorway = readonly string[];

const AS_ROOT: Doorway = ["unshare", "--net"];
/** With a user namespace around it, in which an ordinary user is root. */
const AS_ANYBODY: Doorway = ["unshare", "--user", "--map-root-user", "--net"];

/** What forbids user namespaces, and at which value. */
const LOCKS: readonly (readonly [sysctl: string, forbids: string, allows: string])[] = [
  ["kernel.unprivileged_userns_clone", "0", "1"],
  ["kernel.apparmor_restrict_unprivileged_userns", "1", "0"],
  ["user.max_user_namespaces", "0", "10000"],
];

/** Finds the way to a private network that this user may go. Throws `permission` and says how to go on where there is none. */
export async function findDoorway(): Promise<Doorway> {
  const ways = Deno.uid() === 0 ? [AS_ROOT, AS_ANYBODY] : [AS_ANYBODY];
  let reason = "";
  for (const way of ways) {
    const refusal = await refusalOf(way);
    if (refusal === null) return way;
    reason = refusal;
  }
  throw new PatronusError("permission", `this machine lets you make no private network (${reason})`, {
    hint: wayOut(),
  });
}

/** Why a way is closed, in the words of `unshare`; null where it is open. */
async function refusalOf([program = "", ...args]: Doorway): Promise<string | null> {
  try {
    const command = new Deno.Command(program, { args: [...args, "true"], stdin: "null", stderr: "piped" });
    const { success, stderr } = await command.output();
    return success ? null : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new PatronusError("failed", "the demo needs unshare and nsenter", {
      hint: "they belong to util-linux: apt-get install util-linux, or emerge sys-apps/util-linux",
    });
  }
}

function wayOut(): string {
  if (Deno.uid() === 0) return "a container perhaps keeps it from you: run the demo on the machine itself";
  const closed = LOCKS.filter(([name, forbids]) => readSysctl(name) === forbids);
  const settings = (closed.length > 0 ? closed : LOCKS.slice(0, 2)).map(([name, , allows]) => `${name}=${allows}`);
  return `run it as root (sudo deno task demo), or let users make namespaces: sudo sysctl -w ${settings.join(" ")}`;
}
