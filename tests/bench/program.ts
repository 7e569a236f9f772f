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

/** A daemon as the task `patronus` runs it, asked on admin.sock. */
export class Daemon implements AsyncDisposable {
  readonly #client: Deno.HttpClient;

  private constructor(readonly process: Deno.ChildProcess, socket: string) {
    this.#client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
  }

  /** Gives it when it listens. */
  static async start({ stateDir, runDir, user }: Place): Promise<Daemon> {
    const process = new Deno.Command(Deno.execPath(), {
      args: [subcommand, ...words, "daemon"],
      env: { PATRONUS_STATE_DIR: stateDir, PATRONUS_RUN_DIR: runDir, USER: user, SUDO_USER: "" },
      cwd: ROOT,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(BOUND),
    }).spawn();
    const socket = `${runDir}/admin.sock`;
    for (const start = performance.now();;) {
      try {
        (await Deno.connect({ transport: "unix", path: socket })).close();
        return new Daemon(process, socket);
      } catch (error) {
        if (performance.now() - start > BOUND) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  /** Throws unless it answers with success. */
  async ask(method: string, path: string, body?: string): Promise<unknown> {
    const answer = await fetch(`http://patronus/api/v1${path}`, {
      method,
      headers: { "content-type": "application/json", "if-match": "*" },
      ...(body === undefined ? {} : { body }),
      client: this.#client,
    } as RequestInit);
    const json = await answer.json();
    if (answer.ok) return json;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
  }

  /** proc(5): VmRSS of status is in KiB. */
  residentMegabytes(): number {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${this.process.pid}/status`)) ?? [];
    return Number(kib) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    this.process.kill("SIGTERM");
    await this.process.status;
  }
}
