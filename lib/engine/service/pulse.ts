/** Looks after what happens by itself: confirmations that run out, versions of others, and counters. */
import type { Engine } from "../mod.ts";
import type { Notice } from "./protocol.ts";

/** Milliseconds between two looks. */
const LOOK = 500;
/** Milliseconds between two readings of the counters; and how much of its time a reading may take at most: a quarter. */
const READ = 1000;
const SHARE = 4;

export class Pulse {
  /** Whether anybody wants the counters. */
  listening = false;
  readonly #timer: ReturnType<typeof setInterval>;
  #told = { version: "", pending: "null" };
  /** `performance.now()` from which on counters are read again. */
  #due = 0;
  #waiting = false;

  /** `inTurn` runs work when the engine does nothing else. */
  constructor(
    readonly engine: Engine,
    readonly tell: (notice: Notice) => void,
    readonly inTurn: (work: () => Promise<void>) => Promise<void>,
  ) {
    this.#version();
    this.#timer = setInterval(() => this.beat(), LOOK);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks once, unless a look is waiting for its turn already. */
  beat(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    void this.inTurn(async () => {
      this.#waiting = false;
      try {
        await this.#look();
      } catch (error) {
        // A full disk, another writer: the next look tries again.
        console.error("cannot look after the engine:", error);
      }
    });
  }

  async #look(): Promise<void> {
    if (this.engine.pending()?.secondsLeft === 0) await this.engine.recover();
    const pending = this.engine.pending();
    const words = JSON.stringify(pending);
    if (words !== this.#told.pending) {
      this.#told.pending = words;
      this.tell({ event: "pending", data: pending });
    }
    const data = this.#version();
    if (data !== null) this.tell({ event: "version", data });
    if (this.listening && performance.now() >= this.#due) await this.#counters();
  }

  /** What is new of the versions; null where nothing is. */
  #version(): { version: number | null; confirmed: number | null } | null {
    const { store } = this.engine;
    const data = { version: store.head()?.number ?? null, confirmed: store.lastConfirmed()?.number ?? null };
    const words = JSON.stringify(data);
    if (words === this.#told.version) return null;
    this.#told.version = words;
    return data;
  }

  async #counters(): Promise<void> {
    const began = performance.now();
    const data = Object.fromEntries(await this.engine.observedCounters());
    const ended = performance.now();
    this.#due = Math.max(began + READ, ended + SHARE * (ended - began)) - LOOK / 2;
    this.tell({ event: "counters", data });
  }
}
