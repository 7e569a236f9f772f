/** The routes with their description (OpenAPI 3.1), and which methods each path knows. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { apiApp, type ApiEnv } from "../../routes/api/context.ts";
import { apiRoutes } from "../../routes/api/mod.ts";
import config from "../../deno.json" with { type: "json" };
import { problemOf } from "./problem.ts";

export const API = "/api/v1";

interface RoutesEnv extends ApiEnv {
  Bindings: { readonly variables: ApiEnv["Variables"] };
}

const DESCRIPTION =
  "Every request that changes something carries If-Match with the entity tag of the caller's candidate; " +
  "every problem is an application/problem+json of RFC 9457.";

function build() {
  const app = apiApp().route(API, apiRoutes);
  app.doc31(`${API}/openapi.json`, {
    openapi: "3.1.0",
    info: { title: "Patronus", version: config.version, description: DESCRIPTION },
  });
  return app;
}

const API_APP = build();

/** Answers requests whose `variables` are known. */
export const ROUTES = new OpenAPIHono<RoutesEnv>();
ROUTES.use(async (c, next) => {
  for (const [name, value] of Object.entries(c.env.variables)) c.set(name as never, value as never);
  await next();
});
ROUTES.route("/", API_APP as unknown as OpenAPIHono<RoutesEnv>);
ROUTES.onError((error, c) => problemOf(error, c.req.method));

interface Path {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

const PATHS: readonly Path[] = paths();

function paths(): Path[] {
  const methods = new Map<string, string[]>();
  for (const { path, method } of API_APP.routes) {
    if (method === "ALL") continue;
    const known = methods.get(path) ?? [];
    methods.set(path, [...known, method, ...(method === "GET" ? ["HEAD"] : [])]);
  }
  return [...methods].map(([path, methods]) => ({
    pattern: new RegExp(`^${path.replaceAll(/[.]/g, "\\.").replaceAll(/:[a-zA-Z]+/g, "[^/]+")}$`),
    methods: [...new Set(methods)],
  })).sort((a, b) => Number(a.pattern.source.includes("[^")) - Number(b.pattern.source.includes("[^")));
}

/** Methods that a path knows; null where it leads nowhere. */
export function methodsOf(pathname: string): readonly string[] | null {
  return PATHS.find(({ pattern }) => pattern.test(pathname))?.methods ?? null;
}
