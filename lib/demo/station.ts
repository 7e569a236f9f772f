/** A process that holds one namespace, and does there what it is asked. */
import { fileURLToPath } from "node:url";
import { PatronusError } from "../model/error.ts";
import { spawn } from "./children.ts";
import { type Answer, type Job, type Jobs, lines, type Request } from "./protocol.ts";

const PROGRAM = fileURLToPath(new URL("./host.ts", import.meta.url));

/** Answering datagrams is not stable in Deno yet, and the library of sockets needs FFI. */
const RUN = [Deno.execPath(), "run", "--allow-all", "--quiet", "--unstable-net", PROGRAM];

/** Deno looks for a newer Deno now and then, which would be traffic in the demo's network. */
const ENVIRONMENT = { DENO_NO_UPDATE_CHECK: "1" };

export class Station {
  readonly #child: Deno.ChildProcess;
  readonly #answers: AsyncGenerator<string>;
  readonly #questions: WritableStreamDefaultWriter<Uint8Array>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(readonly name: string, command: readonly string[]) {
    this.#child = spawn(command, { stdin: "piped", stdout: "piped", stderr: "inherit", env: ENVIRONMENT });
    this.#answers = lines(this.#child.stdout);
    this.#questions = this.#child.stdin.getWriter();
  }

  /** Starts one behind words that enter its namespace; ready when it returns. Throws a `PatronusError`. */
  static async start(name: string, doorway: readonly string[]): Promise<Station> {
    const station = new Station(name, [...doorway, ...RUN]);
    await station.#answer("start");
    return station;
  }

  /** By which others find its namespace. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Asks for one job; jobs are done one behind the other. Throws a `PatronusError` with the reason of a failure. */
  ask<J extends Job>(job: J, ask: Jobs[J]["ask"]): Promise<Jobs[J]["answer"]> {
    const turn = this.#turn.then(async () => {
      const request: Request<J> = { job, ask };
      await this.#questions.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
      return await this.#answer<J>(job);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #answer<J extends Job>(what: string): Promise<Jobs[J]["answer"]> {
    const { value, done } = await this.#answers.next();
    if (done) throw new PatronusError("failed", `the process that holds the demo's ${this.name} ended unexpectedly`);
    const answer = JSON.parse(value) as Answer<J>;
    if ("done" in answer) return answer.done;
    throw new PatronusError("failed", `the demo's ${this.name} cannot ${what}: ${answer.failed}`);
  }
}
