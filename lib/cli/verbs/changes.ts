/** Changes of a plan as part of an output. */
import type { Change } from "../../engine/step.ts";
import type { Block, Column, Text, Tone } from "../../model/command.ts";

/** Marks and colours, as diffs have them. */
export const MARK: Readonly<Record<Change["action"], Text & { readonly tone: Tone }>> = {
  add: { text: "+", tone: "good" },
  change: { text: "~", tone: "warn" },
  remove: { text: "-", tone: "bad" },
};

const DONE: Readonly<Record<Change["action"], string>> = { add: "added", change: "changed", remove: "removed" };

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "", least: 20, wrap: "anywhere", key: true },
  { title: "", least: 40 },
];
/** Nothing is cut, however narrow the terminal is. */
const UNCUT: readonly Column[] = COLUMNS.map((column) => ({ ...column, wrap: "anywhere" }));

/** So many changes of one kind are shown where nobody asked for all. */
export const SHOWN = 24;

/**
 * A table of changes, and how many are left out. A change in place takes two rows, what was and what will be; with `full`
 * nothing is left out and nothing is cut.
 */
export function changeBlocks(changes: readonly Change[], full: boolean): Block[] {
  const list = full ? changes : withChainsTogether(changes);
  const shown = full ? list : list.slice(0, SHOWN);
  const blocks: Block[] = [{ kind: "table", columns: full ? UNCUT : COLUMNS, rows: shown.flatMap(rows) }];
  const rest = list.length - shown.length;
  if (rest > 0) {
    blocks.push({ kind: "line", text: [{ text: `… and ${rest} more; patronus plan --full shows all`, tone: "dim" }] });
  }
  return blocks;
}

/** Chains say little by themselves: those that come or go one after another share a line. */
function withChainsTogether(changes: readonly Change[]): Change[] {
  const together: Change[] = [];
  let names: string[] = [];
  for (const [index, change] of changes.entries()) {
    const name = chainName(change);
    if (name === null) {
      together.push(change);
      continue;
    }
    names.push(name);
    const next = changes[index + 1];
    if (next !== undefined && chainName(next) !== null && next.action === change.action) continue;
    const list = names.join(", ");
    together.push(
      names.length === 1
        ? change
        : { action: change.action, subject: `${names.length} chains`, before: list, after: list },
    );
    names = [];
  }
  return together;
}

function chainName({ action, subject }: Change): string | null {
  return action === "change" ? null : /^chain (\S+)$/.exec(subject)?.[1] ?? null;
}

function rows({ action, subject, before, after }: Change): Text[][] {
  const mark = MARK[action];
  if (action !== "change") {
    return [[mark, { text: subject, tone: mark.tone }, action === "add" ? after ?? "" : before ?? ""]];
  }
  if (before === undefined || after === undefined || before === after) {
    return [[mark, { text: subject, tone: mark.tone }, after ?? before ?? ""]];
  }
  if (before.length + after.length <= 40) {
    return [[mark, { text: subject, tone: mark.tone }, `${before} → ${after}`]];
  }
  return [
    [mark, { text: subject, tone: mark.tone }, { text: `- ${before}`, tone: "dim" }],
    ["", "", `+ ${after}`],
  ];
}

/** `3 added, 1 removed`; "nothing" where there is none. */
export function tally(changes: readonly Change[]): string {
  const counted = (["add", "change", "remove"] as const).flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length;
    return count === 0 ? [] : [`${count} ${DONE[action]}`];
  });
  return counted.length === 0 ? "nothing" : counted.join(", ");
}
