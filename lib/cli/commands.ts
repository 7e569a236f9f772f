/** The command table: everything that the command line can do, in the order that help shows it. */
import { aliasCommands } from "../features/aliases/commands.ts";
import { firewallCommands } from "../features/firewall/commands.ts";
import { networkCommands } from "../features/interfaces/commands.ts";
import { kindCommands } from "../features/interfaces/kind_commands.ts";
import { natCommands } from "../features/nat/commands.ts";
import { routeCommands } from "../features/routes/commands.ts";
import { zoneCommands } from "../features/zones/commands.ts";
import type { Command } from "../model/command.ts";
import type { Desk } from "./desk.ts";
import { withNow } from "./now.ts";
import { configCommands } from "./verbs/config_commands.ts";
import { auditCommands } from "./verbs/audit_commands.ts";
import { applyCommand, checkCommand, engineCommands } from "./verbs/engine_commands.ts";
import { userCommands } from "./verbs/user_commands.ts";
import type { Table } from "./tree.ts";

const selfCommands: readonly Command<Desk>[] = [
  {
    path: ["daemon"],
    summary: "Serve the API on sockets in the run directory, and keep what was applied",
    description:
      "Runs in the foreground until SIGTERM or SIGINT. While it runs, the other commands go through it. It " +
      "undoes what nobody confirms in time, sets up devices that appear later, and runs the DHCP clients.",
    run: async (_input, desk) => (await import("./verbs/daemon.ts")).daemon(desk.io),
  },
  {
    path: ["version"],
    summary: "Print which Patronus this is",
    reads: true,
    run: async () => (await import("./verbs/version.ts")).version(),
  },
  {
    path: ["completion"],
    summary: "Print the script that completes commands in your shell",
    arguments: [{ name: "SHELL", description: "Which shell", values: ["bash", "zsh", "fish"] }],
    examples: [
      { command: "source <(patronus completion bash)", explanation: "now, in bash" },
      { command: 'patronus completion zsh > "${fpath[1]}/_patronus"', explanation: "for good, in zsh" },
      {
        command: "patronus completion fish > ~/.config/fish/completions/patronus.fish",
        explanation: "for good, in fish",
      },
    ],
    run: async (input) => {
      const { SCRIPTS } = await import("./completion.ts");
      const shell = input.word("SHELL") as keyof typeof SCRIPTS;
      return { blocks: [{ kind: "verbatim", text: SCRIPTS[shell] }] };
    },
  },
];

export const COMMANDS: Table<Desk> = {
  groups: {
    firewall: "Filter rules, their chains and the firewall's settings",
    "firewall chain": "Chains of your own, which rules jump to",
    nat: "Address and port translation",
    alias: "Named groups of addresses, networks or ports",
    zone: "Interfaces that rules treat alike",
    network: "Network devices: their names, addresses and settings",
    vlan: "VLANs of other interfaces",
    bridge: "Bridges: several devices as one network",
    bond: "Bonds: several devices as one",
    route: "Static routes",
    config: "The configuration as a whole: versions, export, import",
    user: "Who can log in to the web pages and the API; for root alone",
    audit: "Who did what from where",
  },
  commands: [
    ...engineCommands,
    ...firewallCommands,
    { ...applyCommand, path: ["firewall", "apply"] },
    { ...checkCommand, path: ["firewall", "check"] },
    ...natCommands,
    ...aliasCommands,
    ...zoneCommands,
    ...[...networkCommands, ...kindCommands, ...routeCommands].map(withNow),
    ...configCommands,
    ...userCommands,
    ...auditCommands,
    ...selfCommands,
  ],
};
