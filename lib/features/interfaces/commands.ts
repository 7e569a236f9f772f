/** The `network` commands. They name the machine's devices; managing them is not theirs. */
import type { Argument, Command } from "../../model/command.ts";
import type { Session } from "../session.ts";

const ONE: Argument = { name: "NAME", description: "The interface", completes: "interface" };
const verbs = () => import("../verbs.ts");

export const networkCommands: readonly Command<Session>[] = [
  {
    path: ["network", "list"],
    summary: "List the machine's network devices and the names they have here",
    reads: true,
    run: async (_input, session) => (await import("./list.ts")).list(session),
  },
  {
    path: ["network", "add"],
    summary: "Give a device a name that rules can use",
    arguments: [{ name: "NAME", description: "Its name" }],
    options: async () =>
      (await verbs()).objectOptions("interfaces", "add")
        .map((option) => option.name === "device" ? { ...option, completes: "device" as const } : option),
    examples: [{ command: "patronus network add wan --device eth0", explanation: "eth0 is wan from now on" }],
    run: async (input, session) => (await verbs()).add("interfaces", input, session, { name: input.word("NAME") }),
  },
  {
    path: ["network", "edit"],
    summary: "Change which device a name stands for",
    arguments: [ONE],
    options: async () =>
      (await verbs()).objectOptions("interfaces", "edit")
        .map((option) => option.name === "device" ? { ...option, completes: "device" as const } : option),
    run: async (input, session) => (await verbs()).edit("interfaces", input.word("NAME"), input, session),
  },
  {
    path: ["network", "rename"],
    summary: "Give an interface another name; rules keep to it",
    arguments: [ONE, { name: "NEW", description: "Its new name" }],
    run: async (input, session) => (await verbs()).rename("interfaces", input.word("NAME"), input.word("NEW"), session),
  },
  {
    path: ["network", "delete"],
    summary: "Forget names of devices; the devices stay as they are",
    arguments: [{ ...ONE, description: "Interfaces", repeated: true }],
    run: async (input, session) => (await verbs()).remove("interfaces", input.rest("NAME"), session),
  },
];
