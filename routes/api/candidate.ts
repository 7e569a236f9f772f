/** The caller's candidate as a whole: looked at, and replaced by another document. */
import { createRoute, z } from "@hono/zod-openapi";
import { apiApp, CHANGE_HEADERS, matchOf, pass } from "./context.ts";
import { answers, finding } from "./schemas.ts";
import { documentShape, FORM } from "./versions.ts";

const GET = createRoute({
  method: "get",
  path: "/candidate",
  tags: ["candidate"],
  summary: "The caller's edits as a whole document; without edits the newest version",
  request: { query: z.strictObject({ form: FORM }) },
  responses: answers(documentShape, "The document"),
});

const TEXT = { schema: { type: "string" as const } };

const PUT = createRoute({
  method: "put",
  path: "/candidate",
  tags: ["candidate"],
  summary: "Make a document the candidate",
  description: "Says everything that is wrong with it at once, and then changes nothing.",
  request: {
    headers: CHANGE_HEADERS,
    query: z.strictObject({ form: FORM }),
    // Read by the engine, which also tells what is wrong in the document's words.
    body: { content: { "application/json": { schema: { type: "object" as const } }, "application/toml": TEXT } },
  },
  responses: answers(z.object({ findings: z.array(finding) }), "What is worth knowing all the same"),
});

export const candidateRoutes = apiApp()
  .openapi(GET, async (c) => {
    const { form } = c.req.valid("query");
    return pass(await c.var.engine.call("document", c.var.caller, { which: "candidate", form }));
  })
  .openapi(PUT, async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    const format = c.req.header("content-type")?.startsWith("application/toml") ? "toml" : "json";
    const { form } = c.req.valid("query");
    return pass(await c.var.engine.call("importDocument", c.var.caller, { body, format, form }, matchOf(c)));
  });
