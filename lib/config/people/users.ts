/** Users: their names, roles and passwords, and that one administrator always remains. */
import type { Row } from "../database.ts";
import { PatronusError } from "../../model/error.ts";
import type { Caller } from "./actor.ts";
import { record } from "./audit.ts";
import { type Role, ROLES } from "./authorization.ts";
import { hashPassword } from "./password_hash.ts";
import { refuseWeak } from "./password_rules.ts";
import type { People } from "./people.ts";

export interface User {
  /** Never given twice, also after the user is deleted. */
  readonly number: number;
  readonly name: string;
  readonly role: Role;
  readonly enabled: boolean;
  /** Milliseconds since 1970, as all times here. */
  readonly created: number;
  readonly passwordChanged: number;
  /** A code of their authenticator is asked for at login. */
  readonly totp: boolean;
}

/** Lower case, so that no two names look the same; as useradd(8) of Debian has it, and dots. */
const NAME = /^[a-z][a-z0-9._-]{0,31}$/;

/** All users, by name. */
export function users({ database }: Pick<People, "database">): User[] {
  return database.rows(`${SELECT} ORDER BY name`).map(user);
}

/** Null where there is none of this name. */
export function findUser({ database }: People, name: string): User | null {
  const row = database.row(`${SELECT} WHERE name = ?`, name);
  return row === null ? null : user(row);
}

/** Throws `nothing` where there is none of this name. */
export function userNamed(people: People, name: string): User {
  const found = findUser(people, name);
  if (found !== null) return found;
  throw new PatronusError("nothing", `there is no user ${name}`, { hint: "patronus user list shows who there is" });
}

/** The hash of a user's password; null where there is no such user. */
export function passwordHash({ database }: People, name: string): string | null {
  const row = database.row("SELECT password FROM users WHERE name = ?", name);
  return row === null ? null : String(row.password);
}

export function hasUsers({ database }: People): boolean {
  return database.row("SELECT 1 FROM users LIMIT 1") !== null;
}

export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/**
 * Adds a user. Throws `input` where the name or the password will not do, `conflict` where the name is taken, or where the
 * first user would be no administrator. `guard` runs in the same transaction, and stops it by throwing.
 */
export async function addUser(people: People, by: Caller, added: NewUser, guard = () => {}): Promise<User> {
  const { name, role, password } = added;
  refuseUser(people, added);
  refuseWeak(password, name);
  const hash = await hashPassword(people, password);
  return people.database.write(() => {
    guard();
    refuseUser(people, added);
    const now = people.now();
    people.database.run("DELETE FROM setup");
    people.database.run(
      "INSERT INTO users (name, role, password, created, password_changed) VALUES (?, ?, ?, ?, ?)",
      name,
      role,
      hash,
      now,
      now,
    );
    record(people, by, { action: `user.add.${role}`, object: objectOf(name) });
    return userNamed(people, name);
  });
}

/** Throws what `addUser` throws for any password, so that nobody types one for nothing. */
export function refuseUser(people: People, { name, role }: Omit<NewUser, "password">): void {
  if (!NAME.test(name)) {
    throw new PatronusError("input", `${name === "" ? "an empty name" : name} cannot be a user's name`, {
      hint: "lower-case letters, digits, dots, dashes and underscores, at most 32, a letter first",
    });
  }
  if (!ROLES.includes(role)) throw new PatronusError("input", `there is no role ${role}`);
  if (findUser(people, name) !== null) throw new PatronusError("conflict", `there is a user ${name} already`);
  if (role !== "admin" && !hasUsers(people)) {
    throw new PatronusError("conflict", "the first user has to be an administrator", {
      hint: "give it the role admin",
    });
  }
}

/**
 * Gives a user another password and ends their sessions; API tokens stay. Throws `input` where the password will not do.
 * `guard` runs in the same transaction, once the password is hashed, and stops it by throwing.
 */
export async function setPassword(
  people: People,
  by: Caller,
  name: string,
  password: string,
  guard = () => {},
): Promise<void> {
  const { number } = userNamed(people, name);
  refuseWeak(password, name);
  const hash = await hashPassword(people, password);
  change(people, by, name, "user.password", (user) => {
    guard();
    // Somebody else of this name by now, while the password was hashed.
    if (user.number !== number) throw new PatronusError("conflict", `${name} was deleted meanwhile`);
    people.database.run(
      "UPDATE users SET password = ?, password_changed = ? WHERE number = ?",
      hash,
      people.now(),
      user.number,
    );
    endSessions(people, user);
  });
}

/** Gives a user another role and ends their sessions: who is somebody else now logs in again. */
export function setRole(people: People, by: Caller, name: string, role: Role): void {
  change(people, by, name, `user.role.${role}`, (user) => {
    if (user.role === role) return;
    if (role !== "admin") refuseLastAdmin(people, user);
    people.database.run("UPDATE users SET role = ? WHERE number = ?", role, user.number);
    endSessions(people, user);
  });
}

/** Keeps a user out: sessions and API tokens end. */
export function disableUser(people: People, by: Caller, name: string): void {
  change(people, by, name, "user.disable", (user) => {
    refuseLastAdmin(people, user);
    people.database.run("UPDATE users SET enabled = 0 WHERE number = ?", user.number);
    people.database.run("DELETE FROM tokens WHERE user = ?", user.number);
    endSessions(people, user);
  });
}

/** Lets a user in again; what ended stays ended. */
export function enableUser(people: People, by: Caller, name: string): void {
  change(people, by, name, "user.enable", ({ number }) => {
    people.database.run("UPDATE users SET enabled = 1 WHERE number = ?", number);
  });
}

/** Deletes a user with sessions, tokens and second factor. */
export function deleteUser(people: People, by: Caller, name: string): void {
  change(people, by, name, "user.delete", (user) => {
    refuseLastAdmin(people, user);
    people.database.run("DELETE FROM users WHERE number = ?", user.number);
  });
}

/** A user as the audit log names it. */
export function objectOf(name: string): string {
  return `users[${name}]`;
}

/** A change of one user and its audit entry, in one transaction; a refused one is recorded too. */
function change(people: People, by: Caller, name: string, action: string, work: (user: User) => void): void {
  const deed = { action, object: objectOf(name) };
  try {
    people.database.write(() => {
      work(userNamed(people, name));
      record(people, by, deed);
    });
  } catch (error) {
    if (error instanceof PatronusError && error.code === "conflict") {
      record(people, by, { ...deed, outcome: "refused" });
    }
    throw error;
  }
}

/** Throws `conflict` where nobody else is left who could manage users. */
function refuseLastAdmin(people: People, { number, name, role, enabled }: User): void {
  if (role !== "admin" || !enabled) return;
  const other = people.database.row(
    "SELECT 1 FROM users WHERE role = 'admin' AND enabled = 1 AND number <> ? LIMIT 1",
    number,
  );
  if (other !== null) return;
  throw new PatronusError("conflict", `${name} is the last administrator; nothing was changed`, {
    hint: "make somebody else an administrator first",
  });
}

function endSessions({ database }: People, { number }: User): void {
  database.run("DELETE FROM sessions WHERE user = ?", number);
}

const SELECT = `SELECT users.*, ifnull(totp.active, 0) AS totp FROM users LEFT JOIN totp ON totp.user = users.number`;

function user(row: Row): User {
  return {
    number: Number(row.number),
    name: String(row.name),
    role: row.role as Role,
    enabled: row.enabled === 1,
    created: Number(row.created),
    passwordChanged: Number(row.password_changed),
    totp: row.totp === 1,
  };
}
