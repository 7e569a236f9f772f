/** What happens, as it happens: server-sent events (WHATWG HTML, section 9.2). */
import { createRoute, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import type { Notice } from "../../lib/engine/service/protocol.ts";
import { apiApp } from "./context.ts";
import { json, problem } from "./schemas.ts";

/** Milliseconds after which a line is sent that says nothing, so that a connection that is gone is noticed. */
const KEEP_ALIVE = 15_000;
/** Events that a reader may be behind; whoever is slower misses the oldest, for newer ones tell more. */
const MOST_BEHIND = 256;

const EVENTS = createRoute({
  method: "get",
  path: "/events",
  tags: ["status"],
  summary: "What happens, as it happens",
  description: "version: another version is the newest or was confirmed. pending: the countdown, each second. " +
    "network: what the network's keeper tells. counters: packets and bytes of each rule, once a second.",
  responses: {
    200: { description: "Events", content: { "text/event-stream": { schema: z.string() } } },
    default: json(problem, "A problem (RFC 9457)", "application/problem+json"),
  },
});

export const eventRoutes = apiApp().openapi(EVENTS, (c) => {
  const { engine, closing } = c.var;
  return streamSSE(c, async (stream) => {
    const behind: Notice[] = [];
    let wake = () => {};
    let open = true;
    const unlisten = engine.listen((notice) => {
      behind.push(notice);
      if (behind.length > MOST_BEHIND) behind.shift();
      wake();
    });
    const end = () => {
      open = false;
      wake();
    };
    stream.onAbort(end);
    closing.addEventListener("abort", end);
    try {
      await stream.write(": open\n\n");
      while (open) {
        const notice = behind.shift();
        if (notice !== undefined) {
          await stream.writeSSE({ event: notice.event, data: JSON.stringify(notice.data) });
          continue;
        }
        const woken = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(false), KEEP_ALIVE);
          wake = () => {
            clearTimeout(timer);
            resolve(true);
          };
        });
        if (!woken && open) await stream.write(": still here\n\n");
      }
    } finally {
      closing.removeEventListener("abort", end);
      unlisten();
    }
  }) as never;
});
