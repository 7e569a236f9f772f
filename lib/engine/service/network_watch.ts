/** Keeps the network as long as the daemon runs, whenever the newest version wants it kept. */
import { keeperLock } from "../keeper_process.ts";
import { keepNetwork, wantsKeeping } from "../network_keeping.ts";
import type { Directories } from "./protocol.ts";

/** Milliseconds between two looks whether there is something to keep. */
const LOOK = 1000;

export class NetworkWatch {
  #ending = false;
  #wake: () => void = () => {};
  readonly #done: Promise<void>;

  constructor(readonly directories: Directories, readonly report: (line: string) => void) {
    this.#done = this.#run();
  }

  /** Ends when what is being set up is set up. DHCP leases stay. */
  async stop(): Promise<void> {
    this.#ending = true;
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#ending) {
      try {
        await this.#keep();
      } catch (error) {
        this.report(`the network is not kept: ${error instanceof Error ? error.message : String(error)}`);
      }
      if (!this.#ending) await this.#pause();
    }
  }

  async #keep(): Promise<void> {
    const { stateDir, runDir } = this.directories;
    if (!wantsKeeping(stateDir)) return;
    // The process that kept it without a daemon ends within seconds, and then the lock is free.
    using lock = keeperLock(runDir);
    if (lock === null) return;
    const report = (line: string) => this.report(line);
    await keepNetwork({ ...this.directories, report, relieved: () => this.#ending });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
