/** Prints what a command gave back. */
import type { Block, Output, Text } from "../model/command.ts";
import { visible, visibleJson } from "../model/visible.ts";
import { fieldLines } from "./record.ts";
import { tableLines } from "./table.ts";
import { paint, plain, type Terminal, tone } from "./terminal.ts";

/** Output as text for people; ends with a newline unless it is empty. */
export function renderText(output: Output, terminal: Terminal): string {
  const parts = blocksFor(output.blocks, terminal).map((block) =>
    renderBlock(block, terminal, rowsBelow(output, block))
  );
  return parts.map((part) => part.endsWith("\n") || part === "" ? part : `${part}\n`).join("");
}

/** Hints are for people who read along; elsewhere they go, and the empty line in front of them too. */
function blocksFor(blocks: readonly Block[], terminal: Terminal): readonly Block[] {
  if (terminal.interactive) return blocks;
  const empty = (block: Block | undefined) => block?.kind === "line" && block.text.length === 0;
  return blocks.filter((block, index) =>
    block.kind !== "hint" && !(empty(block) && blocks[index + 1]?.kind === "hint")
  );
}

/** Output as JSON for programs. */
export function renderJson(output: Output): string {
  const exact = (_: string, value: unknown) => typeof value === "bigint" ? Number(value) : value;
  return visibleJson(`${JSON.stringify(output.json ?? null, exact, 2)}\n`);
}

/** The rows of all tables with the same columns. */
function rowsBelow(output: Output, block: Block): readonly (readonly Text[])[] {
  if (block.kind !== "table") return [];
  return output.blocks.flatMap((each) => each.kind === "table" && each.columns === block.columns ? each.rows : []);
}

function renderBlock(block: Block, terminal: Terminal, measured: readonly (readonly Text[])[]): string {
  switch (block.kind) {
    case "heading": {
      const note = block.note === undefined ? "" : `  ${paint(visible(block.note), "dim", terminal)}`;
      return `${paint(visible(block.text), "strong", terminal)}${note}`;
    }
    case "line": {
      const parts = block.text.map((text) => paint(visible(plain(text)), tone(text), terminal));
      return parts.length === 0 ? "\n" : parts.join("");
    }
    case "hint":
      return paint(visible(block.text), "dim", terminal);
    case "fields":
      return fieldLines(block.fields, terminal).join("\n");
    case "table":
      return tableLines(block.columns, block.rows, terminal, measured).join("\n");
    case "verbatim":
      return block.text;
  }
}
