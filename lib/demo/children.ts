/** The processes that the demo started: all of them end when it does. */

/** Milliseconds that a process gets to end by itself. */
const GRACE = 1000;

const running = new Set<Deno.ChildProcess>();
let ending = false;

/** Starts a command that `endChildren` will end, unless it ends before. Throws where all is being ended already. */
export function spawn(
  command: readonly string[],
  options: Omit<Deno.CommandOptions, "args"> = {},
): Deno.ChildProcess {
  if (ending) throw new Error("the demo is ending");
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, { ...options, args }).spawn();
  running.add(child);
  void child.status.finally(() => running.delete(child));
  return child;
}

/** Ends every process that is still there; none is left when it returns. */
export async function endChildren(): Promise<void> {
  ending = true;
  const children = [...running];
  // An interactive shell ignores SIGTERM, and takes SIGHUP for its terminal's end.
  for (const child of children) signal(child, "SIGHUP");
  const late = setTimeout(() => children.forEach((child) => signal(child, "SIGKILL")), GRACE);
  await Promise.all(children.map((child) => child.status));
  clearTimeout(late);
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch {
    // It has ended meanwhile.
  }
}
