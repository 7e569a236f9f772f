/** Comments and log prefixes as the kernel and nft's syntax can hold them. */
import { escapeHidden } from "../model/visible.ts";

/** NFTNL_UDATA_COMMENT_MAXLEN of libnftnl and NF_LOG_PREFIXLEN of linux/netfilter/nf_log.h are 128 with the zero. */
const LIMIT = 127;

const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { fatal: true });

/** A rule's comment: `<id>: <text>`, or the id alone; at most 127 bytes. The document keeps the full text. */
export function ruleComment(id: string, words: string): string {
  const plain = printable(words);
  return cut(plain === "" ? id : `${id}: ${plain}`, LIMIT);
}

/** The id in front of a comment made by `ruleComment`. */
export function commentId(comment: string): string {
  const colon = comment.indexOf(":");
  return colon < 0 ? comment : comment.slice(0, colon);
}

/** A log prefix: `<id>:<verdict> `, by which a reader of the packet log finds the rule. */
export function logPrefix(id: string, verdict: string): string {
  return cut(`${id}:${verdict} `, LIMIT);
}

/** nft's syntax has no escape for a double quote; and what steers a terminal or hides has no business in a listing. */
function printable(words: string): string {
  return escapeHidden(words.replaceAll('"', "'"), () => " ").trim();
}

/** Cuts to so many bytes of UTF-8 without breaking a character. */
function cut(words: string, limit: number): string {
  // No UTF-16 code unit takes more than three bytes.
  if (words.length * 3 <= limit) return words;
  const bytes = utf8.encode(words);
  if (bytes.length <= limit) return words;
  let end = limit;
  // A byte 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return text.decode(bytes.subarray(0, end));
}
