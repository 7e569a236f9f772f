/** What the demo shows of its network and of each connection. */
import { renderText } from "../cli/render.ts";
import { layout, tableLines } from "../cli/table.ts";
import type { Terminal } from "../cli/terminal.ts";
import type { Block, Column, Text, Tone } from "../model/command.ts";
import { type Claim, CLAIMS } from "./claims.ts";
import type { Outcome } from "./protocol.ts";
import { bare, HOSTS } from "./topology.ts";
import type { Trial } from "./trial.ts";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "FROM", key: true },
  { title: "TO" },
  { title: "ADDRESS", least: 12, drop: 4 },
  { title: "SERVICE", least: 8 },
  { title: "RESULT", least: 8 },
  { title: "BY RULE", least: 15 },
  { title: "HITS", align: "right" },
  { title: "BYTES", align: "right", drop: 3 },
  { title: "NAT", least: 8, drop: 1 },
  { title: "ANSWER", least: 12, drop: 2 },
];

const TONES: Readonly<Record<Outcome["result"], Tone>> = { accepted: "good", rejected: "warn", dropped: "bad" };

/** Names of the services that the demo tries, by protocol and port (IANA). */
const SERVICES: Readonly<Record<string, string>> = {
  "tcp 22": "ssh",
  "tcp 25": "smtp",
  "tcp 80": "http",
  "tcp 443": "https",
  "udp 53": "dns",
  "icmp 0": "ping",
};

/** Name, title, addresses, cable and what is at its end. */
const TOPOLOGY: readonly Column[] = [
  { title: "", least: 4 },
  { title: "", least: 24, drop: 1 },
  { title: "", least: 15, drop: 2 },
  { title: "", least: 15, drop: 3 },
  { title: "", least: 16 },
  { title: "" },
];

/** The network as a drawing. */
export function drawTopology(terminal: Terminal): string {
  const last = HOSTS.length - 1;
  const rows = HOSTS.map(({ name, title, addresses: [ipv4, ipv6], device }, index): Text[] => [
    { text: ` ${name}`, tone: "strong" },
    { text: title, tone: "dim" },
    bare(ipv4),
    bare(ipv6),
    { text: `──── ${device} ─${index === 0 ? "┐" : index === last ? "┘" : "┤"}`, tone: "accent" },
    index === Math.floor(last / 2) ? { text: "router", tone: "strong" } : "",
  ]);
  return `${tableLines(TOPOLOGY, rows, terminal).join("\n")}\n`;
}

/** The titles of the table of connections; nothing where each connection is a record. */
export function trialTitles(terminal: Terminal): string {
  return layout(COLUMNS, EXPECTED, terminal).head.map((line) => `${line}\n`).join("");
}

/** One row of the table: all rows have the same widths, so that each can be shown when it is known. */
export function trialLines(trial: Trial, terminal: Terminal): string {
  return `${layout(COLUMNS, EXPECTED, terminal).row(cells(trial)).join("\n")}\n`;
}

function cells({ claim, outcome, decided, translations, holds }: Trial): Text[] {
  const { result, errno, milliseconds } = outcome;
  return [
    holds ? { text: "✓", tone: "good" } : { text: "✗", tone: "bad" },
    claim.from,
    claim.to,
    { text: claim.attempt.address, tone: "dim" },
    service(claim),
    { text: result, tone: TONES[result] },
    decided === null ? "none" : { text: decided.rule, tone: "strong" },
    String(decided?.packets ?? 0),
    String(decided?.bytes ?? 0),
    translations.join(", "),
    { text: result === "dropped" ? "none" : errno ?? `in ${milliseconds.toFixed(1)} ms`, tone: "dim" },
  ];
}

function service({ attempt: { protocol, address, port } }: Claim): string {
  const name = SERVICES[`${protocol} ${port}`] ?? `${protocol} ${port}`;
  return address.includes(":") ? `${name} v6` : name;
}

/** The widest that each cell is expected to be. */
const EXPECTED: readonly Text[][] = CLAIMS.map((claim) =>
  cells({
    claim,
    outcome: {
      result: claim.result,
      milliseconds: 400,
      ...(claim.result === "rejected" ? { errno: "ECONNREFUSED" } : {}),
    },
    decided: { chain: "", rule: claim.rule, packets: 1, bytes: 100 },
    translations: claim.translations,
    holds: true,
  })
);

/** What came of all, and what to say where something did not go as the document says. */
export function summary(trials: readonly Trial[], terminal: Terminal): string {
  const wrong = trials.filter(({ holds }) => !holds);
  const many = (result: Outcome["result"]) => trials.filter(({ outcome }) => outcome.result === result).length;
  const counts = (["accepted", "rejected", "dropped"] as const).map((result) => `${many(result)} ${result}`).join(", ");
  const verdict: Text = wrong.length === 0
    ? { text: "all as the document says", tone: "good" }
    : { text: `${wrong.length} not as the document says`, tone: "bad" };
  return renderText({
    blocks: [
      { kind: "line", text: [`${trials.length} connections: ${counts}; `, verdict] },
      ...wrong.map(({ claim }): Block => ({
        kind: "line",
        text: [
          { text: "✗ ", tone: "bad" },
          `${claim.from} to ${claim.to}, ${service(claim)}: should be ${claim.result} by ${claim.rule}`,
          claim.translations.length > 0 ? `, translated by ${claim.translations.join(", ")}` : "",
        ],
      })),
    ],
  }, terminal);
}
