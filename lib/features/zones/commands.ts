/** The `zone` commands. */
import type { Argument, Command } from "../../model/command.ts";
import type { Session } from "../session.ts";

const ONE: Argument = { name: "NAME", description: "The zone", completes: "zone" };
const verbs = () => import("../verbs.ts");

export const zoneCommands: readonly Command<Session>[] = [
  {
    path: ["zone", "list"],
    summary: "List the zones and where they are used",
    reads: true,
    run: async (_input, session) => (await import("./list.ts")).list(session),
  },
  {
    path: ["zone", "show"],
    summary: "Show a zone",
    arguments: [ONE],
    reads: true,
    run: async (input, session) => (await import("./list.ts")).show(input, session),
  },
  {
    path: ["zone", "add"],
    summary: "Add a zone: interfaces that rules treat alike",
    arguments: [{ name: "NAME", description: "Its name" }],
    options: async () => (await verbs()).objectOptions("zones", "add"),
    examples: [{ command: "patronus zone add inside --interfaces lan,guests", explanation: "two interfaces" }],
    run: async (input, session) => (await verbs()).add("zones", input, session, { name: input.word("NAME") }),
  },
  {
    path: ["zone", "edit"],
    summary: "Change a zone",
    arguments: [ONE],
    options: async () => (await verbs()).objectOptions("zones", "edit"),
    run: async (input, session) => (await verbs()).edit("zones", input.word("NAME"), input, session),
  },
  {
    path: ["zone", "rename"],
    summary: "Give a zone another name; rules keep to it",
    arguments: [ONE, { name: "NEW", description: "Its new name" }],
    run: async (input, session) => (await verbs()).rename("zones", input.word("NAME"), input.word("NEW"), session),
  },
  {
    path: ["zone", "delete"],
    summary: "Delete zones that nothing uses",
    arguments: [{ ...ONE, description: "Zones", repeated: true }],
    run: async (input, session) => (await verbs()).remove("zones", input.rest("NAME"), session),
  },
];
