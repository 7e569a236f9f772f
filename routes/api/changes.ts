/** Plan, apply, confirm, and the way back. */
import { createRoute, z } from "@hono/zod-openapi";
import { apiApp, CHANGE_HEADERS, done, matchOf, pass, POST_HEADERS } from "./context.ts";
import { answers, applied, finding, json, lockout, plan, problem, version } from "./schemas.ts";

/** The longest time that an apply waits for its confirmation: a week, in seconds. */
const LONGEST = 7 * 86_400;

const confirmWithin = z.int().min(1).max(LONGEST).optional()
  .describe("Undo it unless a confirmation comes within so many seconds");

const PLAN = createRoute({
  method: "get",
  path: "/plan",
  tags: ["changes"],
  summary: "What applying the candidate would change",
  responses: answers(plan, "The plan"),
});

const CHECK = createRoute({
  method: "get",
  path: "/check",
  tags: ["changes"],
  summary: "Everything that is wrong with the candidate",
  responses: answers(z.array(finding), "Findings"),
});

const APPLY = createRoute({
  method: "post",
  path: "/apply",
  tags: ["changes"],
  summary: "Make the candidate the newest version and put it into effect",
  request: {
    headers: POST_HEADERS,
    body: {
      required: true,
      ...json(z.strictObject({ message: z.string().max(500).optional(), confirmWithin }), "How"),
    },
  },
  responses: answers(applied, "What was done"),
});

const CONFIRM = createRoute({
  method: "post",
  path: "/confirm",
  tags: ["changes"],
  summary: "Keep the version that waits for a confirmation",
  request: { headers: POST_HEADERS },
  responses: answers(version, "The version that stays"),
});

const rollbackTarget = z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional()
  .describe("Whose content to go back to; left out, the one before the newest");

const ROLLBACK = createRoute({
  method: "post",
  path: "/rollback",
  tags: ["changes"],
  summary: "Go back to the content of an older version, or undo what is pending",
  request: {
    headers: POST_HEADERS,
    body: { required: true, ...json(z.strictObject({ version: rollbackTarget, confirmWithin }), "Where to, and how") },
  },
  responses: answers(applied, "What was done"),
});

const ROLLBACK_LOCKOUTS = createRoute({
  method: "get",
  path: "/rollback/lockouts",
  tags: ["changes"],
  summary: "What of the caller's session a rollback would cut",
  request: { query: z.strictObject({ version: z.coerce.number().int().min(1).optional() }) },
  responses: answers(z.array(lockout), "Connections"),
});

const DISCARD = createRoute({
  method: "delete",
  path: "/candidate",
  tags: ["candidate"],
  summary: "Drop the candidate",
  request: { headers: CHANGE_HEADERS },
  responses: {
    204: { description: "It is dropped" },
    default: json(problem, "A problem (RFC 9457)", "application/problem+json"),
  },
});

export const changeRoutes = apiApp()
  .openapi(PLAN, async (c) => pass(await c.var.engine.call("plan", c.var.caller, {})))
  .openapi(CHECK, async (c) => pass(await c.var.engine.call("check", c.var.caller, {})))
  .openapi(APPLY, async (c) => pass(await c.var.engine.call("apply", c.var.caller, c.req.valid("json"), matchOf(c))))
  .openapi(CONFIRM, async (c) => pass(await c.var.engine.call("confirm", c.var.caller, {}, matchOf(c))))
  .openapi(
    ROLLBACK,
    async (c) => pass(await c.var.engine.call("rollback", c.var.caller, c.req.valid("json"), matchOf(c))),
  )
  .openapi(
    ROLLBACK_LOCKOUTS,
    async (c) => pass(await c.var.engine.call("rollbackLockouts", c.var.caller, c.req.valid("query"))),
  )
  .openapi(DISCARD, async (c) => done(await c.var.engine.call("discard", c.var.caller, {}, matchOf(c))));
