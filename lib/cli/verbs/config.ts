/** `config show | diff | history | export | import`. */
import { diff, printDiff } from "../../config/changes.ts";
import { print, read } from "../../config/format.ts";
import { parseLastGood } from "../../config/last_good.ts";
import { writeOut } from "../../services/file.ts";
import { readText } from "../../services/text.ts";
import type { Document } from "../../features/document.ts";
import type { Block, Column, Input, Output, Text } from "../../model/command.ts";
import { type Finding, PatronusError } from "../../model/error.ts";
import { type Desk, noVersion } from "../desk.ts";
import { findingBlocks } from "./findings.ts";
import { localTime, toned, versionNumber } from "./words.ts";

export type Format = "toml" | "json";

export function formatOf(input: Input, fallback: Format = "toml"): Format {
  const format = input.text("format");
  return format === "toml" || format === "json" ? format : fallback;
}

/** `config show`. */
export async function show(input: Input, desk: Desk): Promise<Output> {
  const document = await chosen(input.text("version"), desk);
  return {
    blocks: [{ kind: "verbatim", text: ended(print(document, formatOf(input))) }],
    json: await desk.written(document),
  };
}

/** A version by its number, `head` or `candidate`; without a word the candidate. */
async function chosen(word: string | undefined, desk: Desk): Promise<Document> {
  if (word === undefined || word === "" || word === "candidate") return await desk.document();
  const number = word === "head" ? undefined : versionNumber(word);
  const wanted = number ?? (await desk.history(1))[0]?.number;
  if (wanted !== undefined) return await desk.documentOf(wanted);
  throw noVersion();
}

/** `config diff`. */
export async function compare(input: Input, desk: Desk): Promise<Output> {
  const [a, b] = [input.word("A"), input.word("B")];
  const before = a === "" && await desk.applied() === null
    ? (await import("../../features/empty.ts")).EMPTY
    : await chosen(a === "" ? "head" : a, desk);
  const after = await chosen(b, desk);
  const changes = diff(before, after);
  const lines = printDiff(changes, before, after).map((line): Block => ({ kind: "line", text: [toned(line)] }));
  return { blocks: lines.length > 0 ? lines : [{ kind: "line", text: ["no difference"] }], json: changes };
}

const HISTORY: readonly Column[] = [
  { title: "VERSION", align: "right", key: true },
  { title: "TIME", least: 19 },
  { title: "AUTHOR", least: 6, drop: 2 },
  { title: "CONFIRMED", least: 9 },
  { title: "MESSAGE", least: 12, drop: 1 },
];

/** `config history`. */
export async function history(input: Input, desk: Desk): Promise<Output> {
  const limit = input.text("limit") ?? "20";
  if (!/^[1-9]\d{0,6}$/.test(limit)) {
    throw new PatronusError("usage", `--limit cannot be ${limit}`, { hint: "it is a number from 1" });
  }
  const versions = await desk.history(Number(limit));
  if (versions.length === 0) return { blocks: [{ kind: "line", text: ["no version yet"] }], json: [] };
  const rows = versions.map((version): Text[] => [
    { text: String(version.number), tone: "strong" },
    localTime(version.time),
    version.author,
    version.confirmed ? { text: "yes", tone: "good" } : { text: "no", tone: "warn" },
    version.message,
  ]);
  return { blocks: [{ kind: "table", columns: HISTORY, rows }], json: versions };
}

/** `config export`. */
export async function exportFile(input: Input, desk: Desk): Promise<Output> {
  const file = input.word("FILE");
  const document = await chosen(input.text("version"), desk);
  const text = ended(print(document, formatOf(input, file.endsWith(".json") ? "json" : "toml")));
  if (file === "" || file === "-") return { blocks: [{ kind: "verbatim", text }] };
  // Addresses and names of a network are nobody else's business.
  writeOut(file, text, 0o600);
  return { blocks: [{ kind: "line", text: [`wrote ${file}`] }] };
}

/** `config import`. */
export async function importFile(input: Input, desk: Desk): Promise<Output> {
  const file = input.word("FILE");
  const text = await readText(file);
  const looks = file.endsWith(".json") || /^\s*\{/.test(text) ? "json" : "toml";
  const { document, findings } = await readDocument(text, formatOf(input, looks), desk);
  if (document === null) {
    throw new PatronusError("input", `${file === "-" ? "standard input" : file} is not a valid configuration`, {
      findings,
      hint: "nothing was changed",
    });
  }
  await desk.edit(() => document);
  return {
    blocks: [
      { kind: "line", text: [{ text: "imported  ", tone: "good" }, summary(document)] },
      ...findingBlocks(findings),
      { kind: "hint", text: "patronus plan shows what applying it would change" },
    ],
  };
}

/** Reads and checks a document: null where it has any error, with all of them. */
export async function readDocument(
  text: string,
  format: Format,
  desk: Desk,
): Promise<{ document: Document | null; findings: readonly Finding[] }> {
  // What a broken pipe left must not become a configuration that lets nobody in.
  if (text.trim() === "") {
    return { document: null, findings: [{ severity: "error", path: "", message: "there is nothing in it" }] };
  }
  // The store's last good copy is a document as well, for the day when there is nothing else.
  const copy = format === "json" ? await parseLastGood(text) : null;
  const reading = copy === null ? read(text, format) : { document: copy.document, findings: [] };
  if (reading.document === null) return reading;
  const findings = [...reading.findings, ...await desk.check(reading.document)];
  const wrong = findings.some((finding) => finding.severity === "error");
  return { document: wrong ? null : reading.document, findings };
}

/** `3 interfaces, 7 rules, 2 translations`. */
export function summary(document: Document): string {
  const many = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
  return [
    many(document.interfaces.length, "interface"),
    many(document.zones.length, "zone"),
    many(document.aliases.length, "alias"),
    many(document.firewall.rules.length, "rule"),
    many(document.nat.rules.length, "translation"),
  ].join(", ");
}

function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
