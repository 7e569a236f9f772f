/** The `firewall` commands. What they do, and the schemas that their options come from, load only when one of them runs. */
import type { Argument, Command, Option } from "../../model/command.ts";
import type { Session } from "../session.ts";

const ONE: Argument = { name: "ID", description: "The rule's id", completes: "rule" };
const SEVERAL: Argument = { ...ONE, description: "Ids of rules", repeated: true };
const CHAIN: Option = {
  name: "chain",
  type: "text",
  value: "CHAIN",
  description: "Only this chain",
  completes: "chain",
};
const SEARCH: Option = {
  name: "search",
  type: "text",
  value: "WORD",
  description: "Only rules with this word, or that this address or port matches, also inside an alias",
};
const verbs = () => import("../verbs.ts");
const RULES = "firewall.rules";

export const firewallCommands: readonly Command<Session>[] = [
  {
    path: ["firewall", "init"],
    summary: "Make a first configuration from what this machine has",
    description:
      "Looks at the network devices: those with a default route become wan, all others lan. The result lands in your " +
      "candidate; nothing changes on the machine until you apply it. The way your SSH session comes in stays open.",
    options: [{ name: "force", type: "flag", description: "Start over although there is a configuration" }],
    run: async (input, session) => (await import("./init.ts")).init(input, session),
  },
  {
    path: ["firewall", "list"],
    summary: "List the rules of your candidate, and how often each matched",
    options: [CHAIN, SEARCH],
    reads: true,
    examples: [
      { command: "patronus firewall list --chain forward", explanation: "rules for what goes through this machine" },
      { command: "patronus firewall list --search 192.168.2.10", explanation: "every rule that names this address" },
    ],
    run: async (input, session) => (await import("./list.ts")).list(input, session),
  },
  {
    path: ["firewall", "show"],
    summary: "Show settings and rules, or one rule; as nft text too",
    arguments: [{ ...ONE, optional: true }],
    options: [{
      name: "format",
      type: "text",
      value: "FORMAT",
      values: ["table", "nft", "json"],
      default: "table",
      description: "nft: the ruleset as the kernel gets it",
    }],
    reads: true,
    run: async (input, session) => (await import("./show.ts")).show(input, session),
  },
  {
    path: ["firewall", "add"],
    summary: "Add a rule to your candidate",
    description: "A rule without conditions matches everything. Lists take several values, separated by commas; ! in " +
      "front of a value excludes it.",
    options: async () => (await verbs()).objectOptions(RULES, "add"),
    examples: [
      {
        command:
          'patronus firewall add --action accept --in wan --protocol tcp --dport 80,443 --destination web --comment "public web"',
        explanation: "let the world reach the web servers",
      },
      {
        command: "patronus firewall add --chain input --action drop --source 203.0.113.0/24 --first",
        explanation: "keep a network away, before all other rules",
      },
    ],
    run: async (input, session) => (await verbs()).add(RULES, input, session),
  },
  {
    path: ["firewall", "edit"],
    summary: "Change fields of a rule, or its place",
    arguments: [ONE],
    options: async () => (await verbs()).objectOptions(RULES, "edit"),
    examples: [
      { command: "patronus firewall edit public-web --dport 443 --log", explanation: "other ports, and log" },
      { command: "patronus firewall edit public-web --source any", explanation: "from anywhere" },
    ],
    run: async (input, session) => (await verbs()).edit(RULES, input.word("ID"), input, session),
  },
  {
    path: ["firewall", "clone"],
    summary: "Copy a rule; the copy stands right behind it",
    arguments: [ONE],
    options: [{ name: "id", type: "text", value: "ID", description: "Id of the copy" }],
    run: async (input, session) => (await verbs()).clone(RULES, input.word("ID"), input, session),
  },
  {
    path: ["firewall", "move"],
    summary: "Move a rule: the first match decides",
    arguments: [ONE],
    options: async () => (await verbs()).placementOptions(RULES),
    examples: [{ command: "patronus firewall move public-web --before block-list", explanation: "ask it earlier" }],
    run: async (input, session) => (await verbs()).move(RULES, input.word("ID"), input, session),
  },
  {
    path: ["firewall", "enable"],
    summary: "Let rules take effect again",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).toggle(RULES, input.rest("ID"), true, session),
  },
  {
    path: ["firewall", "disable"],
    summary: "Keep rules without effect",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).toggle(RULES, input.rest("ID"), false, session),
  },
  {
    path: ["firewall", "delete"],
    summary: "Delete rules",
    arguments: [SEVERAL],
    run: async (input, session) => (await verbs()).remove(RULES, input.rest("ID"), session),
  },
  {
    path: ["firewall", "flush"],
    summary: "Delete all rules; settings, NAT and aliases stay",
    run: async (_input, session) => (await import("./settings.ts")).flush(session),
  },
  {
    path: ["firewall", "set"],
    summary: "Change settings: defaults, logging, anti-lockout",
    options: async () => (await import("./settings.ts")).settingOptions(),
    examples: [
      { command: "patronus firewall set --default-forward reject --log-default", explanation: "say no, and log it" },
      { command: "patronus firewall set --anti-lockout-ports 22,8443", explanation: "keep two ports open for you" },
      { command: "patronus firewall set --no-enabled", explanation: "take the firewall off, and keep its rules" },
    ],
    run: async (input, session) => (await import("./settings.ts")).set(input, session),
  },
  {
    path: ["firewall", "enable-forwarding"],
    summary: "Make this machine a router",
    options: [{
      name: "family",
      type: "text",
      value: "FAMILY",
      values: ["both", "ipv4", "ipv6"],
      default: "both",
      description: "For which address families",
    }],
    run: async (input, session) => {
      const family = input.text("family");
      const value = family === "ipv4" || family === "ipv6" ? family : true;
      return (await import("./settings.ts")).forwarding(value, session);
    },
  },
  {
    path: ["firewall", "disable-forwarding"],
    summary: "Stop forwarding packets between interfaces",
    run: async (_input, session) => (await import("./settings.ts")).forwarding(false, session),
  },
  {
    path: ["firewall", "chain", "add"],
    summary: "Add a chain of your own, for rules to jump to",
    arguments: [{ name: "NAME", description: "Its name" }],
    options: async () => (await verbs()).objectOptions("firewall.chains", "add"),
    run: async (input, session) => (await verbs()).add("firewall.chains", input, session, { name: input.word("NAME") }),
  },
  {
    path: ["firewall", "chain", "rename"],
    summary: "Give a chain another name",
    arguments: [
      { name: "CHAIN", description: "The chain", completes: "chain" },
      { name: "NAME", description: "Its new name" },
    ],
    run: async (input, session) =>
      (await verbs()).rename("firewall.chains", input.word("CHAIN"), input.word("NAME"), session),
  },
  {
    path: ["firewall", "chain", "delete"],
    summary: "Delete chains that nothing jumps to",
    arguments: [{ name: "CHAIN", description: "Chains", repeated: true, completes: "chain" }],
    run: async (input, session) => (await verbs()).remove("firewall.chains", input.rest("CHAIN"), session),
  },
];
