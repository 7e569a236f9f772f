/**
 * Characters that act or hide instead of showing. In a comment they could steer a terminal, turn the order of a line
 * around so that a rule reads as another, or make two different texts look alike.
 */

/**
 * Control characters (C0 and C1, escape sequences begin with one), line and paragraph separators, interlinear annotation,
 * and what Unicode calls default ignorable (bidirectional controls, zero-width and invisible characters, tags). Not among
 * them: variation selectors, which choose the look of the character in front, and joiners behind a letter or a sign that
 * is not ASCII, where scripts and emoji need them.
 */
const HIDDEN =
  /(?![\ufe00-\ufe0f]|(?<=\P{ASCII})[\u200c\u200d])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/** No text of these has any of them. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Replaces each of these characters by what `escape` gives for its code point. */
export function escapeHidden(text: string, escape: (codePoint: number) => string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(HIDDEN, (character) => escape(character.codePointAt(0) ?? 0));
}

/** One line of a text as people may see it: a right-to-left override shows as `\u{202e}`. */
export function visible(text: string): string {
  return escapeHidden(text, (codePoint) => `\\u{${codePoint.toString(16)}}`);
}

/** JSON text with the same value, in which these characters are escaped (RFC 8259, section 7); line breaks stay. */
export function visibleJson(text: string): string {
  return escapeHidden(text, (codePoint) => codePoint === 10 ? "\n" : utf16(codePoint));
}

/** `\u202e`, and two of them beyond the basic plane. */
function utf16(codePoint: number): string {
  const units = String.fromCodePoint(codePoint).split("");
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
