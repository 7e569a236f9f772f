/** Where output goes, how wide that is, and whether it has colours. */
import type { Text, Tone } from "../model/command.ts";

export interface Terminal {
  /** Cells of a line; Infinity where output is no terminal's, so that nothing is cut for a program. */
  readonly width: number;
  readonly colour: boolean;
  /** A person reads along. */
  readonly interactive: boolean;
}

/** Cells between two columns, or between a label and what it labels. */
export const GAP = 2;

/** SGR parameters (ECMA-48) by tone. */
const SGR: Readonly<Record<Tone, string>> = {
  plain: "",
  strong: "1",
  dim: "2",
  good: "32",
  warn: "33",
  bad: "31",
  accent: "36",
};

/** Colours a text; without colours it stays as it is. */
export function paint(text: string, tone: Tone, terminal: Terminal): string {
  const sgr = SGR[tone];
  return !terminal.colour || sgr === "" || text === "" ? text : `\x1b[${sgr}m${text}\x1b[0m`;
}

export function plain(text: Text): string {
  return typeof text === "string" ? text : text.text;
}

export function tone(text: Text): Tone {
  return typeof text === "string" ? "plain" : text.tone;
}
