/**
 * Starts the process that undoes a change which nobody confirms. It has a session of its own, so that neither a closed
 * terminal nor a cut connection ends it, nor whatever ends a daemon.
 */
import { resolve } from "node:path";
import { startDetached } from "./detached.ts";

/** Starts the watchdog and waits until it watches. Throws a `PatronusError`: then nothing may be changed. */
export async function startWatchdog(options: { stateDir: string; runDir: string; user: string }): Promise<void> {
  await startDetached("watch.ts", [resolve(options.stateDir), resolve(options.runDir), options.user], {
    message: "the watchdog that would undo the change does not start, so nothing was changed",
    hint: "apply without --confirm",
  });
}
