/** Logging in: a name and a password, and where the user has an authenticator, a code. */
import { PatronusError } from "../../model/error.ts";
import { record } from "./audit.ts";
import { hashBearer, newBearer } from "./bearer.ts";
import { hashPassword, isCheap, verifyPassword } from "./password_hash.ts";
import type { People } from "./people.ts";
import { addressKey, isDevice, knownPlace, rememberPlace } from "./places.ts";
import { useSecondFactor } from "./second_factor.ts";
import { findSession, openSession, type Origin } from "./sessions.ts";
import { type Attempt, beginAttempt, type Subject } from "./throttle.ts";
import { findUser, objectOf, passwordHash, type User, userNamed } from "./users.ts";

/** Where somebody logs in from, and what their browser still has of earlier logins. */
export interface LoginOrigin extends Origin {
  /** The mark of an earlier login; it keeps strangers' failures from slowing this browser down. */
  readonly device: string | null;
  /** The secret of a session that ends with this login. */
  readonly session: string | null;
}

export type Login =
  /** The password was right; `secret` is for `giveCode`, and opens nothing else. */
  | { readonly awaits: "code"; readonly secret: string }
  /** Logged in: the secret of the new session, and the browser's mark. */
  | { readonly awaits: null; readonly secret: string; readonly device: string };

/**
 * Takes name and password. Throws `unauthenticated` where they do not fit, with the same words and after the same work whether
 * the user is unknown, disabled, or the password wrong; `throttled` where too many attempts went before.
 */
export async function logIn(people: People, name: string, password: string, from: LoginOrigin): Promise<Login> {
  const found = findUser(people, name);
  const hash = passwordHash(people, name);
  const attempt = beginAttempt(people, subjects(people, found?.number ?? null, { kind: "account", name }, from));
  let right: boolean, renewed: string | null;
  try {
    right = await verifyPassword(people, password, hash);
    renewed = right && hash !== null && isCheap(hash, people.cost) ? await hashPassword(people, password) : null;
  } catch (error) {
    attempt.withdraw();
    throw error;
  }
  const login = people.database.write(() => {
    // While the password was hashed, the user may have been changed, or deleted and made anew.
    const user = findUser(people, name);
    const same = user !== null && user.number === found?.number && passwordHash(people, name) === hash;
    if (!right || !same || !user.enabled) return refuse(people, from, user?.name ?? null);
    if (renewed !== null) people.database.run("UPDATE users SET password = ? WHERE number = ?", renewed, user.number);
    if (!user.totp) return complete(people, user, from, attempt, "login");
    attempt.withdraw();
    return { awaits: "code" as const, secret: openSession(people, user.number, from, "code") };
  });
  return login ?? wrong("name or password is wrong", "letters may be in capitals by mistake");
}

/**
 * Takes the code of an authenticator, or a recovery code, with the secret that `logIn` gave. Throws `unauthenticated` where it
 * is wrong or comes too late; `throttled` where too many wrong ones went before.
 */
export function giveCode(people: People, secret: string, code: string, from: LoginOrigin): Login {
  const user = awaited(people, secret);
  const attempt = beginAttempt(
    people,
    subjects(people, user.number, { kind: "code", name: String(user.number) }, from),
  );
  const login = people.database.write(() => {
    // Another process may have ended it.
    awaited(people, secret);
    const factor = useSecondFactor(people, user.number, code);
    if (factor === null) return refuse(people, from, user.name);
    endSecret(people, secret);
    return complete(people, user, from, attempt, factor === "totp" ? "login" : "login.recovery-code");
  });
  return login ?? wrong("the code is wrong", "each code works once; a recovery code does as well");
}

/** The user who gave the password and is to give the code. */
function awaited(people: People, secret: string): User {
  const session = findSession(people, secret, "code");
  if (session === null) return wrong("the login took too long", "begin again with name and password");
  return userNamed(people, session.user);
}

function complete(people: People, user: User, from: LoginOrigin, attempt: Attempt, action: string): Login {
  attempt.succeed();
  if (from.session !== null) endSecret(people, from.session);
  const device = from.device !== null && isDevice(people, from.device) ? from.device : newBearer(people);
  rememberPlace(people, user.number, from.address, device);
  record(people, { actor: { kind: "user", name: user.name }, address: from.address }, {
    action,
    object: objectOf(user.name),
  });
  return { awaits: null, secret: openSession(people, user.number, from, null), device };
}

/** A name that nobody has is not recorded: it may be a password in the wrong field. */
function refuse(people: People, { address }: LoginOrigin, name: string | null): null {
  const object = name === null ? "" : objectOf(name);
  record(people, { actor: { kind: "stranger" }, address }, { action: "login", object, outcome: "refused" });
  return null;
}

function wrong(message: string, hint: string): never {
  throw new PatronusError("unauthenticated", message, { hint });
}

/** What an attempt counts against: the user's own place, or what a stranger is counted by and the address. */
function subjects(people: People, user: number | null, stranger: Subject, from: LoginOrigin): Subject[] {
  const place = user === null ? null : knownPlace(people, user, from.address, from.device);
  if (place !== null) return [{ kind: "place", name: `${user} ${place}` }];
  return [stranger, { kind: "address", name: addressKey(from.address) }];
}

function endSecret({ database }: People, secret: string): void {
  database.run("DELETE FROM sessions WHERE hash = ?", hashBearer(secret));
}
