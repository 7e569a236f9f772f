/** A guest: QEMU without acceleration (which not every machine has) and without any network, run over two serial ports. */
import type { Packages } from "./packages.ts";

/** What became of a command in the guest. */
export interface Outcome {
  /** Its exit status; null where there is none, because the guest hung or died. */
  readonly status: number | null;
  /** What it printed. */
  readonly output: string;
  /** What the guest's kernel said meanwhile. */
  readonly console: string;
}

/** Seconds within which a guest is up; it takes about two. */
const START_SECONDS = 60;

/** Mebibytes of memory. The files of the image are in it. */
const MEMORY = 1024;

/** With which the guest ends a command; `init.sh` prints it. */
const STATUS = /^(.*)@@status (\d+)$/;

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const split = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = split.pop() ?? "";
    yield* split;
  }
  if (rest !== "") yield rest;
}

/** QEMU's command line. The first serial port is the kernel's console, the second one standard input and output. */
function emulator(packages: Packages, image: string, console: string): string[] {
  // Variables that the kernel does not know become environment of init, and so of the tests.
  const seed = Deno.env.get("PATRONUS_SEED");
  const append = `console=ttyS0 panic=-1 reboot=t${seed === undefined ? "" : ` PATRONUS_SEED=${seed}`}`;
  return [
    "qemu-system-x86_64",
    ...["seabios", "qemu"].flatMap((name) => ["-L", `${packages.root}/usr/share/${name}`]),
    ...["-machine", "q35", "-accel", "tcg", "-cpu", "max", "-m", `${MEMORY}`],
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-nic", "none"],
    ...["-chardev", `file,id=console,path=${console}`, "-serial", "chardev:console", "-serial", "stdio"],
    ...["-kernel", `${packages.root}/boot/vmlinuz-${packages.kernel}`, "-initrd", image, "-append", append],
  ];
}

export class Guest {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;
  readonly #console: string;

  private constructor(child: Deno.ChildProcess, console: string) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = lines(child.stdout);
    this.#console = console;
  }

  /** Starts a guest and waits until it is up. Throws with its console log where it does not come up. */
  static async start(packages: Packages, image: string): Promise<Guest> {
    const console = await Deno.makeTempFile({ prefix: "console-" });
    // The emulator ends with this process, however that ends.
    const child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", ...emulator(packages, image, console)],
      env: {
        PATH: `${packages.root}/usr/bin:${Deno.env.get("PATH")}`,
        LD_LIBRARY_PATH: `${packages.root}/usr/lib/x86_64-linux-gnu`,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const guest = new Guest(child, console);
    const up = await guest.#answer(START_SECONDS);
    if (up.status === null) {
      await guest.end();
      throw new Error(`the guest did not come up; its console said:\n${up.console}`);
    }
    return guest;
  }

  /**
   * Runs a line of shell in the guest. A guest in which it takes longer than that many seconds is ended.
   * @param show Is passed each line that the command prints, as it comes.
   */
  async run(command: string, seconds: number, show?: (line: string) => void): Promise<Outcome> {
    // A guest that is gone by now is found out when it does not answer.
    await this.#input.write(new TextEncoder().encode(`${command}\n`)).catch(() => {});
    return await this.#answer(seconds, show);
  }

  async #answer(seconds: number, show?: (line: string) => void): Promise<Outcome> {
    const since = (await Deno.stat(this.#console)).size;
    const bound = setTimeout(() => this.#child.kill("SIGKILL"), seconds * 1000);
    let output = "";
    let status: number | null = null;
    while (status === null) {
      const { value: line, done } = await this.#lines.next();
      if (done) break;
      const [, before = line, code] = STATUS.exec(line) ?? [];
      if (code !== undefined) status = Number(code);
      if (code !== undefined && before === "") break;
      show?.(before);
      output += `${before}\n`;
    }
    clearTimeout(bound);
    const console = new TextDecoder().decode((await Deno.readFile(this.#console)).subarray(since));
    return { status, output, console };
  }

  /** Turns the guest off. */
  async end(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#input.abort().catch(() => {});
    await this.#lines.return(undefined);
    await Deno.remove(this.#console);
  }
}
