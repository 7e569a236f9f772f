/**
 * The network's keeper, a program: says "ready", then keeps the network while no daemon does. One runs for each run
 * directory; another one ends at once, and so does this one when a daemon comes. It ends when the store is taken away or
 * wants no network. Arguments: STATE_DIR RUN_DIR ETC_DIR.
 */
import { daemonRuns } from "./daemon_lock.ts";
import { keeperLock, logPath } from "./keeper_process.ts";
import { keepNetwork, Wishes } from "./network_keeping.ts";

const [stateDir = "", runDir = "", etcDir = ""] = Deno.args;

async function keep(): Promise<void> {
  using lock = keeperLock(runDir);
  Deno.stdout.writeSync(new TextEncoder().encode("ready\n"));
  if (lock === null) return;
  using log = Deno.openSync(logPath(runDir), { create: true, write: true, truncate: true, mode: 0o600 });
  const report = (line: string) =>
    void log.writeSync(new TextEncoder().encode(`${new Date().toISOString()} ${line}\n`));
  const wishes = new Wishes(stateDir);
  await keepNetwork({ stateDir, runDir, etcDir, wishes, report, relieved: () => daemonRuns(runDir) });
}

await keep();
