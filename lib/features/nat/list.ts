/** `nat list` and `nat show`. */
import type { Block, Column, Input, Output, Text } from "../../model/command.ts";
import { counterCells, writtenItems } from "../lists.ts";
import { nameLookup } from "../names.ts";
import { findItem } from "../objects.ts";
import { MARKS, pendingChanges } from "../pending.ts";
import { searcher } from "../search.ts";
import type { Session } from "../session.ts";
import { HINT_PLAN, natWords, service, side, translation } from "../words.ts";
import type { NatRule } from "./schema.ts";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "#", align: "right" },
  { title: "RULE", least: 10, wrap: "anywhere", key: true },
  { title: "TYPE", least: 10, wrap: "anywhere" },
  { title: "SERVICE", least: 7, wrap: "anywhere" },
  { title: "FROM", least: 9, wrap: "anywhere" },
  { title: "TO", least: 9, wrap: "anywhere" },
  { title: "BECOMES", least: 12, wrap: "anywhere" },
  { title: "HITS", align: "right", drop: 1 },
  { title: "BYTES", align: "right", drop: 4 },
  { title: "COMMENT", least: 10, drop: 2 },
];

export async function list(input: Input, session: Session): Promise<Output> {
  const document = await session.document();
  const applied = await session.applied();
  const counters = await session.counters();
  const names = nameLookup(document);
  const term = input.text("search");
  const test = term === undefined ? () => true : searcher(term, document);
  const found = (rule: NatRule) => test(rule, natWords(rule, names));
  const pending = pendingChanges(applied?.nat.rules ?? null, document.nat.rules, true);
  const row = (rule: NatRule, number: string): Text[] => {
    const mark = pending.get(rule.id);
    const off = !rule.enabled || mark === "removed";
    const cells: Text[] = [
      { text: number, tone: "dim" },
      { text: rule.id, tone: "strong" },
      { text: rule.enabled ? rule.type : `${rule.type} (off)`, tone: "accent" },
      service(rule, names),
      side(rule.in, rule.source, rule.source_port, names),
      side(rule.out, rule.destination, [], names),
      translation(rule),
      ...counterCells(counters?.get(rule.id), counters !== null),
      rule.comment,
    ];
    return [
      mark === undefined ? "" : MARKS[mark],
      ...cells.map((cell): Text => off ? { text: typeof cell === "string" ? cell : cell.text, tone: "dim" } : cell),
    ];
  };
  const rules = document.nat.rules.map((rule, index) => ({ rule, number: String(index + 1) }))
    .filter(({ rule }) => found(rule));
  const gone = (applied?.nat.rules ?? []).filter((rule) => pending.get(rule.id) === "removed" && found(rule));
  const rows = [...rules.map(({ rule, number }) => row(rule, number)), ...gone.map((rule) => row(rule, ""))];
  const blocks: Block[] = [
    rows.length > 0
      ? { kind: "table", columns: COLUMNS, rows }
      : { kind: "line", text: [term === undefined ? "no translations" : `no translation matches ${term}`] },
  ];
  if (pending.size > 0) {
    blocks.push({ kind: "line", text: [] }, {
      kind: "hint",
      text: "+ added  ~ changed  ↕ moved  - deleted, not applied yet",
    }, HINT_PLAN);
  }
  if (!input.flag("json")) return { blocks };
  const written = new Map(writtenItems(await session.written(document), "nat.rules").map((each) => [each["id"], each]));
  const json = rules.map(({ rule }) => ({
    ...written.get(rule.id),
    ...(pending.has(rule.id) ? { pending: pending.get(rule.id) } : {}),
    ...(counters === null ? {} : { packets: 0, bytes: 0, ...counters.get(rule.id) }),
  }));
  return { blocks, json };
}

export async function show(input: Input, session: Session): Promise<Output> {
  const document = await session.document();
  const rule = findItem(document, "nat.rules", input.word("ID")) as NatRule;
  const json = writtenItems(await session.written(document), "nat.rules").find((each) => each["id"] === rule.id);
  const fields: [string, Text][] = [
    ["rule", { text: rule.id, tone: "strong" }],
    ["does", natWords(rule, nameLookup(document))],
  ];
  for (const [key, value] of Object.entries(json ?? {})) {
    if (key !== "id") fields.push([key, Array.isArray(value) ? value.join(", ") : String(value)]);
  }
  const counters = await session.counters();
  const [hits, bytes] = counterCells(counters?.get(rule.id), counters !== null);
  if (hits !== "") fields.push(["hits", hits], ["bytes", bytes]);
  return { blocks: [{ kind: "fields", fields }], json };
}
