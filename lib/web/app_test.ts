import type { Caller } from "../engine/service/protocol.ts";
import { RequestError } from "../engine/service/protocol.ts";
import type { EngineThread } from "../engine/service/thread.ts";
import { PatronusError } from "../model/error.ts";
import { assertEquals } from "../std/assert.ts";
import { Api } from "./app.ts";
import { localRoot, nobody } from "./caller.ts";

/** What an engine was asked, by an API whose callers have a role. */
function asked(role: Caller["role"], limit = 1000) {
  const calls: unknown[][] = [];
  const engine = {
    call: (operation: string, { user }: Caller, given: unknown, match: string | null = null) => {
      calls.push([operation, user, given, match]);
      if (operation === "confirm") throw new RequestError("stale", "an old tag");
      if (operation === "apply") {
        throw new PatronusError("input", "not valid", {
          hint: "mend it",
          findings: [{ severity: "error", path: "firewall.rules[a].in", message: "there is no x" }],
        });
      }
      return Promise.resolve({ body: new TextEncoder().encode("[]"), tag: "t" });
    },
  } as unknown as EngineThread;
  const caller: Caller = { user: "ann", label: "ann", role, session: null };
  const answer = new Api(engine).behind({
    authenticate: () => Promise.resolve(caller),
    limits: { import: limit, other: limit },
  });
  const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const response = await answer(new Request(`http://x/api/v1${path}`, init));
    return { status: response.status, headers: response.headers, json: await response.json().catch(() => null) };
  };
  return { calls, ask };
}

const JSON_BODY = { "if-match": '"t"', "content-type": "application/json" };

Deno.test("a viewer may look, and change nothing", async () => {
  const { ask, calls } = asked("viewer");
  assertEquals((await ask("GET", "/check")).status, 200);
  for (
    const [method, path] of [["POST", "/zones"], ["DELETE", "/candidate"], ["PATCH", "/system"], ["POST", "/confirm"]]
  ) {
    assertEquals((await ask(method ?? "", path ?? "", undefined, JSON_BODY)).status, 403, `${method} ${path}`);
  }
  assertEquals(calls.map(([operation]) => operation), ["check"]);
});

Deno.test("nobody gets nothing, not even what there is", async () => {
  const answer = new Api({} as EngineThread).behind({ authenticate: nobody, limits: { import: 1, other: 1 } });
  for (const path of ["/api/v1/status", "/api/v1/openapi.json", "/nothing"]) {
    assertEquals((await answer(new Request(`http://x${path}`))).status, 401);
  }
});

Deno.test("an answer carries the tag, and a change what it is meant for", async () => {
  const { ask, calls } = asked("operator");
  assertEquals((await ask("GET", "/check")).headers.get("etag"), '"t"');
  assertEquals((await ask("DELETE", "/candidate", undefined, { "if-match": '"old", "t"' })).status, 204);
  assertEquals(calls.at(-1), ["discard", "ann", {}, '"old", "t"']);
});

Deno.test("problems name the status, the code and the places in the document", async () => {
  const { ask } = asked("admin");
  const { status, headers, json } = await ask("POST", "/apply", "{}", JSON_BODY);
  assertEquals([status, headers.get("content-type")], [422, "application/problem+json"]);
  assertEquals(json, {
    type: "urn:patronus:problem:input",
    title: "Not valid",
    status: 422,
    detail: "not valid",
    code: "input",
    hint: "mend it",
    findings: [{ severity: "error", path: "firewall.rules[a].in", message: "there is no x" }],
  });
  assertEquals((await ask("POST", "/confirm", undefined, JSON_BODY)).status, 412);
  assertEquals((await ask("PUT", "/status", undefined, JSON_BODY)).headers.get("allow"), "GET, HEAD");
});

Deno.test("a body that is too long, of another type or no text gets nowhere", async () => {
  const { ask, calls } = asked("admin", 10);
  assertEquals((await ask("POST", "/apply", `{"m":"${"x".repeat(10)}"}`, JSON_BODY)).status, 413);
  assertEquals((await ask("POST", "/apply", "{}", { "if-match": "*", "content-type": "text/plain" })).status, 415);
  assertEquals((await ask("POST", "/apply", "{", JSON_BODY)).status, 400);
  assertEquals((await ask("POST", "/apply", '{"x":1}', JSON_BODY)).status, 400);
  assertEquals(calls, []);
});

Deno.test("a key makes a request count once, as long as it is the same one and was not refused", async () => {
  const { ask, calls } = asked("admin");
  const keyed = { ...JSON_BODY, "idempotency-key": "k" };
  for (const _ of [1, 2]) assertEquals((await ask("POST", "/zones", '{"name":"a"}', keyed)).status, 201);
  assertEquals(calls.length, 1);
  assertEquals((await ask("POST", "/zones", '{"name":"b"}', keyed)).status, 422);
  for (const _ of [1, 2]) await ask("POST", "/apply", "{}", { ...keyed, "idempotency-key": "other" });
  assertEquals(calls.map(([operation]) => operation), ["create", "apply", "apply"]);
});

Deno.test("the local root says for whom it works, and from where", async () => {
  const who = (headers: Record<string, string>) => localRoot(new Request("http://x", { headers }));
  assertEquals(await who({}), { user: "root", label: "root", role: "admin", session: null });
  assertEquals(
    await who({ "patronus-user": "J%C3%B6rg", "patronus-session": "192.0.2.1 50000 192.0.2.2 22" }),
    {
      user: "Jörg",
      label: "root (claims Jörg)",
      role: "admin",
      session: { from: "192.0.2.1", fromPort: 50000, to: "192.0.2.2", port: 22 },
    },
  );
  for (const name of ["", "a b", "%0a", "%e2%80%ae", "%", "x".repeat(65)]) {
    assertEquals(await who({ "patronus-user": name }), null, name);
  }
});
