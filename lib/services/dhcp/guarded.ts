/**
 * A process that ends with us, however we end. A small shell stands between: it starts the program as the leader of a session
 * of its own, tells its process id, and asks it to end as soon as our end of the shell's standard input closes, which the
 * kernel does for us when we are killed. When the program ends, what it started is ended too.
 */
import { systemError } from "../../model/system_error.ts";

const GUARD = `
exec 3<&0 </dev/null
setsid "$@" 3<&- >&2 &
pid=$!
echo "$pid"
exec >/dev/null 2>&1
{ read -r _ <&3; kill -s TERM "$pid"; } &
watch=$!
exec 3<&-
wait "$pid"
status=$?
kill "$watch"
kill -s KILL -- "-$pid"
exit "$status"
`;

export interface GuardedEnd {
  /** Exit status; above 128 it is 128 plus the signal. */
  readonly status: number;
  /** The last of what it wrote to standard error. */
  readonly words: readonly string[];
}

/** Lines of standard error that are kept. */
const KEPT = 3;

export class Guarded {
  readonly #shell: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #words: string[] = [];
  /** When nothing of it is left. */
  readonly ended: Promise<GuardedEnd>;

  private constructor(shell: Deno.ChildProcess, readonly pid: number) {
    this.#shell = shell;
    this.#input = shell.stdin.getWriter();
    this.ended = this.#follow();
  }

  /** Starts a program. Throws a `PatronusError` where there is no shell to do it. */
  static async start(program: string, args: readonly string[]): Promise<Guarded> {
    let shell: Deno.ChildProcess;
    try {
      const command = new Deno.Command("/bin/sh", {
        args: ["-c", GUARD, "patronus", program, ...args],
        cwd: "/",
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      });
      shell = command.spawn();
    } catch (error) {
      throw systemError(error, `cannot start ${program}`);
    }
    const reader = shell.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let told = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) told += part.value;
    return new Guarded(shell, Number(told));
  }

  /** Sends a signal to the program itself. */
  signal(name: Deno.Signal): void {
    send(this.pid, name);
  }

  /** Asks it to end with a signal, and ends it with all it started where it has not after so many milliseconds. */
  async end(name: Deno.Signal, grace: number): Promise<void> {
    this.signal(name);
    const late = setTimeout(() => send(-this.pid, "SIGKILL"), grace);
    await this.ended;
    clearTimeout(late);
  }

  async #follow(): Promise<GuardedEnd> {
    const reading = this.#read();
    const { code } = await this.#shell.status;
    await reading;
    // The shell is gone: it may or may not have taken our end for closed.
    await this.#input.close().catch(() => {});
    return { status: code, words: this.#words };
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const part of this.#shell.stderr.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      this.#words.push(...lines);
      this.#words.splice(0, this.#words.length - KEPT);
    }
  }
}

/** A negative process id means its group (kill(2)). */
function send(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
