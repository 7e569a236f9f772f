/** One writer at a time: a lock that the kernel releases when its holder ends, however it ends (flock(2)). */
import { PatronusError } from "../model/error.ts";
import { systemError } from "../model/system_error.ts";

/** How long a writer waits for another one, in milliseconds. */
const WAIT = 5000;
const STEP = 50;
/** Digits of PID_MAX_LIMIT, 4194304 (linux/threads.h). */
const PID_WIDTH = 7;

/** Another process makes a change. */
export class Busy extends PatronusError {}

export class Lock {
  private constructor(readonly file: Deno.FsFile) {}

  /** Waits a few seconds for another writer. Throws `Busy` with its pid, `permission` where the directory is closed. */
  static async take(directory: string): Promise<Lock> {
    for (let waited = 0;; waited += STEP) {
      const lock = Lock.tryTake(directory);
      if (lock !== null) return lock;
      if (waited >= WAIT) {
        throw new Busy("conflict", `another change is being made${holder(directory)}`, {
          hint: "try again when it is done",
        });
      }
      await new Promise((resolve) => setTimeout(resolve, STEP));
    }
  }

  /** Null where somebody else holds it. */
  static tryTake(directory: string): Lock | null {
    const file = open(directory);
    if (!file.tryLockSync(true)) {
      file.close();
      return null;
    }
    // As wide as any, so that nothing of a longer one is left: cutting the file short would cost a disk milliseconds.
    file.writeSync(new TextEncoder().encode(`${String(Deno.pid).padStart(PID_WIDTH)}\n`));
    return new Lock(file);
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

function path(directory: string): string {
  return `${directory}/lock`;
}

function open(directory: string): Deno.FsFile {
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o755 });
    return Deno.openSync(path(directory), { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    const denied = error instanceof Deno.errors.PermissionDenied;
    throw systemError(
      error,
      `cannot take the lock ${path(directory)}`,
      denied ? "run it as root, or set PATRONUS_RUN_DIR" : "set PATRONUS_RUN_DIR to a directory that can be written",
    );
  }
}

function holder(directory: string): string {
  try {
    const pid = Deno.readTextFileSync(path(directory)).trim();
    return pid === "" ? "" : ` by process ${pid}`;
  } catch {
    return "";
  }
}
