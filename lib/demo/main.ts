/**
 * `deno task demo`: a real kernel firewall in a private network, with no risk to the machine.
 *
 * This process stays outside. The router and its hosts are child processes, each in a network namespace of its own; they
 * end with their standard input, and so with this process whatever ends it.
 */
import { tellFailure } from "../cli/failure.ts";
import { type Io, processIo } from "../cli/io.ts";
import { paint } from "../cli/terminal.ts";
import { endChildren, spawn } from "./children.ts";
import { CLAIMS } from "./claims.ts";
import { shellGreeting, waitingNote } from "./guide.ts";
import { buildLab, examplePath, type Lab, runPatronus } from "./lab.ts";
import { findDoorway } from "./namespace.ts";
import { drawTopology, summary, trialLines, trialTitles } from "./report.ts";
import { type Trial, tryClaim } from "./trial.ts";
import { endResidents } from "./residents.ts";
import { makeWorkspace, removeWorkspace, sweepWorkspaces } from "./workspace.ts";

const USAGE = `deno task demo [--once]

Builds a private network with a router, an office, a web server and an internet, loads lib/demo/example.toml into the
kernel there, sends connections through it and shows what became of them. Then it gives you a shell on the router.

  --once   end after showing; the status is 0 if every connection went as the document says
`;

/** Numbers of the signals that end the demo (signal(7)); a shell adds 128. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

class Demo {
  #directory: string | undefined;
  #lab: Lab | undefined;
  #leaving = false;
  /** Ctrl-C is the shell's while there is one. */
  #inShell = false;

  constructor(readonly io: Io) {
    for (const name of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(name, () => {
        if (!(name === "SIGINT" && this.#inShell)) void this.leave(128 + SIGNALS[name]);
      });
    }
  }

  /** Runs it all; ends the process. */
  async run(once: boolean): Promise<void> {
    try {
      const status = await this.#show(once);
      await this.leave(status);
    } catch (error) {
      // What breaks while everything is being ended is no news.
      if (!this.#leaving) await this.leave(tellFailure(error, this.io, Deno.env.get("PATRONUS_DEBUG") === "1"));
    }
  }

  /** Ends every process, removes the directory, and then this process. */
  async leave(status: number): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    await endChildren();
    if (this.#lab !== undefined) await endResidents(this.#lab.namespaces);
    if (this.#directory !== undefined) removeWorkspace(this.#directory);
    Deno.exit(status);
  }

  async #show(once: boolean): Promise<number> {
    sweepWorkspaces();
    const doorway = await findDoorway();
    this.#directory = makeWorkspace();
    const lab = this.#lab = await buildLab(this.#directory, doorway);
    this.#heading("A private network, and nothing outside it is touched");
    this.io.write(drawTopology(this.io.stdout));
    await this.#patronus(lab, "config", "import", examplePath());
    await this.#patronus(lab, "apply", "--message", "the demo's example");
    const trials = await this.#tryAll(lab);
    await this.#patronus(lab, "firewall", "list");
    if (!once) await this.#stay(lab);
    return trials.every(({ holds }) => holds) ? 0 : 1;
  }

  async #tryAll(lab: Lab): Promise<Trial[]> {
    const terminal = this.io.stdout;
    this.#heading("Connections, and the rule whose counter grew");
    this.io.write(trialTitles(terminal));
    const trials: Trial[] = [];
    for (const claim of CLAIMS) {
      const trial = await tryClaim(lab, claim);
      this.io.write(trialLines(trial, terminal));
      trials.push(trial);
    }
    this.io.write(summary(trials, terminal));
    return trials;
  }

  /** A shell where there is a terminal to type on; else until a signal comes. */
  async #stay(lab: Lab): Promise<void> {
    this.io.write("\n");
    if (!Deno.stdin.isTerminal()) {
      this.io.write(waitingNote(lab.scripts.shell, this.io.stdout));
      return await new Promise(() => setInterval(() => {}, 2 ** 30));
    }
    this.io.write(shellGreeting(this.io.stdout));
    this.#inShell = true;
    await spawn([lab.scripts.shell], { stdin: "inherit" }).status;
  }

  async #patronus(lab: Lab, ...args: string[]): Promise<void> {
    const words = args.map((word) => /\s/.test(word) ? `"${word}"` : word).join(" ");
    this.io.write(`\n${paint(`$ patronus ${words}`, "accent", this.io.stdout)}\n`);
    await runPatronus(lab, ...args);
  }

  #heading(text: string): void {
    this.io.write(`\n${paint(text, "strong", this.io.stdout)}\n`);
  }
}

if (import.meta.main) {
  const io = processIo();
  const args = Deno.args[0] === "--" ? Deno.args.slice(1) : Deno.args;
  const unknown = args.filter((word) => !["--once", "--help", "-h"].includes(word));
  if (unknown.length > 0) {
    io.writeError(`demo: unknown option ${unknown.join(" ")}\n\n${USAGE}`);
    Deno.exit(2);
  }
  if (args.length > 0 && !args.includes("--once")) io.write(USAGE);
  else await new Demo(io).run(args.includes("--once"));
}
