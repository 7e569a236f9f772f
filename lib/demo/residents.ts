/**
 * Whoever lives in the demo's namespaces: what somebody left running in the background there, or the watchdog of an
 * apply that waits to be confirmed. They are no children of this process and end with the demo all the same.
 */

/** Milliseconds between two looks, how often a process is asked to end, and how often it is then made to. */
const PAUSE = 50;
const ASKED = 10;
const MADE = 20;

/** The network namespace of a process, as the kernel names it; null where it is gone or somebody else's. */
export function namespaceOf(pid: number): string | null {
  try {
    return Deno.readLinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return null;
  }
}

/** Ends every process in these namespaces. */
export async function endResidents(namespaces: ReadonlySet<string>): Promise<void> {
  const own = namespaceOf(Deno.pid);
  for (let look = 0; look < ASKED + MADE; look++) {
    const residents = processes().filter((pid) => {
      const namespace = namespaceOf(pid);
      return namespace !== null && namespace !== own && namespaces.has(namespace);
    });
    if (residents.length === 0) return;
    for (const pid of residents) end(pid, look < ASKED ? "SIGTERM" : "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

function processes(): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => Number.isInteger(pid));
}

function end(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
