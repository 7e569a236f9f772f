/** Which daemon there is: at most one for each run directory, told by a lock that ends with it (flock(2)). */
import { PatronusError } from "../model/error.ts";

/** How long a daemon waits for those who only look whether there is one, in milliseconds. */
const WAIT = 1000;
const STEP = 50;

/** Takes the daemon's place; closing the file gives it up. Throws `conflict` where another one has it. */
export async function takeDaemonLock(runDir: string): Promise<Deno.FsFile> {
  Deno.mkdirSync(runDir, { recursive: true, mode: 0o755 });
  const file = Deno.openSync(path(runDir), { read: true, write: true, create: true, mode: 0o600 });
  for (let waited = 0; waited < WAIT; waited += STEP) {
    if (file.tryLockSync(true)) return file;
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
  file.close();
  throw new PatronusError("conflict", `a daemon runs already for ${runDir}`, {
    hint: "end that one first, or set PATRONUS_RUN_DIR to another directory",
  });
}

/** Whether a daemon runs. */
export function daemonRuns(runDir: string): boolean {
  try {
    using file = Deno.openSync(path(runDir), { read: true });
    return !file.tryLockSync(false);
  } catch {
    return false;
  }
}

function path(runDir: string): string {
  return `${runDir}/daemon.lock`;
}
