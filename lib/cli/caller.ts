/** Who calls, and from where. */

/** Whose candidate it is: whoever became root by sudo, else the login name. */
export function userName(): string {
  for (const variable of ["SUDO_USER", "USER", "LOGNAME"]) {
    const name = Deno.env.get(variable);
    if (name !== undefined && name !== "") return name;
  }
  return Deno.uid() === 0 ? "root" : `uid-${Deno.uid()}`;
}

/** How many processes above this one are asked. */
const GENERATIONS = 32;

/**
 * The SSH connection that this process belongs to: `SSH_CONNECTION` (sshd(8): client address and port, server address and
 * port) of this process or, since sudo takes it away, of one above.
 */
export function sshAddress(): { from: string; fromPort: number; to: string; port: number } | null {
  let text = Deno.env.get("SSH_CONNECTION");
  let pid = Deno.ppid;
  for (let generation = 0; text === undefined && pid > 1 && generation < GENERATIONS; generation++) {
    try {
      const environment = Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0");
      text = environment.find((entry) => entry.startsWith("SSH_CONNECTION="))?.slice("SSH_CONNECTION=".length);
      // proc(5): the name in parentheses may hold spaces; the parent's pid is the second field behind it.
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
      pid = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    } catch {
      return null;
    }
  }
  const [from, fromPort, to, port] = text?.split(" ") ?? [];
  if (from === undefined || to === undefined) return null;
  if (![fromPort, port].every((number) => /^\d{1,5}$/.test(number ?? ""))) return null;
  return { from, fromPort: Number(fromPort), to, port: Number(port) };
}
