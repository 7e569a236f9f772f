/** `firewall list`: the rules chain by chain, as first match reads them. */
import type { Block, Column, Input, Output, Text } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { nearest } from "../../model/nearest.ts";
import { BUILT_IN_CHAINS } from "../collections.ts";
import type { Document } from "../document.ts";
import { counterCells, writtenItems } from "../lists.ts";
import { nameLookup } from "../names.ts";
import { MARKS, type Pending, pendingChanges } from "../pending.ts";
import { searcher } from "../search.ts";
import type { Session } from "../session.ts";
import { action, HINT_PLAN, ruleWords, service, side } from "../words.ts";
import type { Rule } from "./schema.ts";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "#", align: "right" },
  { title: "RULE", least: 10, wrap: "anywhere", key: true },
  { title: "ACTION", least: 6, wrap: "anywhere" },
  { title: "SERVICE", least: 9, wrap: "anywhere" },
  { title: "FROM", least: 9, wrap: "anywhere" },
  { title: "TO", least: 9, wrap: "anywhere" },
  { title: "LOG", drop: 3 },
  { title: "HITS", align: "right", drop: 1 },
  { title: "BYTES", align: "right", drop: 4 },
  { title: "COMMENT", least: 10, drop: 2 },
];

export async function list(input: Input, session: Session): Promise<Output> {
  const document = await session.document();
  const applied = await session.applied();
  const counters = await session.counters();
  const names = nameLookup(document);
  const chains = chainsOf(document, input.text("chain"));
  const term = input.text("search");
  const found = term === undefined ? () => true : searcher(term, document);
  const pending = pendingChanges(applied?.firewall.rules ?? null, document.firewall.rules, true);
  const rules = document.firewall.rules.filter((rule) => chains.some((chain) => chain.id === rule.chain));

  const blocks: Block[] = [];
  let shown = 0;
  for (const chain of chains) {
    const own = rules.filter((rule) => rule.chain === chain.id);
    const gone = (applied?.firewall.rules ?? []).filter((rule) =>
      rule.chain === chain.id && pending.get(rule.id) === "removed"
    );
    const rows: Text[][] = [];
    const row = (rule: Rule, number: string) => {
      if (!found(rule, ruleWords(rule, names))) return;
      rows.push(
        cells(rule, number, pending.get(rule.id), names, counterCells(counters?.get(rule.id), counters !== null)),
      );
    };
    own.forEach((rule, index) => row(rule, String(index + 1)));
    gone.forEach((rule) => row(rule, ""));
    shown += rows.length;
    if (rows.length === 0 && term !== undefined) continue;
    if (blocks.length > 0) blocks.push({ kind: "line", text: [] });
    blocks.push({ kind: "heading", text: chain.name, note: chainNote(document, chain.id, own.length) });
    if (rows.length > 0) blocks.push({ kind: "table", columns: COLUMNS, rows });
  }
  if (term !== undefined && shown === 0) blocks.push({ kind: "line", text: [`no rule matches ${term}`] });
  if (pending.size > 0) {
    blocks.push({ kind: "line", text: [] }, {
      kind: "hint",
      text: "+ added  ~ changed  ↕ moved  - deleted, not applied yet",
    }, HINT_PLAN);
  }

  // The written form takes the schemas, which a table has no use for.
  if (!input.flag("json")) return { blocks };
  const written = new Map(
    writtenItems(await session.written(document), "firewall.rules").map((rule) => [rule["id"], rule]),
  );
  const json = rules.filter((rule) => found(rule, ruleWords(rule, names))).map((rule) => ({
    ...written.get(rule.id),
    ...(pending.has(rule.id) ? { pending: pending.get(rule.id) } : {}),
    ...(counters === null ? {} : { packets: 0, bytes: 0, ...counters.get(rule.id) }),
  }));
  return { blocks, json };
}

interface ShownChain {
  readonly id: string;
  readonly name: string;
}

function chainsOf(document: Document, wanted: string | undefined): ShownChain[] {
  const all = [...BUILT_IN_CHAINS.map((name) => ({ id: name, name })), ...document.firewall.chains];
  if (wanted === undefined) return all;
  const found = all.filter((chain) => chain.name === wanted || chain.id === wanted);
  if (found.length > 0) return found;
  const close = nearest(wanted, all.map((chain) => chain.name));
  throw new PatronusError("input", `there is no chain ${wanted}`, {
    hint: close === undefined ? `there are ${all.map((chain) => chain.name).join(", ")}` : `did you mean ${close}?`,
  });
}

function chainNote(document: Document, chain: string, rules: number): string {
  const many = rules === 0 ? "no rules" : rules === 1 ? "1 rule" : `${rules} rules`;
  const { default_input, default_forward, default_output, forwarding } = document.firewall;
  if (chain === "input") return `to this machine: ${many}, then ${default_input}`;
  if (chain === "output") return `from this machine: ${many}, then ${default_output}`;
  if (chain !== "forward") return `${many}, then back to where it was called`;
  return `through this machine: ${many}, then ${default_forward}${forwarding === false ? "; forwarding is off" : ""}`;
}

function cells(
  rule: Rule,
  number: string,
  pending: Pending | undefined,
  names: (reference: string) => string,
  counter: [Text, Text],
): Text[] {
  const state = rule.state.length === 0 ? "" : ` ${rule.state.join(",")}`;
  const family = rule.family === "both" ? "" : rule.family === "ipv4" ? " v4" : " v6";
  const spoken = service(rule, names);
  const row: Text[] = [
    pending === undefined ? "" : MARKS[pending],
    { text: number, tone: "dim" },
    { text: rule.id, tone: "strong" },
    action(rule, names),
    state + family === "" ? spoken : `${typeof spoken === "string" ? spoken : spoken.text}${family}${state}`,
    side(rule.in, rule.source, rule.source_port, names),
    side(rule.out, rule.destination, [], names),
    rule.log ? "log" : "",
    ...counter,
    rule.comment,
  ];
  if (rule.enabled && pending !== "removed") return row;
  // A rule that does nothing is greyed out; the mark keeps its colour.
  return row.map((cell, index) => {
    const text = typeof cell === "string" ? cell : cell.text;
    if (index === 0) return cell;
    return { text: index === 3 && !rule.enabled ? "off" : text, tone: "dim" };
  });
}
