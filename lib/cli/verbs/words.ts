/** Small pieces of what commands read and print. */
import type { Text } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";

/** Throws a usage error where the word is no number of a version. */
export function versionNumber(word: string): number {
  if (!/^[1-9]\d{0,8}$/.test(word)) {
    throw new PatronusError("usage", `${word} is no version number`, { hint: "patronus config history lists them" });
  }
  return Number(word);
}

/** Colours a line by its mark, as diffs do. */
export function toned(line: string): Text {
  const mark = line.trimStart()[0];
  const tone = mark === "+" ? "good" : mark === "-" ? "bad" : mark === "~" ? "warn" : "plain";
  return { text: line, tone };
}

/** `2026-11-23 23:02:09`, in this machine's time zone. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}
