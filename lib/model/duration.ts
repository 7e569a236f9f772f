/** Lengths of time as people write them. */

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/** Reads `90`, `60s`, `5m`, `1h30m` or `2d` as seconds; null where the text is none of these. */
export function parseDuration(text: string): number | null {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^(\d{1,9}[smhd])+$/.test(text)) return null;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhd])/g)) seconds += Number(count) * (SECONDS[unit ?? ""] ?? 0);
  return seconds;
}

/** Prints whole seconds in the shortest exact form: 90 is `1m30s`. */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  let text = "";
  for (const unit of ["d", "h", "m", "s"]) {
    const size = SECONDS[unit] ?? 1;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === "" ? "0s" : text;
}
