/**
 * Starts the process that undoes a change which nobody confirms, when no daemon is there to do it. It has a session of its
 * own, so that neither a closed terminal nor a cut connection ends it.
 */
import { resolve } from "node:path";
import { PatronusError } from "../model/error.ts";

/** Milliseconds in which it must be up. */
const START = 10_000;

/** Starts the watchdog and waits until it watches. Throws a `PatronusError`: then nothing may be changed. */
export async function startWatchdog(options: { stateDir: string; runDir: string; user: string }): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-prompt", "--quiet", new URL("./watch.ts", import.meta.url).pathname],
      ...[resolve(options.stateDir), resolve(options.runDir), options.user],
    ],
    cwd: "/",
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
  const reader = child.stdout.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), START));
  const said = await Promise.race([reader.read(), late]);
  clearTimeout(timer);
  await reader.cancel();
  child.unref();
  if (said?.value !== undefined && new TextDecoder().decode(said.value).includes("ready")) return;
  try {
    child.kill("SIGKILL");
  } catch { /* It has ended by itself. */ }
  throw new PatronusError("failed", "the watchdog that would undo the change does not start, so nothing was changed", {
    hint: "apply without --confirm, or run the daemon",
  });
}
