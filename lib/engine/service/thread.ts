/** The engine in a thread of its own, as the thread that answers requests sees it. */
import type { Operation, OperationArguments, OperationResult } from "./operations.ts";
import {
  type Answer,
  type Caller,
  type Directories,
  errorOf,
  type FromEngine,
  type Notice,
  type ToEngine,
} from "./protocol.ts";

/** An answer whose body is the JSON of `T`. */
export interface Typed<T> extends Answer {
  /** Never there: it only tells the type. */
  readonly type?: T;
}

interface Waiting {
  readonly operation: Operation;
  readonly caller: Caller;
  /** ISO 8601. */
  readonly since: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** What the engine is at. */
export interface Work {
  readonly operation: Operation;
  readonly user: string;
  readonly since: string;
}

export class EngineThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<(notice: Notice) => void, boolean>();
  #number = 0;
  #ended: (() => void) | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Throws a `PatronusError` where the store or the kernel cannot be opened. */
  static async start(directories: Directories): Promise<EngineThread> {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "engine" });
    const thread = new EngineThread(worker);
    const began = Promise.withResolvers<void>();
    worker.onerror = (event) => {
      event.preventDefault();
      began.reject(new Error(event.message));
      thread.#die(event.message);
    };
    worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      if ("ready" in data) began.resolve();
      else if ("failed" in data) began.reject(errorOf(data.failed));
      else thread.#take(data);
    };
    thread.#post({ begin: directories });
    try {
      await began.promise;
      return thread;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** Asks the engine. `match` are the entity tags that a change is meant for. Throws what the operation throws. */
  call<O extends Operation>(
    operation: O,
    caller: Caller,
    given: OperationArguments<O>,
    match: string | null = null,
  ): Promise<Typed<OperationResult<O>>> {
    const number = ++this.#number;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(number, { operation, caller, since: new Date().toISOString(), resolve, reject });
    this.#post({ call: { number, operation, caller, match, arguments: given } as never });
    return promise;
  }

  /** The call that the engine is at, or comes to next; null where it has none. */
  get work(): Work | null {
    for (const { operation, caller, since } of this.#waiting.values()) return { operation, user: caller.user, since };
    return null;
  }

  /** Calls back with each notice until the function that it gives is called; with counters only where `costly` says so. */
  listen(listener: (notice: Notice) => void, { costly = true } = {}): () => void {
    this.#listeners.set(listener, costly);
    this.#tellListening();
    return () => {
      this.#listeners.delete(listener);
      this.#tellListening();
    };
  }

  #tellListening(): void {
    this.#post({ listening: [...this.#listeners.values()].includes(true) });
  }

  /** Ends when the engine has ended what it was at. */
  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#ended = resolve);
    this.#post({ end: true });
    await ended;
    this.#worker.terminate();
  }

  #post(message: ToEngine): void {
    this.#worker.postMessage(message);
  }

  #take(message: Exclude<FromEngine, { ready: true } | { failed: unknown }>): void {
    if ("notice" in message) {
      for (const listener of this.#listeners.keys()) listener(message.notice);
    } else if ("ended" in message) this.#ended?.();
    else {
      const waiting = this.#waiting.get(message.number);
      this.#waiting.delete(message.number);
      if ("answer" in message) waiting?.resolve(message.answer);
      else waiting?.reject(errorOf(message.fault));
    }
  }

  /** A thread that is gone answers nobody: the daemon cannot go on, and its init system starts it again. */
  #die(message: string): void {
    console.error(`the engine has died: ${message}`);
    for (const { reject } of this.#waiting.values()) reject(new Error("the engine has died"));
    this.#waiting.clear();
    this.#ended?.();
    this.onDeath();
  }

  /** What to do when the engine's thread is gone. */
  onDeath: () => void = () => {};
}
