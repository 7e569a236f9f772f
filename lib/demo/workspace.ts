/** The one directory that the demo writes to, and its removal: at the end, or at the next start after a SIGKILL. */

const PREFIX = "patronus-demo-";
/** Says whose directory it is: process id and start time, for ids come again. */
const OWNER = "owner";
/** Milliseconds after which a directory without an owner's name is nobody's. */
const YOUNG = 60_000;

/** Makes a directory of this process's own, 0700, inside `parent`. */
export function makeWorkspace(parent = temporaryDirectory()): string {
  const path = Deno.makeTempDirSync({ dir: parent, prefix: PREFIX });
  Deno.writeTextFileSync(`${path}/${OWNER}`, `${Deno.pid} ${startTime(Deno.pid)}\n`);
  return path;
}

/** Removes it with all that is in it; it may be gone already. */
export function removeWorkspace(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes this user's directories inside `parent` whose owner is dead. Gives their paths. */
export function sweepWorkspaces(parent = temporaryDirectory()): string[] {
  const stale = [...Deno.readDirSync(parent)]
    .filter((entry) => entry.isDirectory && entry.name.startsWith(PREFIX))
    .map((entry) => `${parent}/${entry.name}`)
    .filter(isStale);
  stale.forEach(removeWorkspace);
  return stale;
}

function temporaryDirectory(): string {
  return Deno.env.get("TMPDIR")?.replace(/(?<=.)\/+$/, "") || "/tmp";
}

function isStale(path: string): boolean {
  try {
    const { uid, mtime } = Deno.lstatSync(path);
    if (uid !== Deno.uid()) return false;
    const owner = readOwner(path);
    if (owner === null) return Date.now() - (mtime?.getTime() ?? 0) > YOUNG;
    return startTime(owner.pid) !== owner.started;
  } catch (error) {
    // Another start is sweeping too.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function readOwner(path: string): { pid: number; started: string } | null {
  try {
    const [, pid, started] = /^(\d+) (\d+)\n$/.exec(Deno.readTextFileSync(`${path}/${OWNER}`)) ?? [];
    return pid === undefined || started === undefined ? null : { pid: Number(pid), started };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** When a process started, in clock ticks since boot (proc(5): the 22nd field of stat); null where there is none. */
function startTime(pid: number): string | null {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The second field, the name in parentheses, may hold spaces; the third comes behind it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[22 - 3] ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    // ESRCH: it ended between opening and reading.
    if (error instanceof Error && /os error 3\b/.test(error.message)) return null;
    throw error;
  }
}
