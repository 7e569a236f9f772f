/**
 * A database that nobody can write to, made readable. SQLite cannot open one with a write-ahead log where it may not make
 * the log's index beside it, as on a read-only or a full disk (sqlite.org/wal.html, "Read-Only Databases"); and opened as
 * `immutable` the log, and with it the newest changes, would be passed over. A private copy of both has neither limit.
 */

/** Where temporary files go: where the system says; where that is full or read-only too, memory. */
const PLACES: readonly (string | undefined)[] = [undefined, "/dev/shm", "/run"];
/** How often a copy is made anew because the original changed meanwhile. */
const TRIES = 5;

/** The parts that hold content; the index `-shm` is made from them. */
const PARTS = ["", "-wal"] as const;

/**
 * Hands the path of a copy to `open`, and removes the copy when that is done: what is open by then stays readable, and
 * nothing is left behind however this process ends. Throws what the file system says where the original cannot be read.
 */
export function openCopy<T>(path: string, open: (copy: string) => T): T {
  const directory = temporaryDirectory();
  try {
    const copy = `${directory}/copy.db`;
    for (let tries = 1; !copied(path, copy) && tries < TRIES; tries++);
    return open(copy);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function temporaryDirectory(): string {
  for (const dir of PLACES) {
    try {
      return Deno.makeTempDirSync({ prefix: "patronus-", ...(dir === undefined ? {} : { dir }) });
    } catch { /* The next place, then. */ }
  }
  throw new Error("there is no place for a temporary copy of it");
}

/** Copies the parts; false where the original changed meanwhile. */
function copied(from: string, to: string): boolean {
  const before = state(from);
  for (const part of PARTS) {
    try {
      Deno.writeFileSync(to + part, Deno.readFileSync(from + part), { mode: 0o600 });
    } catch (error) {
      if (part === "" || !(error instanceof Deno.errors.NotFound)) throw error;
      Deno.writeFileSync(to + part, new Uint8Array(0), { mode: 0o600 });
    }
  }
  return state(from) === before;
}

/** Sizes and times of the parts: equal before and after, nobody wrote between. */
function state(path: string): string {
  return PARTS.map((part) => {
    try {
      const { size, mtime } = Deno.statSync(path + part);
      return `${size} ${mtime?.getTime()}`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "none";
      throw error;
    }
  }).join(", ");
}
