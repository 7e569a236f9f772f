/**
 * The engine's thread: everything that may take long happens here, so that the thread that answers requests never waits.
 * Takes `ToEngine` messages and posts `FromEngine` ones; calls are carried out one after the other.
 */
import { type Engine, openEngine } from "../mod.ts";
import { type Operation, OPERATIONS, type Place } from "./operations.ts";
import { type Call, type Directories, faultOf, type FromEngine, type Notice, type ToEngine } from "./protocol.ts";
import { NetworkWatch } from "./network_watch.ts";
import { Pulse } from "./pulse.ts";
import { refuseStale, tagOf } from "./tag.ts";

/** What of DOM's worker scope is used; the types of windows and workers cannot be loaded together. */
interface Scope {
  onmessage: ((message: MessageEvent<ToEngine>) => void) | null;
  postMessage(message: FromEngine, transfer?: Transferable[]): void;
  close(): void;
}
const scope = globalThis as unknown as Scope;

/** What the daemon itself does is done by nobody. */
const NOBODY = "";

class EngineThread {
  #last: Promise<unknown> = Promise.resolve();
  readonly #pulse: Pulse;
  readonly #network: NetworkWatch;

  private constructor(readonly engine: Engine, directories: Directories) {
    const tell = (notice: Notice) => scope.postMessage({ notice });
    this.#pulse = new Pulse(engine, tell, (work) => this.#inTurn(work));
    this.#network = new NetworkWatch(
      directories,
      engine.store,
      (message) => tell({ event: "network", data: { message } }),
    );
  }

  static async open(directories: Directories): Promise<EngineThread> {
    const engine = await openEngine({
      ...directories,
      user: NOBODY,
      // The daemon keeps the network itself. It counts down as well, but a watchdog outlives what kills the daemon.
      startKeeper: () => Promise.resolve(false),
    });
    return new EngineThread(engine, directories);
  }

  listen(listening: boolean): void {
    this.#pulse.listening = listening;
  }

  take(call: Call): void {
    void this.#inTurn(() => this.#answer(call));
  }

  /** Ends when what was begun is done. */
  async end(): Promise<void> {
    this.#pulse.stop();
    await this.#network.stop();
    await this.#last;
    this.engine.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }

  async #answer({ number, operation, caller, match, arguments: given }: Call): Promise<void> {
    try {
      const { store } = this.engine;
      const { writes, run } = OPERATIONS[operation] as {
        writes: boolean;
        run: (place: Place, given: unknown) => unknown;
      };
      const guard = () => refuseStale(store, caller.user, match);
      const engine = this.engine.as({ user: caller.user, session: caller.session });
      const result = await run({ engine, caller, guard }, given);
      const body = new TextEncoder().encode(JSON.stringify(result));
      scope.postMessage({ number, answer: { body, tag: tagOf(store, caller.user) } }, [body.buffer]);
      if (writes) this.#pulse.beat();
    } catch (error) {
      const fault = faultOf(error);
      if (fault.code === "failed") console.error(operation satisfies Operation, error);
      scope.postMessage({ number, fault });
    }
  }
}

let thread: Promise<EngineThread> | undefined;

scope.onmessage = async ({ data }) => {
  if ("begin" in data) {
    thread = EngineThread.open(data.begin);
    try {
      await thread;
      scope.postMessage({ ready: true });
    } catch (error) {
      scope.postMessage({ failed: faultOf(error) });
    }
    return;
  }
  const open = await thread;
  if (open === undefined) return;
  if ("call" in data) open.take(data.call);
  else if ("listening" in data) open.listen(data.listening);
  else {
    await open.end().catch((error) => console.error("the engine does not end well:", error));
    scope.postMessage({ ended: true });
    scope.close();
  }
};
