/** The `alias` commands. */
import type { Argument, Command, Option } from "../../model/command.ts";
import type { Session } from "../session.ts";

const ONE: Argument = { name: "NAME", description: "The alias", completes: "alias" };
const verbs = () => import("../verbs.ts");

const MEMBERS: readonly Option[] = [
  { name: "add-member", type: "list", value: "MEMBER", description: "Put members in", completes: "alias" },
  { name: "remove-member", type: "list", value: "MEMBER", description: "Take members out", completes: "alias" },
];

export const aliasCommands: readonly Command<Session>[] = [
  {
    path: ["alias", "list"],
    summary: "List the aliases and where they are used",
    reads: true,
    run: async (_input, session) => (await import("./list.ts")).list(session),
  },
  {
    path: ["alias", "show"],
    summary: "Show an alias with all its members",
    arguments: [ONE],
    reads: true,
    run: async (input, session) => (await import("./list.ts")).show(input, session),
  },
  {
    path: ["alias", "add"],
    summary: "Add an alias: a named group of addresses, networks or ports",
    arguments: [
      { name: "NAME", description: "Its name" },
      {
        name: "MEMBER",
        description: "Addresses, prefixes, ranges, ports or other aliases",
        repeated: true,
        optional: true,
      },
    ],
    options: async () => (await verbs()).objectOptions("aliases", "add"),
    examples: [
      { command: "patronus alias add web --type host 192.168.2.10 fd00:2::10", explanation: "two addresses" },
      { command: "patronus alias add web-ports --type port 80 443 8000-8100", explanation: "ports" },
    ],
    run: async (input, session) =>
      (await verbs()).add("aliases", input, session, { name: input.word("NAME"), members: input.rest("MEMBER") }),
  },
  {
    path: ["alias", "edit"],
    summary: "Change an alias, or put members in and take them out",
    arguments: [ONE],
    options: async () => [...MEMBERS, ...(await verbs()).objectOptions("aliases", "edit")],
    examples: [
      { command: "patronus alias edit web --add-member 192.168.2.11", explanation: "one more" },
      { command: "patronus alias edit web --remove-member 192.168.2.10", explanation: "one less" },
    ],
    run: async (input, session) => {
      const change = { add: input.list("add-member"), remove: input.list("remove-member") };
      const members = change.add.length + change.remove.length > 0 ? { members: change } : {};
      return (await verbs()).edit("aliases", input.word("NAME"), input, session, members);
    },
  },
  {
    path: ["alias", "rename"],
    summary: "Give an alias another name; rules keep to it",
    arguments: [ONE, { name: "NEW", description: "Its new name" }],
    run: async (input, session) => (await verbs()).rename("aliases", input.word("NAME"), input.word("NEW"), session),
  },
  {
    path: ["alias", "delete"],
    summary: "Delete aliases that nothing uses",
    arguments: [{ ...ONE, description: "Aliases", repeated: true }],
    run: async (input, session) => (await verbs()).remove("aliases", input.rest("NAME"), session),
  },
];
