/** Prints what a command gave back. */
import type { Block, Output, Text } from "../model/command.ts";
import { layout } from "./table.ts";
import { paint, plain, type Terminal, tone } from "./terminal.ts";
import { printable, width } from "./width.ts";

/** Output as text for people; ends with a newline unless it is empty. */
export function renderText(output: Output, terminal: Terminal): string {
  const parts = output.blocks.map((block) => renderBlock(block, terminal, rowsBelow(output, block))).filter((part) =>
    part !== null
  );
  return parts.map((part) => part.endsWith("\n") || part === "" ? part : `${part}\n`).join("");
}

/** Output as JSON for programs. */
export function renderJson(output: Output): string {
  const exact = (_: string, value: unknown) => typeof value === "bigint" ? Number(value) : value;
  return `${JSON.stringify(output.json ?? null, exact, 2)}\n`;
}

/** The rows of all tables with the same columns. */
function rowsBelow(output: Output, block: Block): readonly (readonly Text[])[] {
  if (block.kind !== "table") return [];
  return output.blocks.flatMap((each) => each.kind === "table" && each.columns === block.columns ? each.rows : []);
}

function renderBlock(block: Block, terminal: Terminal, measured: readonly (readonly Text[])[]): string | null {
  switch (block.kind) {
    case "heading": {
      const note = block.note === undefined ? "" : `  ${paint(printable(block.note), "dim", terminal)}`;
      return `${paint(printable(block.text), "strong", terminal)}${note}`;
    }
    case "line": {
      const parts = block.text.map((text) => paint(printable(plain(text)), tone(text), terminal));
      return parts.length === 0 ? "\n" : parts.join("");
    }
    case "hint":
      return terminal.interactive ? paint(printable(block.text), "dim", terminal) : null;
    case "fields": {
      const label = Math.max(0, ...block.fields.map(([name]) => width(name)));
      return block.fields.map(([name, value]) => {
        const space = " ".repeat(label - width(name) + 2);
        return `${paint(name, "dim", terminal)}${space}${paint(printable(plain(value)), tone(value), terminal)}`;
      }).join("\n");
    }
    case "table":
      return layout(block.columns, block.rows, terminal, measured).join("\n");
    case "verbatim":
      return block.text;
  }
}
