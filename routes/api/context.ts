/** What every route of the API works with, and how it answers. */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type Caller, RequestError } from "../../lib/engine/service/protocol.ts";
import type { Statuses } from "../../lib/engine/service/statuses.ts";
import type { EngineThread, Typed } from "../../lib/engine/service/thread.ts";

export interface ApiEnv {
  Variables: {
    readonly caller: Caller;
    readonly engine: EngineThread;
    readonly statuses: Statuses;
    /** Aborted when the daemon ends: then streams end as well. */
    readonly closing: AbortSignal;
  };
}

type ApiContext = Context<ApiEnv>;

/** An app whose routes refuse what is not as they declare it. */
export function apiApp(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const issues = result.error.issues.map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`);
      throw new RequestError("malformed", `the ${result.target} is not valid: ${issues.join("; ")}`);
    },
  });
}

/**
 * Passes on the engine's answer unread. What type its JSON has is the route's declaration, against which nothing can be
 * checked here.
 */
export function pass({ body, tag }: Typed<unknown>, status: 200 | 201 = 200, more?: HeadersInit): never {
  const headers = new Headers(more);
  headers.set("content-type", "application/json");
  headers.set("etag", `"${tag}"`);
  return new Response(body, { status, headers }) as never;
}

/** The engine's answer to a change that leaves nothing to show. */
export function done({ tag }: Typed<unknown>): never {
  return new Response(null, { status: 204, headers: { etag: `"${tag}"` } }) as never;
}

/** Entity tags of the state that a change is meant for; `required` middleware has seen that there are some. */
export function matchOf(c: ApiContext): string | null {
  return c.req.header("if-match") ?? null;
}

/** Headers of a change. */
export const CHANGE_HEADERS = z.object({
  "if-match": z.string().openapi({
    description: "Entity tag that the last answer gave; * changes whatever is there",
    example: '"version-3"',
  }),
});

/** Headers of a change by POST. */
export const POST_HEADERS = CHANGE_HEADERS.extend({
  "idempotency-key": z.string().min(1).max(200).optional().openapi({
    description: "A text of the client's choice: the same request with the same key is carried out once",
  }),
});
