/** What is shown a field to a line: the fields of one object, and rows of tables that are too wide for the terminal. */
import type { Column, Text } from "../model/command.ts";
import { visible } from "../model/visible.ts";
import { GAP, paint, plain, type Terminal, tone } from "./terminal.ts";
import { width, wrap } from "./width.ts";

/** Beside a label, a value has so many cells at least, however narrow the terminal is. */
const LEAST = 12;

type Fields = readonly (readonly [label: string, value: Text])[];

/**
 * Fields with their values below each other. A value that is too long goes on below its beginning; a field with the label
 * "" continues the one above.
 */
export function fieldLines(fields: Fields, terminal: Terminal): string[] {
  return labelled(fields, 0, widest(fields.map(([label]) => label)), terminal);
}

function widest(labels: readonly string[]): number {
  return labels.reduce((most, label) => Math.max(most, width(label)), 0);
}

function labelled(fields: Fields, indent: number, label: number, terminal: Terminal): string[] {
  const column = label === 0 ? indent : indent + label + GAP;
  return fields.flatMap(([name, value]) =>
    wrap(visible(plain(value)), Math.max(LEAST, terminal.width - column)).map((text, at) => {
      const head = at === 0 ? name : "";
      const space = " ".repeat(column - indent - width(head));
      return `${" ".repeat(indent)}${paint(head, "dim", terminal)}${space}${paint(text, tone(value), terminal)}`
        .trimEnd();
    })
  );
}

/** A row as a record: its key and what stands in front of it, and below that the other fields that are not empty. */
export function recordLines(columns: readonly Column[], cells: readonly Text[], terminal: Terminal): string[] {
  const key = Math.max(0, columns.findIndex((column) => column.key === true));
  const rest = columns.slice(key + 1).flatMap(({ title }, index): [string, Text][] => {
    const cell = cells[key + 1 + index] ?? "";
    return plain(cell) === "" ? [] : [[title, cell]];
  });
  const label = widest(columns.slice(key + 1).map(({ title }) => title));
  return [...headLines(cells.slice(0, key), cells[key] ?? "", terminal), ...labelled(rest, GAP, label, terminal)];
}

/** A key behind what stands in front of it; nothing where all of it is empty. */
function headLines(front: readonly Text[], key: Text, terminal: Terminal): string[] {
  const before = front.filter((cell) => plain(cell) !== "");
  const used = before.reduce((sum, cell) => sum + width(visible(plain(cell))) + GAP, 0);
  if (used === 0 && plain(key) === "") return [];
  const painted = before.map((cell) => paint(visible(plain(cell)), tone(cell), terminal) + " ".repeat(GAP)).join("");
  return wrap(visible(plain(key)), Math.max(LEAST, terminal.width - used)).map((text, at) =>
    `${at === 0 ? painted : " ".repeat(used)}${paint(text, tone(key), terminal)}`.trimEnd()
  );
}
