/** Keeps the network as long as the daemon runs, whenever the newest version wants it kept. */
import { keeperLock } from "../keeper_process.ts";
import type { Store } from "../../config/store.ts";
import { keepNetwork, Wishes } from "../network_keeping.ts";
import type { Directories } from "./protocol.ts";

/** Milliseconds between two looks whether there is something to keep. */
const LOOK = 1000;

export class NetworkWatch {
  #ending = false;
  #wake: () => void = () => {};
  readonly #done: Promise<void>;

  readonly #wishes: Wishes;

  constructor(readonly directories: Directories, store: Store, readonly report: (line: string) => void) {
    this.#wishes = new Wishes(directories.stateDir, store);
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
    const desired = this.#wishes.newest();
    if (desired === null || desired === "none") return;
    // The process that kept it without a daemon ends within seconds, and then the lock is free.
    using lock = keeperLock(this.directories.runDir);
    if (lock === null) return;
    const report = (line: string) => this.report(line);
    await keepNetwork({ ...this.directories, wishes: this.#wishes, report, relieved: () => this.#ending });
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
