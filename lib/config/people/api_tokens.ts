/** API tokens: what programs log in with. A token is for some scopes, and never for more than its user may. */
import type { Row } from "../database.ts";
import { PatronusError } from "../../model/error.ts";
import type { Caller } from "./actor.ts";
import { record } from "./audit.ts";
import { type Scope, SCOPES, scopesOf } from "./authorization.ts";
import { hashBearer, newBearer } from "./bearer.ts";
import type { People } from "./people.ts";
import { touch } from "./touch.ts";
import { objectOf, userNamed } from "./users.ts";

/** How every token begins, so that people and scanners of leaked secrets know one. */
const MARK = "pat_";
/** Characters of a token that lists show: enough to tell tokens apart, and 208 bits remain hidden. */
const SHOWN = MARK.length + 8;

export interface ApiToken {
  readonly number: number;
  readonly user: string;
  readonly name: string;
  /** How it begins. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly created: number;
  /** null: never. */
  readonly expires: number | null;
  /** The last use, to the minute; null: none yet. */
  readonly used: number | null;
}

export interface NewToken {
  readonly user: string;
  /** What its user calls it: unique among their tokens. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** null: never. */
  readonly expires: number | null;
}

/**
 * Makes a token; its secret is given this once. Throws `input` where name, scopes or expiry will not do, `permission` where the
 * user's role does not reach a scope, `conflict` where they have a token of this name.
 */
export function addToken(people: People, by: Caller, added: NewToken): { secret: string; token: ApiToken } {
  const { database } = people;
  const { user: owner, name, expires } = added;
  const scopes = SCOPES.filter((scope) => added.scopes.includes(scope));
  if (name.trim() === "" || name.length > 64) {
    throw new PatronusError("input", "a token's name has 1 to 64 characters", { hint: "say what the token is for" });
  }
  if (scopes.length === 0) {
    throw new PatronusError("input", "a token is for nothing without a scope", {
      hint: `there are ${SCOPES.join(", ")}`,
    });
  }
  if (expires !== null && expires <= people.now()) {
    throw new PatronusError("input", "the token would have expired already", { hint: "give a time to come" });
  }
  return database.write(() => {
    const user = userNamed(people, owner);
    const beyond = scopes.filter((scope) => !scopesOf(user.role).includes(scope));
    if (beyond.length > 0) {
      throw new PatronusError("permission", `the role ${user.role} gives no token for ${beyond.join(", ")}`);
    }
    if (database.row("SELECT 1 FROM tokens WHERE user = ? AND name = ?", user.number, name) !== null) {
      throw new PatronusError("conflict", `${owner} has a token ${name} already`, {
        hint: "revoke it, or take another name",
      });
    }
    const secret = MARK + newBearer(people);
    database.run(
      "INSERT INTO tokens (hash, user, name, prefix, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
      hashBearer(secret),
      user.number,
      name,
      secret.slice(0, SHOWN),
      scopes.join(" "),
      people.now(),
      expires,
    );
    const row = database.row(`${SELECT} WHERE hash = ?`, hashBearer(secret));
    if (row === null) throw new Error("the token that was just made is not there");
    const made = token(row);
    record(people, by, { action: "token.add", object: objectPath(made) });
    return { secret, token: made };
  });
}

/** The living token of a secret, and that it was used now; null where there is none. */
export function useToken(people: People, secret: string): ApiToken | null {
  const row = people.database.row(
    `${SELECT} WHERE hash = ? AND (expires IS NULL OR expires > ?) AND users.enabled = 1`,
    hashBearer(secret),
    people.now(),
  );
  if (row === null) return null;
  const found = token(row);
  touch(people, found.used, "UPDATE tokens SET used = ?1 WHERE number = ?2", found.number);
  return found;
}

/** Tokens, those of one user or of all, by user and name; also those that have expired. */
export function tokens({ database }: People, user?: string): ApiToken[] {
  return database.rows(`${SELECT} WHERE ?1 IS NULL OR users.name = ?1 ORDER BY users.name, tokens.name`, user ?? null)
    .map(token);
}

/** Ends a token. Throws `nothing` where this user has none of that number. */
export function revokeToken(people: People, by: Caller, user: string, number: number): void {
  people.database.write(() => {
    const found = tokens(people, user).find((each) => each.number === number);
    if (found === undefined) throw new PatronusError("nothing", `${user} has no token ${number}`);
    people.database.run("DELETE FROM tokens WHERE number = ?", number);
    record(people, by, { action: "token.revoke", object: objectPath(found) });
  });
}

function objectPath({ user, prefix }: ApiToken): string {
  return `${objectOf(user)}.tokens[${prefix}]`;
}

const SELECT = `SELECT tokens.*, users.name AS owner FROM tokens JOIN users ON users.number = tokens.user`;

function token(row: Row): ApiToken {
  const words = String(row.scopes).split(" ");
  return {
    number: Number(row.number),
    user: String(row.owner),
    name: String(row.name),
    prefix: String(row.prefix),
    scopes: SCOPES.filter((scope) => words.includes(scope)),
    created: Number(row.created),
    expires: row.expires === null ? null : Number(row.expires),
    used: row.used === null ? null : Number(row.used),
  };
}
