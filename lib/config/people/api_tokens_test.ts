import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../../std/assert.ts";
import { addToken, revokeToken, tokens, useToken } from "./api_tokens.ts";
import { auditEntries } from "./audit.ts";
import { SCOPES } from "./authorization.ts";
import { identify, refuseForbidden } from "./identity.ts";
import { addPeople, ROOT, withPeople } from "./sample.ts";
import { deleteUser, disableUser, enableUser, setRole } from "./users.ts";

const NEW = { user: "bob", name: "backup", scopes: ["read"], expires: null } as const;

Deno.test(
  "a token is known by its secret, shown by its beginning, and kept as a hash",
  withPeople(async ({ store, people, pass }) => {
    await addPeople(people);
    const { secret, token } = addToken(people, ROOT, { ...NEW, scopes: ["change", "read", "read"] });
    assertMatch(secret, /^pat_[A-Za-z0-9_-]{43}$/);
    const made = people.now();
    assertEquals(token, {
      number: 1,
      user: "bob",
      name: "backup",
      prefix: secret.slice(0, 12),
      scopes: ["read", "change"],
      created: made,
      expires: null,
      used: null,
    });
    pass(5000);
    assertEquals(useToken(people, secret), token);
    assertEquals(tokens(people, "bob"), [{ ...token, used: made + 5000 }]);
    pass(30_000);
    useToken(people, secret);
    assertEquals([tokens(people)[0]?.used, tokens(people, "ann")], [made + 5000, []]);
    assertEquals([useToken(people, secret.slice(4)), useToken(people, token.prefix)], [null, null]);
    assert(!JSON.stringify(store.database.rows("SELECT * FROM tokens")).includes(secret.slice(12)));
    assert(!JSON.stringify(auditEntries(people, 10)).includes(secret.slice(12)));
  }),
);

Deno.test(
  "a token ends when it expires, is revoked, or its user goes or is disabled",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    const add = (name: string, expires: number | null = null) =>
      addToken(people, ROOT, { ...NEW, name, expires }).secret;
    const short = add("short", people.now() + 1000);
    const revoked = add("revoked");
    const lasting = add("lasting");
    pass(999);
    assertEquals(useToken(people, short)?.name, "short");
    pass(1);
    assertEquals(useToken(people, short), null);
    assertThrows(() => revokeToken(people, ROOT, "ann", 2), PatronusError, "ann has no token 2");
    revokeToken(people, ROOT, "bob", 2);
    assertEquals([useToken(people, revoked), useToken(people, lasting)?.name], [null, "lasting"]);
    disableUser(people, ROOT, "bob");
    enableUser(people, ROOT, "bob");
    assertEquals(useToken(people, lasting), null);
    const last = add("last");
    deleteUser(people, ROOT, "bob");
    assertEquals([useToken(people, last), tokens(people)], [null, []]);
  }),
);

Deno.test(
  "tokens that make no sense are refused",
  withPeople(async ({ people }) => {
    await addPeople(people);
    addToken(people, ROOT, NEW);
    const refused = [
      [{ name: "" }, "input"],
      [{ name: "x".repeat(65) }, "input"],
      [{ scopes: [] }, "input"],
      [{ name: "b", expires: people.now() }, "input"],
      [{}, "conflict"],
      [{ name: "b", user: "eve" }, "nothing"],
      [{ name: "b", scopes: ["read", "users"] }, "permission"],
    ] as const;
    for (const [change, code] of refused) {
      const error = assertThrows(() => addToken(people, ROOT, { ...NEW, ...change }), PatronusError);
      assertEquals(error.code, code, JSON.stringify(change));
    }
    assertEquals(tokens(people).length, 1);
  }),
);

Deno.test(
  "a token may what its scopes say and its user may now",
  withPeople(async ({ people }) => {
    await addPeople(people);
    const { secret, token } = addToken(people, ROOT, { ...NEW, user: "ann", scopes: SCOPES });
    const identity = () => identify(people, { token: secret });
    assertEquals(identity().actor, { kind: "token", user: "ann", prefix: token.prefix });
    refuseForbidden(identity(), "users.change");
    assertThrows(() => refuseForbidden(identity(), "account.change"), PatronusError, "this token, which is for read,");
    setRole(people, ROOT, "bob", "admin");
    setRole(people, ROOT, "ann", "operator");
    refuseForbidden(identity(), "config.apply");
    const error = assertThrows(
      () => refuseForbidden(identity(), "users.change"),
      PatronusError,
      "ann, who is operator,",
    );
    assertEquals(error.code, "permission");
    assertEquals(assertThrows(() => identify(people, { token: "" }), PatronusError).code, "unauthenticated");
  }),
);
