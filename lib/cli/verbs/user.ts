/** `user list | add | password | role | disable | enable | delete | reset-totp`. */
import type { Caller } from "../../config/people/actor.ts";
import { tokens } from "../../config/people/api_tokens.ts";
import type { Role } from "../../config/people/authorization.ts";
import type { People } from "../../config/people/people.ts";
import { resetTotp } from "../../config/people/second_factor.ts";
import { sessions } from "../../config/people/sessions.ts";
import {
  addUser,
  deleteUser,
  disableUser,
  enableUser,
  refuseUser,
  setPassword,
  setRole,
  userNamed,
  users,
} from "../../config/people/users.ts";
import type { Column, Input, Output, Text } from "../../model/command.ts";
import type { Desk } from "../desk.ts";
import { type AskPassword, askPassword } from "../password.ts";
import { caller, existingPeople, people } from "./people.ts";
import { localTime } from "./words.ts";

const COLUMNS: readonly Column[] = [
  { title: "NAME", key: true },
  { title: "ROLE" },
  { title: "STATE" },
  { title: "AUTHENTICATOR", drop: 3 },
  { title: "SESSIONS", align: "right", drop: 2 },
  { title: "TOKENS", align: "right", drop: 1 },
  { title: "CREATED", drop: 4 },
];

/** `user list`. */
export async function list(desk: Desk): Promise<Output> {
  const known = await existingPeople(desk);
  const all = known === null ? [] : users(known).map((user) => ({
    ...user,
    created: new Date(user.created).toISOString(),
    passwordChanged: new Date(user.passwordChanged).toISOString(),
    sessions: sessions(known, user.name).length,
    tokens: tokens(known, user.name).length,
  }));
  if (all.length === 0) {
    return {
      blocks: [
        { kind: "line", text: ["no user yet"] },
        { kind: "hint", text: "patronus user add NAME --role admin makes the first" },
      ],
      json: [],
    };
  }
  const rows = all.map((user): Text[] => [
    { text: user.name, tone: "strong" },
    user.role,
    user.enabled ? { text: "enabled", tone: "good" } : { text: "disabled", tone: "warn" },
    user.totp ? { text: "yes", tone: "good" } : "no",
    String(user.sessions),
    String(user.tokens),
    localTime(user.created),
  ]);
  return { blocks: [{ kind: "table", columns: COLUMNS, rows }], json: all };
}

/** `user add`. */
export async function add(input: Input, desk: Desk, ask: AskPassword = askPassword): Promise<Output> {
  const name = input.word("NAME");
  const role = input.text("role") as Role;
  const all = await people(desk);
  // Nobody types a password for nothing.
  refuseUser(all, { name, role });
  const password = await ask(name, desk.io);
  await addUser(all, caller(desk), { name, role, password });
  return done("added", `${name}, who is ${role}`);
}

/** `user password`. */
export async function password(input: Input, desk: Desk, ask: AskPassword = askPassword): Promise<Output> {
  const all = await people(desk);
  const { name } = userNamed(all, input.word("NAME"));
  await setPassword(all, caller(desk), name, await ask(name, desk.io));
  return done("changed", `the password of ${name}; their sessions have ended`);
}

/** `user role`. */
export async function role(input: Input, desk: Desk): Promise<Output> {
  const wanted = input.word("ROLE") as Role;
  return await change(input, desk, "changed", `is ${wanted} now; their sessions have ended`, (people, by, name) => {
    setRole(people, by, name, wanted);
  });
}

/** `user disable`. */
export async function disable(input: Input, desk: Desk): Promise<Output> {
  return await change(input, desk, "disabled", "cannot log in; sessions and API tokens have ended", disableUser);
}

/** `user enable`. */
export async function enable(input: Input, desk: Desk): Promise<Output> {
  return await change(input, desk, "enabled", "can log in", enableUser);
}

/** `user delete`. */
export async function remove(input: Input, desk: Desk): Promise<Output> {
  return await change(input, desk, "deleted", "is gone, with sessions and API tokens", deleteUser);
}

/** `user reset-totp`. */
export async function reset(input: Input, desk: Desk): Promise<Output> {
  return await change(input, desk, "reset", "logs in with the password alone now", resetTotp);
}

async function change(
  input: Input,
  desk: Desk,
  verb: string,
  words: string,
  work: (people: People, by: Caller, name: string) => void,
): Promise<Output> {
  const name = input.word("NAME");
  work(await people(desk), caller(desk), name);
  return done(verb, `${name} ${words}`);
}

function done(verb: string, words: string): Output {
  return { blocks: [{ kind: "line", text: [{ text: `${verb}  `, tone: "good" }, words] }] };
}
