import { assert, assertEquals } from "../../std/assert.ts";
import { type Action, ACTIONS, may, ROLES, type Scope, SCOPES, scopesOf } from "./authorization.ts";

const actions = Object.keys(ACTIONS) as Action[];
const allowed = (authority: Parameters<typeof may>[0]) => actions.filter((action) => may(authority, action));

Deno.test("what each role may, logged in", () => {
  assertEquals(allowed({ role: "viewer", scopes: null }), ["config.read", "status.read", "account.change"]);
  assertEquals(allowed({ role: "operator", scopes: null }), [
    "config.read",
    "status.read",
    "config.edit",
    "config.apply",
    "status.change",
    "account.change",
  ]);
  assertEquals(allowed({ role: "admin", scopes: null }), actions);
});

Deno.test("what an administrator's token may, by its scope", () => {
  const byScope = (...scopes: Scope[]) => allowed({ role: "admin", scopes });
  assertEquals(byScope(), []);
  assertEquals(byScope("read"), ["config.read", "status.read"]);
  assertEquals(byScope("change"), ["config.edit", "config.apply", "status.change"]);
  assertEquals(byScope("users"), ["users.read", "users.change"]);
  assertEquals(byScope("audit"), ["audit.read"]);
});

Deno.test("a token never may more than its user, nor a role less than the one below", () => {
  for (const [index, role] of ROLES.entries()) {
    const own = allowed({ role, scopes: null });
    for (const action of allowed({ role, scopes: SCOPES })) assert(own.includes(action), `${role} ${action}`);
    const below = ROLES[index - 1];
    if (below === undefined) continue;
    for (const action of allowed({ role: below, scopes: null })) assert(own.includes(action), `${role} ${action}`);
  }
});

Deno.test("the scopes that a role can give", () => {
  assertEquals(ROLES.map(scopesOf), [["read"], ["read", "change"], [...SCOPES]]);
});
