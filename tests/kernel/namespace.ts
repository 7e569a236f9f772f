/** Another network namespace, for devices to go to. */

/** A process in a network namespace of its own; it ends with the test. */
export async function namespace(): Promise<{ pid: number; devices(): string[] } & AsyncDisposable> {
  const child = new Deno.Command("unshare", { args: ["--net", "cat"], stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  // `cat` answers only when the namespace is there.
  await writer.write(new Uint8Array([10]));
  await reader.read();
  return {
    pid: child.pid,
    devices: () =>
      Deno.readTextFileSync(`/proc/${child.pid}/net/dev`).split("\n").slice(2).map((line) => line.split(":")[0] ?? "")
        .map((name) => name.trim()),
    async [Symbol.asyncDispose]() {
      await writer.close();
      await reader.cancel();
      await child.status;
    },
  };
}
