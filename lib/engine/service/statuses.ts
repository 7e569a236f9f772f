/** The status, at once: while the engine is at something long, the last one that is known, with what it is at. */
import type { Status } from "../plan.ts";
import type { Caller } from "./protocol.ts";
import type { EngineThread, Work } from "./thread.ts";

/** Milliseconds that the engine gets to say how things are now. */
const PATIENCE = 20;

/** `candidate` is left out while it is not known. */
export interface CurrentStatus extends Omit<Status, "candidate"> {
  readonly candidate?: Status["candidate"];
  /** When it was so, ISO 8601. */
  readonly asOf: string;
  /** What the engine is at, where it has not answered for now. */
  readonly busy: Work | null;
}

type Known = Omit<CurrentStatus, "busy">;

export class Statuses {
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<Known>>();
  #last: Known | undefined;

  constructor(readonly engine: EngineThread) {}

  /** `fresh`: however long it takes. */
  async current(caller: Caller, fresh: boolean): Promise<CurrentStatus> {
    const asked = this.#ask(caller, fresh);
    if (fresh) return { ...await asked, busy: null };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), PATIENCE));
    const now = await Promise.race([asked.catch((error) => this.#fallback(caller) ?? Promise.reject(error)), late]);
    clearTimeout(timer);
    if (now !== null) return { ...now, busy: null };
    const { work } = this.engine;
    // At the very start nothing is known yet.
    return { ...this.#fallback(caller) ?? await asked, busy: work };
  }

  #fallback(caller: Caller): Known | undefined {
    const own = this.#known.get(caller.user);
    if (own !== undefined || this.#last === undefined) return own;
    const { candidate: _others, ...machine } = this.#last;
    return machine;
  }

  /** One question at a time for each user, unless the answer must be younger than the question. */
  #ask(caller: Caller, fresh: boolean): Promise<Known> {
    const { user } = caller;
    const asking = this.#asking.get(user);
    if (asking !== undefined && !fresh) return asking;
    const asked = this.engine.call("status", caller, {}).then(({ body }) => {
      const status = JSON.parse(new TextDecoder().decode(body)) as Status;
      const known = { ...status, asOf: new Date().toISOString() };
      this.#known.set(user, known);
      this.#last = known;
      return known;
    }).finally(() => {
      if (this.#asking.get(user) === asked) this.#asking.delete(user);
    });
    this.#asking.set(user, asked);
    return asked;
  }
}
