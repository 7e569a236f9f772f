/** Who a request is from, told by the secret that it carries, and whether they may do what they ask. */
import { PatronusError } from "../../model/error.ts";
import type { Actor } from "./actor.ts";
import { useToken } from "./api_tokens.ts";
import { type Action, type Authority, may } from "./authorization.ts";
import type { People } from "./people.ts";
import { useSession } from "./sessions.ts";
import { type User, userNamed } from "./users.ts";

export interface Identity {
  readonly user: User;
  readonly actor: Actor;
  readonly authority: Authority;
}

export type Credential = { readonly session: string } | { readonly token: string };

/** Asked anew for each request: a role that changed counts at once. Throws `unauthenticated` where the secret opens nothing. */
export function identify(people: People, credential: Credential): Identity {
  if ("session" in credential) {
    const session = useSession(people, credential.session);
    if (session === null) throw stranger("the session has ended", "log in again");
    const user = userNamed(people, session.user);
    return { user, actor: { kind: "user", name: user.name }, authority: { role: user.role, scopes: null } };
  }
  const token = useToken(people, credential.token);
  if (token === null) throw stranger("the API token is unknown, expired or revoked", "make another one");
  const user = userNamed(people, token.user);
  return {
    user,
    actor: { kind: "token", user: user.name, prefix: token.prefix },
    authority: { role: user.role, scopes: token.scopes },
  };
}

/** Throws `permission` where they may not. */
export function refuseForbidden({ user, authority }: Identity, action: Action): void {
  if (may(authority, action)) return;
  const { scopes, role } = authority;
  const lacks = may({ role, scopes: null }, action)
    ? `this token, which is for ${scopes?.join(", ")},`
    : `${user.name}, who is ${role},`;
  throw new PatronusError("permission", `${lacks} may not do this (${action})`, { hint: "ask an administrator" });
}

function stranger(message: string, hint: string): PatronusError {
  return new PatronusError("unauthenticated", message, { hint });
}
