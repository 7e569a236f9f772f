/** The `vlan`, `bridge` and `bond` commands: interfaces that Patronus makes, each kind under its own word. */
import type { Argument, Command } from "../../model/command.ts";
import type { Session } from "../session.ts";

const verbs = () => import("./kind_verbs.ts");

/** A kind with commands of its own. */
export type CommandKind = "vlan" | "bridge" | "bond";

interface Words {
  readonly noun: string;
  readonly article: string;
  readonly add: { readonly command: string; readonly explanation: string };
}

const WORDS: Readonly<Record<CommandKind, Words>> = {
  vlan: {
    noun: "VLAN",
    article: "a VLAN of another interface",
    add: {
      command: "patronus vlan add guests --parent lan --tag 20 --ip 192.168.20.1/24",
      explanation: "what comes to lan with tag 20 is guests",
    },
  },
  bridge: {
    noun: "bridge",
    article: "a bridge: its members are one network",
    add: {
      command: "patronus bridge add lan --members port1,port2 --ip 192.168.1.1/24",
      explanation: "two ports, one network",
    },
  },
  bond: {
    noun: "bond",
    article: "a bond: its members work as one device",
    add: {
      command: "patronus bond add trunk --members port1,port2 --mode 802.3ad",
      explanation: "two cables to a switch that speaks LACP",
    },
  },
};

function commandsOf(kind: CommandKind): readonly Command<Session>[] {
  const { noun, article, add } = WORDS[kind];
  const one: Argument = { name: "NAME", description: `The ${noun}`, completes: "interface" };
  const members: Argument = { name: "MEMBER", description: "Interfaces", repeated: true, completes: "interface" };
  return [
    {
      path: [kind, "list"],
      summary: `List the ${noun}s of your candidate`,
      reads: true,
      run: async (_input, session) => (await import("./kind_list.ts")).list(kind, session),
    },
    {
      path: [kind, "add"],
      summary: `Make ${article}`,
      arguments: [{ name: "NAME", description: "Its name" }],
      options: async () => (await verbs()).options(kind, "add"),
      examples: [add],
      run: async (input, session) => (await verbs()).add(kind, input, session),
    },
    {
      path: [kind, "set"],
      summary: `Change a ${noun}`,
      arguments: [one],
      options: async () => (await verbs()).options(kind, "edit"),
      run: async (input, session) => (await verbs()).set(kind, input, session),
    },
    ...(kind === "vlan" ? [] : [
      {
        path: [kind, "join"],
        summary: `Put interfaces into a ${noun}`,
        arguments: [one, members],
        run: async (input, session) => (await verbs()).join(kind, input, session),
      },
      {
        path: [kind, "leave"],
        summary: `Take interfaces out of a ${noun}`,
        arguments: [one, members],
        run: async (input, session) => (await verbs()).leave(kind, input, session),
      },
    ] satisfies readonly Command<Session>[]),
    {
      path: [kind, "delete"],
      summary: `Delete ${noun}s that nothing uses`,
      arguments: [{ ...one, description: `${noun}s`, repeated: true }],
      run: async (input, session) => (await verbs()).remove(kind, input, session),
    },
  ];
}

export const kindCommands: readonly Command<Session>[] = [
  ...commandsOf("vlan"),
  ...commandsOf("bridge"),
  ...commandsOf("bond"),
];
