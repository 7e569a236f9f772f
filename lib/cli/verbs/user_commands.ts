/** The `user` commands: for the local root, who gets everybody in again. */
import { ROLES } from "../../config/people/authorization.ts";
import type { Argument, Command } from "../../model/command.ts";
import type { Desk } from "../desk.ts";

const user = () => import("./user.ts");

const ONE: Argument = { name: "NAME", description: "The user", completes: "user" };
const PASSWORD = "The password is asked for on the terminal, or read from standard input as one line; it is never a " +
  "word of the command line. It has at least 15 characters, and is not one that everybody tries first.";

export const userCommands: readonly Command<Desk>[] = [
  {
    path: ["user", "list"],
    summary: "List who can log in, with roles and what is open",
    reads: true,
    run: async (_input, desk) => (await user()).list(desk),
  },
  {
    path: ["user", "add"],
    summary: "Add a user, who can log in from now on",
    description: `${PASSWORD}\n\nA viewer sees everything but secrets, an operator also changes and applies the ` +
      "configuration, an admin also manages users. The first user is an admin.",
    arguments: [{ name: "NAME", description: "Lower-case letters, digits, dots, dashes and underscores" }],
    options: [{
      name: "role",
      type: "text",
      value: "ROLE",
      values: ROLES,
      required: true,
      description: "What the user may do",
    }],
    examples: [
      { command: "patronus user add ann --role admin", explanation: "asks for the password" },
      { command: "pass show edge/bob | patronus user add bob --role viewer", explanation: "takes it from elsewhere" },
    ],
    run: async (input, desk) => (await user()).add(input, desk),
  },
  {
    path: ["user", "password"],
    summary: "Give a user another password, and end their sessions",
    description: PASSWORD,
    arguments: [ONE],
    run: async (input, desk) => (await user()).password(input, desk),
  },
  {
    path: ["user", "role"],
    summary: "Give a user another role, and end their sessions",
    description: "The last administrator stays one.",
    arguments: [ONE, { name: "ROLE", description: "What the user may do", values: ROLES }],
    run: async (input, desk) => (await user()).role(input, desk),
  },
  {
    path: ["user", "disable"],
    summary: "Keep a user out; sessions and API tokens end",
    arguments: [ONE],
    run: async (input, desk) => (await user()).disable(input, desk),
  },
  {
    path: ["user", "enable"],
    summary: "Let a disabled user log in again",
    arguments: [ONE],
    run: async (input, desk) => (await user()).enable(input, desk),
  },
  {
    path: ["user", "delete"],
    summary: "Delete a user, with sessions and API tokens",
    arguments: [ONE],
    run: async (input, desk) => (await user()).remove(input, desk),
  },
  {
    path: ["user", "reset-totp"],
    summary: "Take a lost authenticator and its recovery codes away",
    description: "The user logs in with the password alone until there is another authenticator.",
    arguments: [ONE],
    run: async (input, desk) => (await user()).reset(input, desk),
  },
];
