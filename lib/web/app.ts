/** The API as one function from a request to its answer: what holds for all routes is said here. */
import type { ApiEnv } from "../../routes/api/context.ts";
import { Statuses } from "../engine/service/statuses.ts";
import type { EngineThread } from "../engine/service/thread.ts";
import type { Authenticate } from "./caller.ts";
import { admit, type Limits } from "./gate.ts";
import { Idempotency } from "./idempotency.ts";
import { problem, problemOf } from "./problem.ts";
import { methodsOf, ROUTES } from "./routes.ts";

/** Methods that change nothing. */
const READING = ["GET", "HEAD"];

/** A way in: who comes by it, and how much they may bring. */
export interface Door {
  readonly authenticate: Authenticate;
  readonly limits: Limits;
}

export type Handler = (request: Request) => Promise<Response>;

/** Everything that the API's doors share. */
export class Api {
  readonly #statuses: Statuses;
  readonly #idempotency = new Idempotency();
  readonly #closing = new AbortController();

  constructor(readonly engine: EngineThread) {
    this.#statuses = new Statuses(engine);
  }

  /** Ends what would not end by itself: streams of events. */
  close(): void {
    this.#closing.abort();
  }

  /** The API behind one door. The handler throws nothing. */
  behind({ authenticate, limits }: Door): Handler {
    return async (request) => {
      try {
        return await this.#answer(request, authenticate, limits);
      } catch (error) {
        return problemOf(error, request.method);
      }
    };
  }

  async #answer(request: Request, authenticate: Authenticate, limits: Limits): Promise<Response> {
    const caller = await authenticate(request);
    if (caller === null) return problem(401, "this needs a session or a token");
    const refusal = refusePath(request);
    if (refusal !== null) return refusal;
    const reading = READING.includes(request.method);
    if (!reading && caller.role === "viewer") return problem(403, `${caller.user} may look, and change nothing`);
    if (!reading && request.headers.get("if-match") === null) {
      return problem(428, "a change must say what it is meant for", "send the last ETag as If-Match, or If-Match: *");
    }
    const admitted = await admit(request, limits);
    if (admitted instanceof Response) return admitted;
    const variables: ApiEnv["Variables"] = {
      caller,
      engine: this.engine,
      statuses: this.#statuses,
      closing: this.#closing.signal,
    };
    return await this.#idempotency.once(
      caller.user,
      admitted,
      async (request) => await ROUTES.fetch(request, { variables }),
    );
  }
}

/** 404 and 405, in the same form as everything else that is wrong. */
function refusePath(request: Request): Response | null {
  const { pathname } = new URL(request.url);
  const shown = pathname.slice(0, 200);
  const methods = methodsOf(pathname);
  if (methods === null) return problem(404, `there is no ${shown}`, "/api/v1/openapi.json lists what there is");
  if (methods.includes(request.method)) return null;
  return problem(405, `${shown} does not know ${request.method}`, undefined, { allow: methods.join(", ") });
}
