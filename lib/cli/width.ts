/** How many terminal cells a text takes (Unicode TR 11), cutting it to a number of them, and breaking it into lines. */

/** Two cells: Hangul, kana, CJK and their like, full-width forms, and what is shown as a picture. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}/u;
/** No cell: marks that combine, joiners, vowels and finals of a Hangul syllable that is spelt out. */
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb]/u;
/** Several characters that are one picture: flags, families, or a sign with the selector of pictures (TR 51). */
const PICTURE = /^\p{Emoji_Presentation}|\ufe0f/u;
const PLAIN = /^[\x20-\x7e]*$/;

let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): string[] {
  if (PLAIN.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

function cells(grapheme: string): number {
  if (PICTURE.test(grapheme)) return 2;
  let sum = 0;
  for (const character of grapheme) sum += WIDE.test(character) ? 2 : ZERO.test(character) ? 0 : 1;
  return sum;
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
  return `${start(text, limit - 1).trimEnd()}…`;
}

/** As much of a text as fits into `limit` cells. */
function start(text: string, limit: number): string {
  let kept = "";
  let used = 0;
  for (const grapheme of graphemes(text)) {
    used += cells(grapheme);
    if (used > limit) break;
    kept += grapheme;
  }
  return kept;
}

/**
 * Breaks a text at spaces into lines of at most `limit` cells, and a longer word behind a `-`, `:`, `/`, `.`, `,` or `=`
 * of it, else where it must. What fits stays as it is.
 */
export function wrap(text: string, limit: number): string[] {
  if (width(text) <= limit) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    if (line !== "" && width(line) + 1 + width(word) <= limit) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = broken(word, limit);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  return [...lines, line];
}

/** The pieces of a word, each of at most `limit` cells; a character that is wider has one of its own. */
function broken(word: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (width(rest) > limit) {
    const most = start(rest, limit) || (graphemes(rest)[0] ?? "");
    const piece = /^.*[-:/.,=]/su.exec(most)?.[0] ?? most;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return rest === "" ? pieces : [...pieces, rest];
}
