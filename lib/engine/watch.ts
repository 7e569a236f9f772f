/**
 * The watchdog, a program: says "ready", then watches the store until nothing is pending any more, and undoes what is
 * overdue; a daemon that runs is given the time to do it first. Arguments: STATE_DIR RUN_DIR USER.
 */
import { databasePath } from "../config/paths.ts";
import { daemonRuns } from "./daemon_lock.ts";
import { type Engine, openEngine } from "./mod.ts";

/** Milliseconds between two looks at the store, and for which it waits for a change to begin. */
const LOOK = 500;
const BEGIN = 15_000;
/** Looks at an overdue change for which a daemon is left alone: then it hangs. */
const GRACE = 10;

async function watch(stateDir: string, runDir: string, user: string): Promise<void> {
  const pause = () => new Promise((resolve) => setTimeout(resolve, LOOK));
  let engine: Engine | undefined = await openEngine({ stateDir, runDir, user });
  Deno.stdout.writeSync(new TextEncoder().encode("ready\n"));
  const began = performance.now();
  const head = engine.store.head()?.number;
  let seen = false;
  let overdue = 0;
  while (true) {
    await pause();
    // Nothing can be pending in a store that was taken away.
    if (!exists(databasePath(stateDir))) return engine?.close();
    try {
      engine ??= await openEngine({ stateDir, runDir, user });
      const pending = engine.pending();
      seen ||= pending !== null || engine.store.head()?.number !== head;
      overdue = pending?.secondsLeft === 0 ? overdue + 1 : 0;
      if (overdue > 0 && (overdue > GRACE || !daemonRuns(runDir))) await engine.recover();
      const over = pending === null && (seen || performance.now() - began > BEGIN);
      if (over) return engine.close();
    } catch {
      // A full disk, another writer, a store that is being repaired: nobody else will do this, so it goes on trying.
      engine?.close();
      engine = undefined;
    }
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

const [stateDir = "", runDir = "", user = ""] = Deno.args;
await watch(stateDir, runDir, user);
