/**
 * A resource for each list of the document and for each section that exists once, made from the tables that say what the
 * document consists of. Bodies are read and judged by the engine, which knows the document's words for what is wrong.
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import {
  type Collection,
  type CollectionPath,
  COLLECTIONS,
  type SingletonPath,
  SINGLETONS,
} from "../../lib/features/collections.ts";
import { SCHEMAS } from "../../lib/features/document.ts";
import { NOUNS } from "../../lib/features/objects.ts";
import { RequestError } from "../../lib/engine/service/protocol.ts";
import { apiApp, type ApiEnv, CHANGE_HEADERS, done, matchOf, pass, POST_HEADERS } from "./context.ts";
import { json, problem } from "./schemas.ts";

/** `firewall.rules` lies at `/firewall/rules`. */
export function resourcePath(path: CollectionPath | SingletonPath): string {
  return `/${path.replaceAll(".", "/")}`;
}

const ID = z.object({ id: z.string().min(1).max(200).describe("Id or name") });

const POSITION = z.strictObject({
  before: z.string().min(1).max(200).optional().describe("In front of that one"),
  after: z.string().min(1).max(200).optional().describe("Behind that one"),
  first: z.literal(true).optional().describe("In front of all others"),
  last: z.literal(true).optional().describe("Behind all others"),
  number: z.int().min(1).optional().describe("As number N of its chain, counted from 1"),
}).refine((at) => Object.keys(at).length <= 1, "say one place");

const PAGING = {
  search: z.string().max(200).optional().describe("Words; of rules also an address or port that they would match"),
  sort: z.string().max(60).optional().describe("A field, with - in front in falling order"),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  perPage: z.coerce.number().int().min(1).max(10_000).default(100),
};

const PROBLEM = json(problem, "A problem (RFC 9457)", "application/problem+json");

type JsonSchema = Record<string, unknown>;

/** A schema of the document as JSON Schema 2020-12, which is what OpenAPI 3.1 uses. */
function jsonSchema(
  path: CollectionPath | SingletonPath,
  io: "input" | "output",
  loose: "" | "id" | "all" = "",
): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(SCHEMAS[path], { io, unrepresentable: "any" }) as JsonSchema;
  if (loose === "") return schema;
  const { required, ...rest } = schema;
  const left = loose === "all" ? [] : (required as string[] ?? []).filter((field) => field !== "id");
  return left.length === 0 ? rest : { ...rest, required: left };
}

const body = (schema: JsonSchema, type = "application/json") => ({ required: true, content: { [type]: { schema } } });

function answer(schema: JsonSchema, description: string, status: 200 | 201 = 200) {
  return { [status]: { description, content: { "application/json": { schema } } }, default: PROBLEM };
}

function addCollection(app: OpenAPIHono<ApiEnv>, { path, ordered }: Collection): void {
  const at = resourcePath(path);
  const tags = [path];
  const noun = NOUNS[path];
  const item = jsonSchema(path, "output");
  const fields = Object.keys(SCHEMAS[path].shape);
  const filters = Object.fromEntries(fields.map((field) => [
    field,
    z.string().max(200).optional().describe(`Only those whose ${field} is that, or holds it`),
  ]));

  app.openapi(
    createRoute({
      method: "get",
      path: at,
      tags,
      summary: `List every ${noun}, filtered, sorted and in pages`,
      request: { query: z.strictObject({ ...filters, ...PAGING }) },
      responses: answer({
        type: "object",
        properties: {
          items: { type: "array", items: item },
          total: { type: "integer" },
          page: { type: "integer" },
          perPage: { type: "integer" },
        },
        required: ["items", "total", "page", "perPage"],
      }, "One page"),
    }),
    async (c) => {
      const { search, sort, page, perPage, ...where } = c.req.valid("query") as
        & { page: number; perPage: number; search?: string; sort?: string }
        & Record<string, string>;
      const given = { path, where, search, sort, page, perPage };
      return pass(await c.var.engine.call("list", c.var.caller, given));
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: at,
      tags,
      summary: `Add a ${noun}`,
      request: {
        headers: POST_HEADERS,
        ...(ordered ? { query: QUERY_POSITION } : {}),
        body: body(jsonSchema(path, "input", "id")),
      },
      responses: answer(item, "It, with its id", 201),
    }),
    async (c) => {
      const place = ordered ? positionOf(c.req.query()) : {};
      const given = { path, body: new Uint8Array(await c.req.arrayBuffer()), at: place };
      const added = await c.var.engine.call("create", c.var.caller, given, matchOf(c));
      return pass(added, 201);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: `${at}/{id}`,
      tags,
      summary: `One ${noun}`,
      request: { params: ID },
      responses: answer(item, "It"),
    }),
    async (c) => pass(await c.var.engine.call("get", c.var.caller, { path, ...c.req.valid("param") })),
  );

  app.openapi(
    createRoute({
      method: "patch",
      path: `${at}/{id}`,
      tags,
      summary: `Change fields of a ${noun} (RFC 7396)`,
      request: { params: ID, headers: CHANGE_HEADERS, body: body(jsonSchema(path, "input", "all")) },
      responses: answer(item, "It, as it is now"),
    }),
    async (c) => {
      const given = { path, ...c.req.valid("param"), body: new Uint8Array(await c.req.arrayBuffer()) };
      return pass(await c.var.engine.call("patch", c.var.caller, given, matchOf(c)));
    },
  );

  app.openapi(
    createRoute({
      method: "delete",
      path: `${at}/{id}`,
      tags,
      summary: `Delete a ${noun}; refused while anything refers to it`,
      request: { params: ID, headers: CHANGE_HEADERS },
      responses: { 204: { description: "It is gone" }, default: PROBLEM },
    }),
    async (c) => done(await c.var.engine.call("remove", c.var.caller, { path, ...c.req.valid("param") }, matchOf(c))),
  );

  if (!ordered) return;
  app.openapi(
    createRoute({
      method: "post",
      path: `${at}/{id}/move`,
      tags,
      summary: `Put a ${noun} in another place`,
      request: { params: ID, headers: POST_HEADERS, body: { required: true, ...json(POSITION, "Where to") } },
      responses: answer(item, "It"),
    }),
    async (c) => {
      const place = c.req.valid("json");
      if (Object.keys(place).length === 0) throw new RequestError("malformed", "say where to");
      const given = { path, ...c.req.valid("param"), at: defined(place) };
      return pass(await c.var.engine.call("move", c.var.caller, given, matchOf(c)));
    },
  );
}

const QUERY_POSITION = z.strictObject({
  before: z.string().min(1).max(200).optional(),
  after: z.string().min(1).max(200).optional(),
  first: z.literal("true").optional(),
  last: z.literal("true").optional(),
  number: z.coerce.number().int().min(1).optional(),
});

function positionOf(query: Record<string, string>) {
  const { before, after, first, last, number } = query;
  const at = POSITION.safeParse(defined({
    before,
    after,
    first: first === undefined ? undefined : true,
    last: last === undefined ? undefined : true,
    number: number === undefined ? undefined : Number(number),
  }));
  if (at.success) return defined(at.data);
  throw new RequestError(
    "malformed",
    `the place is not valid: ${at.error.issues.map(({ message }) => message).join("; ")}`,
  );
}

/** Without what is undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function addSection(app: OpenAPIHono<ApiEnv>, path: SingletonPath): void {
  const at = resourcePath(path);
  const section = jsonSchema(path, "output");
  app.openapi(
    createRoute({
      method: "get",
      path: at,
      tags: [path],
      summary: `Settings of [${path}]`,
      responses: answer(section, "Settings"),
    }),
    async (c) => pass(await c.var.engine.call("getSettings", c.var.caller, { path })),
  );
  app.openapi(
    createRoute({
      method: "patch",
      path: at,
      tags: [path],
      summary: `Change settings of [${path}] (RFC 7396)`,
      request: { headers: CHANGE_HEADERS, body: body(jsonSchema(path, "input", "all")) },
      responses: answer(section, "Settings, as they are now"),
    }),
    async (c) => {
      const given = { path, body: new Uint8Array(await c.req.arrayBuffer()) };
      return pass(await c.var.engine.call("patchSettings", c.var.caller, given, matchOf(c)));
    },
  );
}

export function objectRoutes(): OpenAPIHono<ApiEnv> {
  const app = apiApp();
  for (const collection of COLLECTIONS) addCollection(app, collection);
  for (const { path } of SINGLETONS) addSection(app, path);
  return app;
}
