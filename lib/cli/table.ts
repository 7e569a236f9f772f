/** Lays a table out for the terminal's width. */
import type { Column, Text } from "../model/command.ts";
import { paint, plain, type Terminal, tone } from "./terminal.ts";
import { cut, printable, width } from "./width.ts";

/** Cells between two columns. */
const GAP = 2;
/** A column is not made narrower than this to keep another. */
const LEAST = 6;
/** So much of a column that stays is worth more than a column that may go. */
const COMFORT = 16;

/**
 * Lines of a table: a dim title line and one for each row. Where the terminal is too narrow, columns that may go are cut
 * first, then the others down to a comfortable width, the widest before all; then columns that may go do so, the highest
 * `drop` first; and then the others are cut to what they need at least. Columns with nothing in them are left out. Tables
 * that stand below each other share their widths by `measured`, the rows of all of them.
 */
export function layout(
  columns: readonly Column[],
  rows: readonly (readonly Text[])[],
  terminal: Terminal,
  measured: readonly (readonly Text[])[] = rows,
): string[] {
  const texts = measured.map((row) => columns.map((_, index) => printable(plain(row[index] ?? ""))));
  let shown = columns.map((_, index) => index).filter((index) => texts.some((row) => row[index] !== ""));
  const natural = columns.map((column, index) =>
    texts.reduce((most, row) => Math.max(most, width(row[index] ?? "")), width(column.title))
  );
  let widths = fit(columns, natural, shown, terminal.width);
  while (widths === null) {
    const candidates = shown.filter((index) => columns[index]?.drop !== undefined);
    const out = candidates.sort((a, b) => (columns[b]?.drop ?? 0) - (columns[a]?.drop ?? 0))[0];
    if (out === undefined) {
      widths = natural;
      break;
    }
    shown = shown.filter((index) => index !== out);
    widths = fit(columns, natural, shown, terminal.width);
  }
  const sizes = widths;
  const line = (cell: (index: number) => Text) =>
    shown.map((index, at) => {
      const text = cell(index);
      const size = sizes[index] ?? 0;
      const fitted = cut(printable(plain(text)), size);
      const space = " ".repeat(Math.max(0, size - width(fitted)));
      const painted = paint(fitted, tone(text), terminal);
      if (columns[index]?.align === "right") return space + painted;
      return at === shown.length - 1 ? painted : painted + space;
    }).join(" ".repeat(GAP)).trimEnd();
  const title = columns.some((column) => column.title !== "")
    ? [line((index) => ({ text: columns[index]?.title ?? "", tone: "dim" }))]
    : [];
  return [...title, ...rows.map((row) => line((index) => row[index] ?? ""))];
}

/** Widths of the shown columns that fill at most `limit` cells; null where that cannot be. */
function fit(
  columns: readonly Column[],
  natural: readonly number[],
  shown: readonly number[],
  limit: number,
): number[] | null {
  const widths = [...natural];
  const roomy = shown.some((index) => columns[index]?.drop !== undefined);
  const total = () => shown.reduce((sum, index) => sum + (widths[index] ?? 0), GAP * (shown.length - 1));
  const least = (index: number) => {
    const column = columns[index];
    const needed = column?.least ?? LEAST;
    return Math.min(natural[index] ?? 0, roomy && column?.drop === undefined ? Math.max(needed, COMFORT) : needed);
  };
  let excess = total() - limit;
  while (excess > 0) {
    let widest: number | undefined;
    // A column that may go altogether is the first to become narrower.
    const able = shown.filter((index) => (widths[index] ?? 0) > least(index));
    const dispensable = able.filter((index) => columns[index]?.drop !== undefined);
    for (const index of dispensable.length > 0 ? dispensable : able) {
      const size = widths[index] ?? 0;
      if (widest === undefined || size > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === undefined) return null;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess--;
  }
  return widths;
}
