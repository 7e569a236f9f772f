/** A network that is nobody else's: what is loaded there touches nothing on the machine. */

/** The command that puts another into a private network namespace; null where this machine forbids it. */
export async function privateNetwork(): Promise<string[] | null> {
  const command = Deno.uid() === 0 ? ["unshare", "--net"] : ["unshare", "--user", "--map-root-user", "--net"];
  const [program = "", ...args] = command;
  try {
    const { success } = await new Deno.Command(program, { args: [...args, "true"], stdout: "null", stderr: "null" })
      .output();
    return success ? command : null;
  } catch {
    return null;
  }
}

/** Refuses to run where the machine's own ruleset is: a fresh namespace has a loopback device and nothing else. */
export function assertPrivateNetwork(): void {
  const devices = Deno.readTextFileSync("/proc/self/net/dev").split("\n").slice(2).map((line) =>
    line.split(":")[0]?.trim()
  );
  // Kernels with tunnels built in make one unused device of each kind.
  const others = devices.filter((name) =>
    name !== undefined &&
    !/^(|lo|sit0|tunl0|gre0|gretap0|erspan0|ip6tnl0|ip6_vti0|ip_vti0|ip6gre0|ifb\d|dummy0|teql0)$/.test(name)
  );
  if (others.length > 0) {
    throw new Error("this runs in a network namespace of its own: unshare --net deno …");
  }
}
