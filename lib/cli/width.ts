/** How many terminal cells a text takes (Unicode TR 11), and cutting it to a number of them. */

/** Two cells: Hangul, kana, CJK, full-width forms and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}|^[\u{20000}-\u{3fffd}]/u;
/** No cell: marks that combine, joiners, variation selectors. */
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]/u;
const PLAIN = /^[\x20-\x7e]*$/;
// deno-lint-ignore no-control-regex -- control characters would move the cursor
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;

let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

function cells(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : ZERO.test(grapheme) ? 0 : 1;
}

/** Cells that a text without control characters takes. */
export function width(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + cells(grapheme), 0);
}

/** Makes a text fit into `limit` cells: what is too long ends in `…`. */
export function cut(text: string, limit: number): string {
  if (width(text) <= limit) return text;
  if (limit < 1) return "";
  let kept = "";
  let used = 1;
  for (const grapheme of graphemes(text)) {
    used += cells(grapheme);
    if (used > limit) break;
    kept += grapheme;
  }
  return `${kept.trimEnd()}…`;
}

/** Replaces control characters, so that nothing in a document can steer the terminal. */
export function printable(text: string): string {
  return text.replace(CONTROL, "\ufffd");
}

/** Breaks a text at spaces into lines of at most `limit` cells; a longer word gets a line of its own. */
export function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    if (line !== "" && width(line) + 1 + width(word) > limit) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}
