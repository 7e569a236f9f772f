/** The first set-up: a link that works once, instead of a password that everybody knows. */
import { PatronusError } from "../../model/error.ts";
import type { Caller } from "./actor.ts";
import { record, SYSTEM } from "./audit.ts";
import { hashBearer, newBearer } from "./bearer.ts";
import type { People } from "./people.ts";
import { sameBytes } from "./same_bytes.ts";
import { addUser, hasUsers, type NewUser, type User } from "./users.ts";

/** Milliseconds that a set-up token is good for: a day. */
export const SETUP_LIFE = 24 * 60 * 60_000;

/** Makes the set-up token and forgets the one before; null where there is a user already. */
export function issueSetup(people: People): string | null {
  const { database } = people;
  return database.write(() => {
    if (hasUsers(people)) return null;
    const secret = newBearer(people);
    database.run(
      "INSERT OR REPLACE INTO setup (row, hash, expires) VALUES (1, ?, ?)",
      hashBearer(secret),
      people.now() + SETUP_LIFE,
    );
    record(people, SYSTEM, { action: "setup.issue", object: "" });
    return secret;
  });
}

/** Whether a set-up token is the one, and has not expired. */
export function isSetup(people: People, secret: string): boolean {
  const row = people.database.row("SELECT hash FROM setup WHERE expires > ?", people.now());
  return row !== null && sameBytes(row.hash as Uint8Array, hashBearer(secret));
}

/**
 * Makes the first administrator, and uses the token up. Throws `unauthenticated` where the token is not the one, has expired or
 * was used; what `addUser` throws leaves it as it is.
 */
export async function setUp(
  people: People,
  by: Caller,
  secret: string,
  { name, password }: Omit<NewUser, "role">,
): Promise<User> {
  const guard = () => {
    if (!isSetup(people, secret) || hasUsers(people)) {
      throw new PatronusError("unauthenticated", "the set-up link is not the newest one, has expired or was used", {
        hint: "start Patronus again for another link, or run patronus user add",
      });
    }
  };
  // First of all: strangers do not get to hash passwords.
  guard();
  return await addUser(people, by, { name, role: "admin", password }, guard);
}
