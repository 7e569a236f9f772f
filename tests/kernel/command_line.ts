/** The command line as people run it: the real program in processes of its own, with or without a daemon. */
import { assertEquals, assertMatch } from "../../lib/std/assert.ts";
import { flush } from "./nft_harness.ts";

export const MAIN = new URL("../../main.ts", import.meta.url).pathname;
export const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Longest time for one command line, in milliseconds. */
export const BOUND = 20_000;

/** A machine's state in directories of its own; `run` takes a command line with `'…'` around words that hold spaces. */
export class Place {
  readonly root = Deno.makeTempDirSync({ prefix: "patronus-cli-" });
  readonly state = `${this.root}/state`;
  readonly runDir = `${this.root}/run`;
  readonly environment: Readonly<Record<string, string>> = {
    PATRONUS_STATE_DIR: this.state,
    PATRONUS_RUN_DIR: this.runDir,
    SSH_CONNECTION: "",
    SUDO_USER: "",
  };
  readonly #daemons = new Set<Deno.ChildProcess>();

  async run(line: string, env: Record<string, string> = {}, stdin = "", behind: string[] = []): Promise<Ran> {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
    const [program = "", ...args] = [...behind, Deno.execPath(), "run", "-A", "--no-prompt", "--quiet", MAIN, ...words];
    const child = new Deno.Command(program, {
      args,
      env: { ...this.environment, ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(BOUND),
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
    await writer.close().catch(() => {});
    const { code, stdout, stderr } = await child.output();
    return { status: code, out: decode(stdout), err: decode(stderr) };
  }

  /** Runs a command line that must succeed. */
  async ok(line: string, env: Record<string, string> = {}, stdin = ""): Promise<string> {
    const { status, out, err } = await this.run(line, env, stdin);
    assertEquals([status, err], [0, ""], `patronus ${line}\n${out}${err}`);
    return out;
  }

  /** Runs a command line that must fail; gives back what it says. */
  async fails(status: number, line: string, env: Record<string, string> = {}, stdin = ""): Promise<string> {
    const ran = await this.run(line, env, stdin);
    assertEquals([ran.status, ran.out], [status, ""], `patronus ${line}\n${ran.out}${ran.err}`);
    assertMatch(ran.err, /^patronus: /);
    return ran.err;
  }

  /** Starts the daemon and waits until it listens; it ends with the place. */
  async startDaemon(): Promise<Deno.ChildProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", "--quiet", MAIN, "daemon"],
      env: this.environment,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#daemons.add(child);
    const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    for (let said = ""; !said.includes("listening on");) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the daemon does not start: ${said}`);
      said += value;
    }
    void (async () => {
      for (let end = false; !end;) ({ done: end } = await reader.read());
    })();
    return child;
  }

  /** Ends a daemon, and waits until it has ended. */
  async endDaemon(daemon: Deno.ChildProcess, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number> {
    this.#daemons.delete(daemon);
    daemon.kill(signal);
    return (await daemon.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) await this.endDaemon(daemon);
    this[Symbol.dispose]();
  }

  file(name: string, text: string): string {
    const path = `${this.root}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    flush();
    Deno.removeSync(this.root, { recursive: true });
  }
}
