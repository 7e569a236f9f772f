/**
 * A client that outlived us: where both Patronus and the guard of its client were killed, nobody told the client to end, and
 * a second one could not start beside it. What runs is written down, and ended before the next start.
 */
import { atomicWrite } from "../file.ts";

/** proc_pid_stat(5). */
interface Stat {
  readonly pid: number;
  readonly session: number;
  /** Clock ticks since boot. Together with `pid` it names one process of this boot. */
  readonly started: number;
  /** Ended, but nobody has taken its exit status yet. */
  readonly dead: boolean;
}

/** Milliseconds between two looks at processes that are to end. */
const PAUSE = 50;

/** Writes down the process that leads a session, as `pid ticks`. Where that fails, the guard still stands. */
export function noteProcess(file: string, pid: number): void {
  const stat = readStat(pid);
  try {
    if (stat !== null) atomicWrite(file, `${pid} ${stat.started}\n`, 0o600);
  } catch { /* A full disk is no reason to go without an address. */ }
}

/**
 * Ends what is left of the session that was written down: SIGTERM to its leader, and SIGKILL to all of it after `grace`
 * milliseconds. Touches nothing where the process of that id is another one by now.
 */
export async function endLeftover(file: string, grace: number): Promise<void> {
  const [pid = 0, started = 0] = read(file).split(" ").map(Number);
  if (!(pid > 1)) return;
  const leader = readStat(pid);
  if (leader !== null && leader.started !== started) return;
  if (leader !== null) signal(pid, "SIGTERM");
  for (let waited = 0; leader !== null && waited < grace && living(pid).length > 0; waited += PAUSE) await pause();
  // Its number belongs to the session as long as anybody is in it (pid_namespaces aside, kernel/pid.c).
  for (const member of living(pid)) signal(member, "SIGKILL");
  for (let waited = 0; waited < grace && living(pid).length > 0; waited += PAUSE) await pause();
}

/** Processes of a session that still run. */
function living(session: number): number[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) =>
    readStat(Number(name))
  )
    .filter((stat) => stat !== null).filter((stat) => stat.session === session && !stat.dead).map(({ pid }) => pid);
}

function readStat(pid: number): Stat | null {
  // The name in parentheses may hold anything, also parentheses.
  const [, rest = ""] = /\) (.*)$/s.exec(read(`/proc/${pid}/stat`)) ?? [];
  const fields = rest.split(" ");
  const [state = "", session = NaN, started = NaN] = [fields[0], Number(fields[3]), Number(fields[19])];
  return Number.isNaN(started) ? null : { pid, session, started, dead: state === "Z" || state === "X" };
}

function read(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return "";
  }
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}
