/** The `network` commands. */
import type { Argument, Command, Option } from "../../model/command.ts";
import type { Session } from "../session.ts";

const ONE: Argument = {
  name: "NAME",
  description: "The interface, or a device of the machine",
  completes: "interface",
};
const verbs = () => import("./verbs.ts");

/** Options of `add` or `set`, with devices of the machine to choose from. */
async function options(purpose: "add" | "edit"): Promise<Option[]> {
  return (await import("../verbs.ts")).objectOptions("interfaces", purpose)
    .map((option) => option.name === "device" ? { ...option, completes: "device" as const } : option);
}

export const networkCommands: readonly Command<Session>[] = [
  {
    path: ["network", "list"],
    summary: "List the machine's network devices, and the names they have here",
    reads: true,
    run: async (_input, session) => (await import("./list.ts")).list(session),
  },
  {
    path: ["network", "show"],
    summary: "Show an interface: what is configured, and what the kernel has",
    arguments: [ONE],
    reads: true,
    run: async (input, session) => (await import("./show.ts")).show(input, session),
  },
  {
    path: ["network", "add"],
    summary: "Give a device a name that rules can use, and say how it is set up",
    arguments: [{ name: "NAME", description: "Its name" }],
    options: () => options("add"),
    examples: [
      { command: "patronus network add wan --device eth0 --ip dhcp", explanation: "eth0 is wan from now on" },
      {
        command: "patronus network add loop --dummy --ip 10.255.0.1/32",
        explanation: "an address of the machine itself",
      },
    ],
    run: async (input, session) =>
      (await import("../verbs.ts")).add("interfaces", input, session, { name: input.word("NAME") }),
  },
  {
    path: ["network", "set"],
    summary: "Change how an interface is set up",
    description: "A device that has no name yet gets its own: `patronus network set eth1 --ip 192.168.1.1/24` makes " +
      "eth1 an interface.",
    arguments: [ONE],
    options: () => options("edit"),
    examples: [
      { command: "patronus network set lan --ip 192.168.1.1/24", explanation: "this is all of its addresses" },
      { command: "patronus network set lan --mtu 9000", explanation: "jumbo frames" },
    ],
    run: async (input, session) => (await verbs()).set(input, session),
  },
  {
    path: ["network", "up"],
    summary: "Set interfaces up",
    arguments: [{ ...ONE, description: "Interfaces", repeated: true }],
    run: async (input, session) => (await verbs()).power(input, true, session),
  },
  {
    path: ["network", "down"],
    summary: "Set interfaces down; their configuration stays",
    arguments: [{ ...ONE, description: "Interfaces", repeated: true }],
    run: async (input, session) => (await verbs()).power(input, false, session),
  },
  {
    path: ["network", "flush"],
    summary: "Take all addresses of an interface away",
    arguments: [ONE],
    run: async (input, session) => (await verbs()).flush(input, session),
  },
  {
    path: ["network", "rename"],
    summary: "Give an interface another name; rules keep to it",
    arguments: [{ ...ONE, description: "The interface" }, { name: "NEW", description: "Its new name" }],
    run: async (input, session) => (await verbs()).rename(input, session),
  },
  {
    path: ["network", "delete"],
    summary: "Forget interfaces; devices that Patronus made go, others stay as they are",
    arguments: [{ ...ONE, description: "Interfaces", repeated: true }],
    run: async (input, session) => (await import("../verbs.ts")).remove("interfaces", input.rest("NAME"), session),
  },
];
