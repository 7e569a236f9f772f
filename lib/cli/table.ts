/** Lays a table out for the terminal's width. */
import type { Column, Text } from "../model/command.ts";
import { visible } from "../model/visible.ts";
import { recordLines } from "./record.ts";
import { GAP, paint, plain, type Terminal, tone } from "./terminal.ts";
import { cut, width, wrap } from "./width.ts";

/** A column is not made narrower than this to keep another. */
const LEAST = 6;
/** So much of a column that stays is worth more than a column that may go. */
const COMFORT = 16;
/** And so much of a word that would be broken otherwise: most ids, and a range of two IPv4 addresses, are no longer. */
const WORD = 28;

/** How the rows of a table stand in the terminal. */
export interface Layout {
  /** The line of titles; none where each row says them itself. */
  readonly head: readonly string[];
  /** The lines of one row. */
  row(cells: readonly Text[]): string[];
}

/** Lines of a table. Tables that stand below each other share their widths by `measured`, the rows of all of them. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Text[])[],
  terminal: Terminal,
  measured: readonly (readonly Text[])[] = rows,
): string[] {
  const { head, row } = layout(columns, measured, terminal);
  return [...head, ...rows.flatMap(row)];
}

/**
 * A layout in which rows like those `measured` are no wider than the terminal. Where it is too narrow, columns that may
 * go are cut first, then the others get down to a comfortable width, the widest before all; then columns that may go do
 * so, the highest `drop` first; then the others shrink to what they need at least. Where even that is too wide, each row
 * becomes a record, a field to a line, and nothing is left out. Columns with nothing in them never show.
 */
export function layout(
  columns: readonly Column[],
  measured: readonly (readonly Text[])[],
  terminal: Terminal,
): Layout {
  const texts = measured.map((row) => columns.map((_, index) => visible(plain(row[index] ?? ""))));
  const used = columns.map((_, index) => index).filter((index) => texts.some((row) => row[index] !== ""));
  const sizes = columns.map((column, index) => measure(column, texts.map((row) => row[index] ?? "")));
  for (let shown: readonly number[] | null = used; shown !== null; shown = withoutOne(columns, shown)) {
    const widths = fit(sizes, shown, terminal.width);
    if (widths !== null) return side(columns, shown, widths, terminal);
  }
  const kept = used.map((index) => columns[index] ?? { title: "" });
  return { head: [], row: (cells) => recordLines(kept, used.map((index) => cells[index] ?? ""), terminal) };
}

/** Without the column that goes first; null where none may go. */
function withoutOne(columns: readonly Column[], shown: readonly number[]): readonly number[] | null {
  const rank = (index: number) => columns[index]?.drop ?? -1;
  const first = shown.reduce((most, index) => rank(index) > rank(most) ? index : most, shown[0] ?? -1);
  return rank(first) < 0 ? null : shown.filter((index) => index !== first);
}

/** Columns side by side, each with its width. */
function side(
  columns: readonly Column[],
  shown: readonly number[],
  widths: readonly number[],
  terminal: Terminal,
): Layout {
  const last = shown.at(-1);
  const line = (cell: (index: number) => Text) =>
    shown.map((index) => {
      const text = plain(cell(index));
      const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - width(text)));
      const painted = paint(text, tone(cell(index)), terminal);
      if (columns[index]?.align === "right") return space + painted;
      return index === last ? painted : painted + space;
    }).join(" ".repeat(GAP)).trimEnd();
  const fitted = (text: Text, index: number) => {
    const [whole, size] = [visible(plain(text)), widths[index] ?? 0];
    return columns[index]?.wrap !== undefined ? wrap(whole, size) : [cut(whole, size)];
  };
  const title = (index: number) => columns[index]?.title ?? "";
  const head = columns.some((column) => column.title !== "")
    ? [line((index) => ({ text: cut(title(index), widths[index] ?? 0), tone: "dim" }))]
    : [];
  return {
    head,
    row: (cells) => {
      const parts = new Map(shown.map((index) => [index, fitted(cells[index] ?? "", index)]));
      const height = Math.max(1, ...[...parts.values()].map((lines) => lines.length));
      return Array.from(
        { length: height },
        (_, at) => line((index) => ({ text: parts.get(index)?.[at] ?? "", tone: tone(cells[index] ?? "") })),
      );
    },
  };
}

/** Widths of a column, from the one that shows all to the one that it needs at least. */
interface Size {
  readonly natural: number;
  readonly comfortable: number;
  readonly least: number;
  readonly dispensable: boolean;
}

function measure({ title, least: asked = LEAST, drop, wrap: wraps }: Column, texts: readonly string[]): Size {
  const widest = (parts: readonly string[]) => parts.reduce((most, part) => Math.max(most, width(part)), 0);
  const natural = Math.max(width(title), widest(texts));
  const dispensable = drop !== undefined;
  const word = wraps === undefined ? 0 : widest(texts.flatMap(words));
  const least = wraps === "between words" ? Math.max(asked, word) : asked;
  const wanted = dispensable ? least : Math.max(least, COMFORT, Math.min(WORD, word));
  return { natural, comfortable: Math.min(natural, wanted), least: Math.min(natural, least), dispensable };
}

function words(text: string): string[] {
  return text.split(" ");
}

/** Widths of the shown columns that fill at most `limit` cells; null where that cannot be. */
function fit(sizes: readonly Size[], shown: readonly number[], limit: number): number[] | null {
  const widths = sizes.map(({ natural }) => natural);
  const roomy = shown.some((index) => sizes[index]?.dispensable);
  const able = (index: number) => {
    const size = sizes[index];
    return size !== undefined && (widths[index] ?? 0) > (roomy ? size.comfortable : size.least);
  };
  let excess = shown.reduce((sum, index) => sum + (widths[index] ?? 0), GAP * (shown.length - 1)) - limit;
  for (; excess > 0; excess--) {
    const narrower = shown.filter(able);
    // A column that may go altogether is the first to become narrower.
    const first = narrower.filter((index) => sizes[index]?.dispensable);
    const [widest] = (first.length > 0 ? first : narrower).sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
    if (widest === undefined) return null;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
