/** The `nat` commands. */
import type { Argument, Command } from "../../model/command.ts";
import type { Session } from "../session.ts";

const ONE: Argument = { name: "ID", description: "The rule's id", completes: "nat-rule" };
const SEVERAL: Argument = { ...ONE, description: "Ids of rules", repeated: true };
const verbs = () => import("../verbs.ts");
const RULES = "nat.rules";

export const natCommands: readonly Command<Session>[] = [
  {
    path: ["nat", "list"],
    summary: "List the translations of your candidate, and how often each matched",
    options: [{
      name: "search",
      type: "text",
      value: "WORD",
      description: "Only rules with this word, or that this address or port matches, also inside an alias",
    }],
    reads: true,
    run: async (input, session) => (await import("./list.ts")).list(input, session),
  },
  {
    path: ["nat", "show"],
    summary: "Show one translation",
    arguments: [ONE],
    reads: true,
    run: async (input, session) => (await import("./list.ts")).show(input, session),
  },
  {
    path: ["nat", "add"],
    summary: "Add a translation to your candidate",
    options: async () => (await verbs()).objectOptions(RULES, "add"),
    examples: [
      {
        command: "patronus nat add --type masquerade --out wan --family ipv4",
        explanation: "everybody inside shares the address of wan",
      },
      {
        command: "patronus nat add --type dnat --in wan --protocol tcp --dport 443 --to 192.168.2.10 --hairpin lan",
        explanation: "forward a port to a machine inside",
      },
    ],
    run: async (input, session) => (await verbs()).add(RULES, input, session),
  },
  {
    path: ["nat", "edit"],
    summary: "Change fields of a translation, or its place",
    arguments: [ONE],
    options: async () => (await verbs()).objectOptions(RULES, "edit"),
    run: async (input, session) => (await verbs()).edit(RULES, input.word("ID"), input, session),
  },
  {
    path: ["nat", "clone"],
    summary: "Copy a translation; the copy stands right behind it",
    arguments: [ONE],
    options: [{ name: "id", type: "text", value: "ID", description: "Id of the copy" }],
    run: async (input, session) => (await verbs()).clone(RULES, input.word("ID"), input, session),
  },
  {
    path: ["nat", "move"],
    summary: "Move a translation: the first match decides",
    arguments: [ONE],
    options: async () => (await verbs()).placementOptions(RULES),
    run: async (input, session) => (await verbs()).move(RULES, input.word("ID"), input, session),
  },
  {
    path: ["nat", "enable"],
    summary: "Let translations take effect again",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).toggle(RULES, input.rest("ID"), true, session),
  },
  {
    path: ["nat", "disable"],
    summary: "Keep translations without effect",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).toggle(RULES, input.rest("ID"), false, session),
  },
  {
    path: ["nat", "delete"],
    summary: "Delete translations",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).remove(RULES, input.rest("ID"), session),
  },
];
