/** `firewall show`: the settings, one rule, or everything as nft text. */
import type { Block, Input, Output, Text } from "../../model/command.ts";
import { visibleJson } from "../../model/visible.ts";
import type { Document } from "../document.ts";
import { counterCells, writtenItems } from "../lists.ts";
import { nameLookup } from "../names.ts";
import { findItem } from "../objects.ts";
import type { Session } from "../session.ts";
import { list as words, ruleWords } from "../words.ts";
import { list } from "./list.ts";
import type { Rule } from "./schema.ts";

export async function show(input: Input, session: Session): Promise<Output> {
  const document = await session.document();
  const format = input.flag("json") ? "json" : input.text("format") ?? "table";
  const id = input.word("ID");
  if (id !== "") return await showRule(document, findItem(document, "firewall.rules", id) as Rule, format, session);
  const json = (await session.written(document))["firewall"] ?? {};
  if (format === "json") return { blocks: [verbatim(json)], json };
  if (format === "nft") return { blocks: [{ kind: "verbatim", text: await nftText(document) }], json };
  const rules = await list(input, session);
  return {
    blocks: [{ kind: "fields", fields: settingFields(document) }, { kind: "line", text: [] }, ...rules.blocks],
    json,
  };
}

async function showRule(document: Document, rule: Rule, format: string, session: Session): Promise<Output> {
  const json = writtenItems(await session.written(document), "firewall.rules").find((each) => each["id"] === rule.id);
  if (format === "json") return { blocks: [verbatim(json)], json };
  if (format === "nft") return { blocks: [{ kind: "verbatim", text: await nftText(document, rule.id) }], json };
  const names = nameLookup(document);
  const counters = await session.counters();
  const [hits, bytes] = counterCells(counters?.get(rule.id), counters !== null);
  const fields: [string, Text][] = [["rule", { text: rule.id, tone: "strong" }], ["does", ruleWords(rule, names)]];
  for (const [key, value] of Object.entries(json ?? {})) {
    if (key !== "id") fields.push([key, Array.isArray(value) ? value.join(", ") : String(value)]);
  }
  if (hits !== "") fields.push(["hits", hits], ["bytes", bytes]);
  return { blocks: [{ kind: "fields", fields }], json };
}

/** The table that the document compiles to, or only what one rule became, in nft's own syntax. */
async function nftText(document: Document, rule?: string): Promise<string> {
  const { compile } = await import("../mod.ts");
  const { printTable } = await import("../../nft/text.ts");
  const text = printTable(compile(document).table);
  if (rule === undefined) return text;
  const comment = new RegExp(`comment "${rule}[":]`);
  return text.split("\n").filter((line) => comment.test(line)).map((line) => line.trim()).join("\n") + "\n";
}

function verbatim(value: unknown): Block {
  return { kind: "verbatim", text: visibleJson(`${JSON.stringify(value, null, 2)}\n`) };
}

function settingFields(document: Document): [string, Text][] {
  const { firewall } = document;
  const names = nameLookup(document);
  const switched = (on: boolean): Text => on ? { text: "on", tone: "good" } : { text: "off", tone: "dim" };
  const lockout = firewall.anti_lockout;
  const from = [words(lockout.in, names), words(lockout.source)].filter((part) => part !== "").join(" ") || "anywhere";
  return [
    ["firewall", firewall.enabled ? switched(true) : { text: "off: everything passes", tone: "bad" }],
    [
      "forwarding",
      typeof firewall.forwarding === "boolean" ? switched(firewall.forwarding) : `${firewall.forwarding} only`,
    ],
    [
      "defaults",
      `input ${firewall.default_input}, forward ${firewall.default_forward}, output ${firewall.default_output}`,
    ],
    ["log defaults", switched(firewall.log_default)],
    ["drop invalid", switched(firewall.drop_invalid)],
    ["reverse path", firewall.reverse_path],
    ["ping", switched(firewall.ping)],
    ["DHCP client", switched(firewall.dhcp_client)],
    ["anti-lockout", lockout.enabled ? `TCP ${lockout.ports.join(", ")} from ${from}` : { text: "off", tone: "warn" }],
  ];
}
