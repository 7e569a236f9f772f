/**
 * What people change about their own login. They give their password once more, for a session may be somebody else's by now;
 * and the session they do it with gets another secret, while their other sessions end.
 */
import { PatronusError } from "../../model/error.ts";
import type { Caller } from "./actor.ts";
import { verifyPassword } from "./password_hash.ts";
import type { People } from "./people.ts";
import { activateTotp, beginTotp, type Enrolment, resetTotp } from "./second_factor.ts";
import { endSessions, findSession, openSession, type Origin, rotateSession, type Session } from "./sessions.ts";
import { beginAttempt } from "./throttle.ts";
import { passwordHash, setPassword, userNamed } from "./users.ts";

/** A living session's secret, and where the request comes from. */
export interface Own {
  readonly secret: string;
  readonly from: Origin;
}

/** Gives the user another password. Gives the secret of the session that goes on. Throws what `prove` and `setPassword` throw. */
export async function changeOwnPassword(people: People, own: Own, current: string, next: string): Promise<string> {
  const { user } = await prove(people, own, current);
  await setPassword(people, caller(user, own), user, next, () => session(people, own));
  return openSession(people, userNamed(people, user).number, own.from, null);
}

/** Begins with an authenticator, as `beginTotp` says. */
export async function beginOwnTotp(people: People, own: Own, current: string, host: string): Promise<Enrolment> {
  const { user } = await prove(people, own, current);
  return beginTotp(people, user, host);
}

/** The authenticator counts from now on. Gives the recovery codes and the session's new secret. */
export function activateOwnTotp(people: People, own: Own, code: string): { codes: string[]; secret: string } {
  return people.database.write(() => {
    const { user } = session(people, own);
    const codes = activateTotp(people, caller(user, own), user, code);
    return { codes, secret: renew(people, user, own) };
  });
}

/** Takes the authenticator away. Gives the session's new secret. */
export async function removeOwnTotp(people: People, own: Own, current: string): Promise<string> {
  const { user } = await prove(people, own, current);
  return people.database.write(() => {
    resetTotp(people, caller(user, own), user);
    return renew(people, user, own);
  });
}

/**
 * The session, whose user has just given their password. Throws `unauthenticated` where it is not the one or the session has
 * ended, `throttled` where too many wrong ones went before: whoever finds an open browser must not guess on.
 */
async function prove(people: People, own: Own, password: string): Promise<Session> {
  const found = session(people, own);
  const { number } = userNamed(people, found.user);
  const hash = passwordHash(people, found.user);
  const attempt = beginAttempt(people, [{ kind: "place", name: `${number} session` }]);
  let right: boolean;
  try {
    right = await verifyPassword(people, password, hash);
  } catch (error) {
    attempt.withdraw();
    throw error;
  }
  if (!right) {
    throw new PatronusError("unauthenticated", "the password is wrong", { hint: "give your current password" });
  }
  attempt.succeed();
  // Meanwhile an administrator may have ended it.
  return session(people, own);
}

function session(people: People, { secret }: Own): Session {
  const found = findSession(people, secret, null);
  if (found === null) throw new PatronusError("unauthenticated", "the session has ended", { hint: "log in again" });
  return found;
}

function renew(people: People, user: string, own: Own): string {
  endSessions(people, caller(user, own), user, own.secret);
  return rotateSession(people, own.secret);
}

function caller(name: string, { from }: Own): Caller {
  return { actor: { kind: "user", name }, address: from.address };
}
