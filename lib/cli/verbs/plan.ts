/** `plan`: what applying would change, in the words of the document and in those of the kernel. */
import { isEmpty, type Plan } from "../../engine/plan.ts";
import type { Change } from "../../engine/step.ts";
import type { Block, Input, Output } from "../../model/command.ts";
import type { Desk } from "../desk.ts";
import { changeBlocks, SHOWN, tally } from "./changes.ts";
import { findingBlocks } from "./findings.ts";
import { foreignBlocks, lockoutBlocks, noConfiguration } from "./notices.ts";
import { toned } from "./words.ts";

const EMPTY: Block = { kind: "line", text: [] };

export async function plan(input: Input, desk: Desk): Promise<Output> {
  if (!await desk.hasState()) {
    const json = {
      from: null,
      empty: true,
      document: [],
      steps: [],
      strange: false,
      drift: [],
      findings: [],
      lockouts: [],
      foreign: [],
    };
    return { blocks: noConfiguration(await desk.strangeRules()), json };
  }
  const made = await (await desk.engine()).plan();
  return { blocks: planBlocks(made, input.flag("full") === true), json: planJson(made), status: isWrong(made) ? 1 : 0 };
}

/** The plan for people. What is dangerous stands last, where eyes and cursor are. */
export function planBlocks(plan: Plan, full: boolean): Block[] {
  const parts: Block[][] = [[heading(plan)]];
  const { words } = plan;
  if (words.length > 0) {
    const shown = full ? words : words.slice(0, SHOWN);
    const rest = words.length - shown.length;
    parts.push([
      { kind: "heading", text: "Configuration", note: many(words.length, "object") },
      ...shown.map((line): Block => ({ kind: "line", text: [toned(line)] })),
      ...(rest > 0 ? [dim(`… and ${rest} more; patronus plan --full shows all`)] : []),
    ]);
  }
  const drift = new Set(plan.drift.map(key));
  for (const step of plan.steps) {
    const own = step.changes.filter((change) => !drift.has(key(change)));
    if (own.length > 0) {
      parts.push([{ kind: "heading", text: capital(step.title), note: tally(own) }, ...changeBlocks(own, full)]);
    }
  }
  if (plan.drift.length > 0) {
    parts.push([
      {
        kind: "line",
        text: [{ text: "Drift", tone: "warn" }, { text: `  ${plan.strange ? STRANGE : DRIFT}`, tone: "dim" }],
      },
      ...changeBlocks(plan.drift, full),
    ]);
  }
  if (plan.findings.length > 0) parts.push(findingBlocks(plan.findings));
  if (!isEmpty(plan) && plan.foreign.length > 0) parts.push(foreignBlocks(plan.foreign));
  if (plan.lockouts.length > 0) parts.push(lockoutBlocks(plan.lockouts));
  if (isWrong(plan)) {
    parts.push([{
      kind: "line",
      text: [{ text: "this cannot be applied before its errors are mended", tone: "bad" }],
    }]);
  } else if (!isEmpty(plan)) {
    parts.push([{
      kind: "hint",
      text: "patronus apply --confirm 60s does it, and undoes it unless you confirm; patronus discard drops your edits",
    }]);
  }
  return parts.flatMap((part, index) => index === 0 ? part : [EMPTY, ...part]);
}

/** Whether the document has errors: then nothing of it can be compiled, and nothing applied. */
function isWrong(plan: Plan): boolean {
  return plan.findings.some((finding) => finding.severity === "error");
}

const DRIFT = "changed behind Patronus's back; applying repairs it";
const STRANGE = "the rules in the kernel are of no version of this store; applying replaces them";

/** What makes two changes the same one. */
function key({ action, subject, before, after }: Change): string {
  return JSON.stringify([action, subject, before, after]);
}

function heading(plan: Plan): Block {
  const running = plan.from === null ? "no version yet" : `version ${plan.from}`;
  if (isEmpty(plan)) return { kind: "line", text: [{ text: "nothing to apply  ", tone: "good" }, asItIs(plan)] };
  if (plan.document.length === 0) {
    return { kind: "heading", text: `${capital(running)} stays`, note: "the machine differs from it" };
  }
  if (plan.from !== null) return { kind: "heading", text: `Version ${plan.from} → ${plan.from + 1}` };
  return plan.strange
    ? { kind: "heading", text: "A first version", note: "the rules in the kernel are of no version of this store" }
    : { kind: "heading", text: "Version 1", note: "the first; nothing of Patronus is applied yet" };
}

function asItIs({ from, strange }: Plan): string {
  if (from !== null) return `the machine is as version ${from} says`;
  return strange ? "the rules in the kernel are of no version of this store" : "there is no configuration yet";
}

/** The plan for programs; without the two documents and without what only the engine can read. */
export function planJson(plan: Plan): unknown {
  const { from, document, strange, drift, findings, lockouts, foreign } = plan;
  const steps = plan.steps.map(({ kind, title, changes }) => ({ kind, title, changes }));
  return { from, empty: isEmpty(plan), document, steps, strange, drift, findings, lockouts, foreign };
}

function dim(text: string): Block {
  return { kind: "line", text: [{ text, tone: "dim" }] };
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
