/** What to try in the demo. */
import { tableLines } from "../cli/table.ts";
import { paint, type Terminal } from "../cli/terminal.ts";
import type { Text } from "../model/command.ts";

const IDEAS: readonly (readonly [command: string, explanation: string])[] = [
  ["patronus firewall list", "the rules, with what they counted"],
  ["patronus firewall show", "the same as nftables has it"],
  ["patronus network list", "the router's devices"],
  ["lan try 203.0.113.1 tcp 80", "the web site, by its public address"],
  ["wan try 203.0.113.1", "the router answers a ping"],
  ["dmz try 203.0.113.2", "the web server may not ping out …"],
  ["patronus firewall add --action accept --in dmz --protocol icmp", "… until you say so …"],
  ["patronus plan", "… have seen what that changes …"],
  ["patronus apply", "… and apply it"],
  ["patronus rollback", "and back again"],
];

/** Commands to try; `lan`, `wan` and `dmz` run what follows on that host. */
export function ideas(terminal: Terminal): string {
  const rows = IDEAS.map(([command, explanation]): Text[] => [
    { text: `  ${command}`, tone: "accent" },
    { text: explanation, tone: "dim" },
  ]);
  return `${tableLines([{ title: "", least: 64 }, { title: "", least: 34 }], rows, terminal).join("\n")}\n`;
}

export function shellGreeting(terminal: Terminal): string {
  return [
    `${paint("This shell is on the router.", "strong", terminal)} lan, wan and dmz run a command on that host. Try:`,
    ideas(terminal).trimEnd(),
    `${paint("exit", "accent", terminal)} ends the demo; nothing is left of it.`,
    "",
  ].join("\n");
}

export function waitingNote(shell: string, terminal: Terminal): string {
  return [
    `The demo runs until Ctrl-C. A shell on its router, from another terminal: ${paint(shell, "accent", terminal)}`,
    "There, lan, wan and dmz run a command on that host. Try:",
    ideas(terminal).trimEnd(),
    "",
  ].join("\n");
}
