/** Programs as whole processes, from their start to their end. */
import settings from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url).pathname;
/** Milliseconds after which a process is ended: nothing here waits for ever. */
const BOUND = 60_000;

const [, subcommand = "", ...words] = settings.tasks.patronus.command.split(" ");

/** What the task `patronus` tells Deno in front of the program's own path. */
export const FLAGS: readonly string[] = words.slice(0, -1);

/** Patronus's environment: everything that it writes is under one directory. */
export interface Place {
  readonly stateDir: string;
  readonly runDir: string;
  readonly user: string;
}

/** Runs the command line as the task `patronus` does, but for the task runner. Throws unless it exits with `status`. */
export async function patronus(place: Place, args: readonly string[], status = 0): Promise<void> {
  const command = [Deno.execPath(), subcommand, ...words, ...args];
  const env = { PATRONUS_STATE_DIR: place.stateDir, PATRONUS_RUN_DIR: place.runDir, USER: place.user, SUDO_USER: "" };
  await run(command, { env, status });
}

/** Runs a file of this folder under the flags of the task `patronus`; gives what it prints. */
export function child(file: string, args: readonly string[]): Promise<string> {
  return run([Deno.execPath(), subcommand, ...FLAGS, new URL(file, import.meta.url).pathname, ...args]);
}

/** Runs `nft` on a file. */
export async function nft(path: string): Promise<void> {
  await run(["nft", "-f", path]);
}

/** Runs a command to its end; gives its standard output. Throws with what it complained of where the status is another. */
export async function run(
  [program = "", ...args]: readonly string[],
  { env = {}, status = 0 }: { readonly env?: Record<string, string>; readonly status?: number } = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env,
    cwd: ROOT,
    stdin: "null",
    signal: AbortSignal.timeout(BOUND),
  }).output();
  const decoder = new TextDecoder();
  if (code === status) return decoder.decode(stdout);
  throw new Error(`${program} ${args.join(" ")} ended with ${code}, not ${status}: ${decoder.decode(stderr)}`);
}
