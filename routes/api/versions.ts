/** Versions, what they hold, and how they differ. */
import { createRoute, z } from "@hono/zod-openapi";
import { apiApp, pass } from "./context.ts";
import { answers, diff, version } from "./schemas.ts";

const NUMBER = z.object({ number: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

export const FORM = z.enum(["written", "normal"]).default("written")
  .describe("written: names, without defaults, as files have it; normal: ids, every field");

/** The document's own schema stands under `Document`. */
export const documentShape = z.looseObject({}).describe("A document, as configuration.md describes it");

const WHICH = z.union([z.coerce.number().int().min(1), z.enum(["head", "candidate"])]);

const LIST = createRoute({
  method: "get",
  path: "/versions",
  tags: ["versions"],
  summary: "Versions, the newest first",
  request: {
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(1_000_000).default(100),
      before: z.coerce.number().int().min(1).optional().describe("Only those of lower numbers"),
    }),
  },
  responses: answers(z.array(version), "Versions"),
});

const ONE = createRoute({
  method: "get",
  path: "/versions/{number}",
  tags: ["versions"],
  summary: "Who made a version, when and why",
  request: { params: NUMBER },
  responses: answers(version, "The version"),
});

const DOCUMENT = createRoute({
  method: "get",
  path: "/versions/{number}/document",
  tags: ["versions"],
  summary: "What a version holds",
  request: { params: NUMBER, query: z.strictObject({ form: FORM }) },
  responses: answers(documentShape, "The document"),
});

const DIFF = createRoute({
  method: "get",
  path: "/diff",
  tags: ["versions"],
  summary: "What differs between two versions, or a version and the candidate",
  request: { query: z.strictObject({ from: WHICH.default("head"), to: WHICH.default("candidate") }) },
  responses: answers(diff, "Differences"),
});

export const versionRoutes = apiApp()
  .openapi(LIST, async (c) => pass(await c.var.engine.call("versions", c.var.caller, c.req.valid("query"))))
  .openapi(ONE, async (c) => pass(await c.var.engine.call("version", c.var.caller, c.req.valid("param"))))
  .openapi(DOCUMENT, async (c) => {
    const which = c.req.valid("param").number;
    return pass(await c.var.engine.call("document", c.var.caller, { which, ...c.req.valid("query") }));
  })
  .openapi(DIFF, async (c) => pass(await c.var.engine.call("diff", c.var.caller, c.req.valid("query"))));
