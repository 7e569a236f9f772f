/** Starts a program of this folder that goes on without its parent, and waits until it says that it is ready. */
import { PatronusError } from "../model/error.ts";

/** Milliseconds in which it must be up. */
const START = 10_000;

/** What to say where it does not start. */
export interface StartFailure {
  readonly message: string;
  readonly hint: string;
}

/** `program` is a file of this folder that prints "ready". Throws a `PatronusError` where it does not. */
export async function startDetached(program: string, args: readonly string[], failure: StartFailure): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--quiet", new URL(`./${program}`, import.meta.url).pathname, ...args],
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
  throw new PatronusError("failed", failure.message, { hint: failure.hint });
}
