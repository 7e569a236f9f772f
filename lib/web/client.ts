/** The typed client of the API, over the daemon's socket. */
import { hc } from "hono/client";
import type { ApiRoutes } from "../../routes/api/mod.ts";
import type { CallerSession } from "../engine/session.ts";
import { type ErrorCode, type Finding, PatronusError } from "../model/error.ts";
import { adminSocket, SESSION_HEADER, USER_HEADER } from "./places.ts";

export interface ClientUser {
  readonly user: string;
  readonly session: CallerSession | null;
}

/** Where the routes begin; the host means nothing on a socket. */
const BASE = "http://patronus/api/v1";

type Routes = ReturnType<typeof hc<ApiRoutes>>;

export class ApiClient {
  readonly routes: Routes;
  readonly #http: Deno.HttpClient;

  /** As the local root, on behalf of a user. Connects with the first request. */
  constructor(runDir: string, { user, session }: ClientUser) {
    this.#http = Deno.createHttpClient({ proxy: { transport: "unix", path: adminSocket(runDir) } });
    const headers: Record<string, string> = { [USER_HEADER]: encodeURIComponent(user) };
    if (session !== null) {
      const { from, fromPort = 0, to, port } = session;
      headers[SESSION_HEADER] = `${from} ${fromPort} ${to} ${port}`;
    }
    this.routes = hc<ApiRoutes>(BASE, {
      headers,
      fetch: (input: string | URL | Request, init?: RequestInit) => this.#fetch(input, init),
    });
  }

  async #fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    try {
      return await fetch(input, { ...init, client: this.#http } as RequestInit);
    } catch (error) {
      throw new PatronusError("failed", "the daemon does not answer", {
        hint: "patronus status shows how far it came; without a daemon it looks for itself",
        cause: error,
      });
    }
  }

  close(): void {
    this.#http.close();
  }
}

/** What an answer of the client holds. */
type BodyOf<R> = R extends { ok: true; json(): Promise<infer T> } ? T : never;

/** The JSON of a good answer. Throws the error that a problem tells. */
export async function bodyOf<R extends Response | { ok: boolean; json(): Promise<unknown> }>(
  answer: Promise<R>,
): Promise<unknown extends BodyOf<R> ? unknown : BodyOf<R>> {
  const response = await answer as Response;
  await refuseProblem(response);
  return await response.json();
}

/** Throws the error that a problem tells. */
export async function refuseProblem(response: Response): Promise<void> {
  if (response.ok) return;
  const problem = await response.json().catch(() => null) as Problem | null;
  if (problem === null) throw new PatronusError("failed", `the daemon answers with status ${response.status}`);
  const { code, detail, hint, findings } = problem;
  throw new PatronusError(code, detail, {
    ...(hint === undefined ? {} : { hint }),
    ...(findings === undefined ? {} : { findings }),
  });
}

interface Problem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly hint?: string;
  readonly findings?: readonly Finding[];
}
