/** Sessions of people who logged in: what a browser's cookie stands for. */
import type { Row } from "../database.ts";
import { PatronusError } from "../../model/error.ts";
import type { Caller } from "./actor.ts";
import { record } from "./audit.ts";
import { hashBearer, newBearer } from "./bearer.ts";
import type { People } from "./people.ts";
import { touch } from "./touch.ts";
import { objectOf, userNamed } from "./users.ts";

const MINUTE = 60_000;
/** A session ends after so long without a request, and after so long in any case: inside what SP 800-63B-4, 2.2.3, recommends. */
export const IDLE = 60 * MINUTE;
export const ABSOLUTE = 12 * 60 * MINUTE;
/** So long somebody who gave the password may look for the code. */
const FOR_CODE = 10 * MINUTE;
/** A browser's name for itself is kept up to here, in characters. */
const AGENT_LENGTH = 200;

export interface Session {
  /** Names it in lists; not the secret. */
  readonly number: number;
  readonly user: string;
  readonly created: number;
  /** The last request, to the minute. */
  readonly seen: number;
  /** Ends then at the latest. */
  readonly expires: number;
  readonly address: string;
  readonly agent: string;
}

/** Where a request comes from: its address, and the browser's name for itself. */
export interface Origin {
  readonly address: string;
  readonly agent: string;
}

/**
 * Begins a session, and gives its secret, of which only the hash is kept. `awaits`: the code is still to come. Throws
 * `unauthenticated` where the user is gone or disabled.
 */
export function openSession(people: People, user: number, origin: Origin, awaits: "code" | null): string {
  const { database } = people;
  const secret = newBearer(people);
  const now = people.now();
  database.write(() => {
    database.run("DELETE FROM sessions WHERE expires <= ? OR seen <= ?", now, now - IDLE);
    const opened = database.run(
      `INSERT INTO sessions (hash, user, awaits, created, seen, expires, address, agent)
       SELECT ?, number, ?, ?, ?, ?, ?, ? FROM users WHERE number = ? AND enabled = 1`,
      hashBearer(secret),
      awaits,
      now,
      now,
      now + (awaits === null ? ABSOLUTE : FOR_CODE),
      origin.address,
      origin.agent.slice(0, AGENT_LENGTH),
      user,
    );
    if (opened === 0) throw new PatronusError("unauthenticated", "the user was deleted or disabled");
  });
  return secret;
}

/** The living session of a secret, and that it was used now; null where there is none. */
export function useSession(people: People, secret: string): Session | null {
  const found = findSession(people, secret, null);
  if (found !== null) touch(people, found.seen, "UPDATE sessions SET seen = ?1 WHERE number = ?2", found.number);
  return found;
}

/** Of a secret: a login, or with `awaits` what is on its way to one. */
export function findSession(people: People, secret: string, awaits: "code" | null): Session | null {
  const row = people.database.row(
    `${SELECT} WHERE hash = ? AND awaits IS ? AND ${ALIVE} AND users.enabled = 1`,
    hashBearer(secret),
    awaits,
    ...alive(people),
  );
  return row === null ? null : session(row);
}

/**
 * Gives a session another secret; the old one is worth nothing from now on. To be done whenever its user's rights or
 * credentials change. Throws `unauthenticated` where it has ended.
 */
export function rotateSession(people: People, secret: string): string {
  const found = findSession(people, secret, null);
  if (found === null) throw new PatronusError("unauthenticated", "the session has ended", { hint: "log in again" });
  const next = newBearer(people);
  people.database.run("UPDATE sessions SET hash = ? WHERE number = ?", hashBearer(next), found.number);
  return next;
}

/** Living sessions, those of one user or of all, newest use first. */
export function sessions(people: People, user?: string): Session[] {
  return people.database.rows(
    `${SELECT} WHERE awaits IS NULL AND ${ALIVE} AND (?3 IS NULL OR users.name = ?3) ORDER BY seen DESC, sessions.number DESC`,
    ...alive(people),
    user ?? null,
  ).map(session);
}

/** Logs out. Whether there was such a session. */
export function closeSession(people: People, by: Caller, secret: string): boolean {
  return people.database.write(() => {
    const found = findSession(people, secret, null);
    if (found === null) return false;
    people.database.run("DELETE FROM sessions WHERE number = ?", found.number);
    record(people, by, { action: "logout", object: objectOf(found.user) });
    return true;
  });
}

/** Ends a session by its number. Throws `nothing` where this user has none of that number. */
export function endSession(people: People, by: Caller, user: string, number: number): void {
  people.database.write(() => {
    const ended = people.database.run(
      "DELETE FROM sessions WHERE number = ? AND user = ?",
      number,
      userNamed(people, user).number,
    );
    if (ended === 0) throw new PatronusError("nothing", `${user} has no session ${number}`);
    record(people, by, { action: "session.end", object: `${objectOf(user)}.sessions[${number}]` });
  });
}

/** Ends all sessions of a user but one, of which the secret is given; null: all. */
export function endSessions(people: People, by: Caller, user: string, except: string | null): void {
  people.database.write(() => {
    people.database.run(
      "DELETE FROM sessions WHERE user = ? AND hash IS NOT ?",
      userNamed(people, user).number,
      except === null ? null : hashBearer(except),
    );
    record(people, by, { action: "session.end-all", object: `${objectOf(user)}.sessions` });
  });
}

const SELECT = `SELECT sessions.*, users.name FROM sessions JOIN users ON users.number = sessions.user`;

const ALIVE = "sessions.expires > ? AND sessions.seen > ?";

function alive(people: People): [now: number, idle: number] {
  const now = people.now();
  return [now, now - IDLE];
}

function session(row: Row): Session {
  return {
    number: Number(row.number),
    user: String(row.name),
    created: Number(row.created),
    seen: Number(row.seen),
    expires: Number(row.expires),
    address: String(row.address),
    agent: String(row.agent),
  };
}
