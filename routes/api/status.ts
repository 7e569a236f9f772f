/** What runs, what is pending, and what the machine has. */
import { createRoute, z } from "@hono/zod-openapi";
import { apiApp, pass } from "./context.ts";
import { answers, status } from "./schemas.ts";

const STATUS = createRoute({
  method: "get",
  path: "/status",
  tags: ["status"],
  summary: "What runs, what is pending, and whether the kernel has it",
  description:
    "Answers at once: while the engine is at something long, with what was last known, and with what it is at.",
  request: {
    query: z.strictObject({
      fresh: z.enum(["true", "false"]).optional().describe("Wait for the engine, however long"),
    }),
  },
  responses: answers(status, "The status"),
});

const COUNTERS = createRoute({
  method: "get",
  path: "/counters",
  tags: ["status"],
  summary: "What each rule has counted, by its id",
  responses: answers(z.record(z.string(), z.object({ packets: z.int(), bytes: z.int() })), "Packets and bytes by rule"),
});

const DEVICES = createRoute({
  method: "get",
  path: "/devices",
  tags: ["status"],
  summary: "Network devices of the machine",
  responses: answers(z.array(z.looseObject({ name: z.string(), index: z.int() })), "Devices"),
});

const ROUTES = createRoute({
  method: "get",
  path: "/kernel-routes",
  tags: ["status"],
  summary: "Routes that the kernel has, of all tables",
  responses: answers(z.array(z.looseObject({ destination: z.string(), table: z.int() })), "Routes"),
});

export const statusRoutes = apiApp()
  .openapi(STATUS, async (c) => {
    const { fresh } = c.req.valid("query");
    return c.json(await c.var.statuses.current(c.var.caller, fresh === "true") as never, 200);
  })
  .openapi(COUNTERS, async (c) => pass(await c.var.engine.call("counters", c.var.caller, {})))
  .openapi(DEVICES, async (c) => pass(await c.var.engine.call("devices", c.var.caller, {})))
  .openapi(ROUTES, async (c) => pass(await c.var.engine.call("kernelRoutes", c.var.caller, {})));
