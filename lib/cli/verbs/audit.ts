/** `audit list | verify | archive`. */
import { auditEntries, hasLink, verifyAudit } from "../../config/people/audit.ts";
import { archiveAudit } from "../../config/people/audit_archive.ts";
import type { Link } from "../../config/people/audit_chain.ts";
import type { Block, Column, Input, Output, Text, Tone } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { writeNew } from "../../services/file.ts";
import type { Desk } from "../desk.ts";
import { caller, existingPeople, people } from "./people.ts";
import { localTime } from "./words.ts";

const COLUMNS: readonly Column[] = [
  { title: "ENTRY", align: "right", key: true },
  { title: "TIME", least: 19 },
  { title: "ACTOR", least: 12 },
  { title: "FROM", drop: 2 },
  { title: "ACTION" },
  { title: "OBJECT", least: 10, wrap: "anywhere" },
  { title: "OUTCOME" },
  { title: "VERSION", align: "right", drop: 1 },
];

const TONES: Readonly<Record<string, Tone>> = { done: "good", refused: "warn", failed: "bad" };

/** `audit list`. */
export async function list(input: Input, desk: Desk): Promise<Output> {
  const limit = count(input, "limit", 1, 50);
  const known = await existingPeople(desk);
  const entries = known === null ? [] : auditEntries(known, limit);
  if (entries.length === 0) return { blocks: [{ kind: "line", text: ["nothing is recorded yet"] }], json: [] };
  const rows = entries.map((entry): Text[] => [
    { text: String(entry.number), tone: "strong" },
    localTime(entry.time),
    entry.actor,
    entry.address ?? "",
    entry.action,
    entry.object,
    { text: entry.outcome, tone: TONES[entry.outcome] ?? "plain" },
    entry.version === null ? "" : String(entry.version),
  ]);
  return { blocks: [{ kind: "table", columns: COLUMNS, rows }], json: entries };
}

/** `audit verify`. */
export async function verify(input: Input, desk: Desk): Promise<Output> {
  const noted = input.text("head");
  const link = noted === undefined ? null : linkOf(noted);
  const known = await existingPeople(desk);
  if (known === null) throw new PatronusError("nothing", "there is no audit log yet");
  const verdict = verifyAudit(known);
  const missed = link !== null && !hasLink(known, link);
  const { broken, head } = verdict;
  const lines: Text[][] = [];
  if (broken !== null) lines.push([{ text: "broken  ", tone: "bad" }, `entry ${broken.number}: ${broken.reason}`]);
  if (missed) {
    lines.push([{ text: "missing  ", tone: "bad" }, `entry ${link.number} is gone, or is not the one that was noted`]);
  }
  if (lines.length === 0) {
    lines.push([{ text: "whole  ", tone: "good" }, `${verdict.entries} entries follow from each other`]);
  }
  lines.push([{ text: "head  ", tone: "dim" }, `${head.number}:${head.hash}`]);
  return {
    blocks: [
      ...lines.map((text): Block => ({ kind: "line", text })),
      { kind: "hint", text: "note the head elsewhere: audit verify --head shows later whether the log was cut off" },
    ],
    json: { ...verdict, missing: missed ? link : null },
    status: broken === null && !missed ? 0 : 1,
  };
}

/** `audit archive`. */
export async function archive(input: Input, desk: Desk): Promise<Output> {
  const file = input.word("FILE");
  const keep = count(input, "keep", 0, 10_000);
  const { entries, through } = archiveAudit(await people(desk), caller(desk), keep, (entries) => {
    writeNew(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), 0o600);
  });
  return {
    blocks: [{
      kind: "line",
      text: [{ text: "archived  ", tone: "good" }, `${entries} entries, up to ${through.number}, into ${file}`],
    }],
  };
}

function linkOf(text: string): Link {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined) {
    throw new PatronusError("usage", `--head cannot be ${text}`, { hint: "it is what audit verify printed as head" });
  }
  return { number: Number(number), hash };
}

function count(input: Input, option: string, least: number, fallback: number): number {
  const text = input.text(option);
  if (text === undefined) return fallback;
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new PatronusError("usage", `--${option} cannot be ${text === "" ? "empty" : text}`, {
    hint: `it is a number from ${least}`,
  });
}
