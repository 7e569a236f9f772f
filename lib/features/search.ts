/** Finding rules by what is typed: a word of theirs, or an address or port that they would match, also inside an alias. */
import { parseAddress, parsePrefix, prefixRange } from "../model/address.ts";
import { parsePorts } from "../model/port.ts";
import type { Document } from "./document.ts";
import type { Rule } from "./firewall/schema.ts";
import type { NatRule } from "./nat/schema.ts";

/** A test for rules. `words` is what a list shows of the rule; the term is found in it too, in any case. */
export function searcher(term: string, document: Document): (rule: Rule | NatRule, words: string) => boolean {
  const lower = term.toLowerCase();
  const address = parseAddress(term);
  const port = /^\d+$/.test(term) ? Number(term) : null;
  const aliases = new Map(document.aliases.map((alias) => [alias.id, alias.members]));
  const holds = (member: string, test: (literal: string) => boolean, seen: ReadonlySet<string>): boolean => {
    const members = aliases.get(member);
    if (members === undefined) return test(member);
    if (seen.has(member)) return false;
    const deeper = new Set(seen).add(member);
    return members.some((each) => holds(each, test, deeper));
  };
  const any = (members: readonly string[], test: (literal: string) => boolean) =>
    members.some((member) => !member.startsWith("!") && holds(member, test, new Set()));
  return (rule, words) => {
    if (`${rule.id} ${words} ${rule.comment} ${rule.tags.join(" ")}`.toLowerCase().includes(lower)) return true;
    if (address !== null) return any([...rule.source, ...rule.destination], (each) => covers(each, address));
    if (port === null) return false;
    return any([...rule.source_port, ...rule.destination_port], (each) => {
      const range = parsePorts(each);
      return range !== null && range.from <= port && port <= range.to;
    });
  };
}

function covers(literal: string, address: NonNullable<ReturnType<typeof parseAddress>>): boolean {
  const prefix = parsePrefix(literal);
  if (prefix !== null) {
    const { from, to } = prefixRange(prefix);
    return prefix.family === address.family && from <= address.value && address.value <= to;
  }
  const [first = "", last = first] = literal.split("-");
  const from = parseAddress(first);
  const to = parseAddress(last);
  return from?.family === address.family && to !== null && from.value <= address.value && address.value <= to.value;
}
