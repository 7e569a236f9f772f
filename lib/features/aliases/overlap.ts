/** Members of an alias that others cover already: they are merged, and nothing is lost by taking them out. */
import type { Finding } from "../../model/error.ts";
import { note, PLACES } from "../finding.ts";
import type { Contents, Literal } from "./contents.ts";
import type { Alias } from "./schema.ts";

/** A few show what is meant; the rest is counted. */
const MOST_NOTES = 5;

export function overlaps(alias: Alias, contents: Contents | undefined): Finding[] {
  if (contents === undefined) return [];
  const path = `${PLACES.alias(alias)}.members`;
  const pairs = [contents.ipv4, contents.ipv6, contents.ports].flatMap(overlappingPairs);
  const notes = pairs.slice(0, MOST_NOTES).map(({ member, other }) =>
    note(`${path}[${member.index}]`, words(alias, member, other))
  );
  if (pairs.length > MOST_NOTES) {
    notes.push(note(path, `${pairs.length - MOST_NOTES} more members overlap others, and are merged with them`));
  }
  return notes;
}

interface Pair {
  readonly member: Literal;
  readonly other: Literal;
}

/** Each member that begins inside an earlier one, wider first, with the one that reaches furthest there. */
function overlappingPairs(literals: readonly Literal[]): Pair[] {
  const pairs: Pair[] = [];
  let widest: Literal | undefined;
  for (const member of inOrder(literals)) {
    if (widest !== undefined && member.from <= widest.to) pairs.push({ member, other: widest });
    if (widest === undefined || member.to > widest.to) widest = member;
  }
  return pairs;
}

function inOrder(literals: readonly Literal[]): readonly Literal[] {
  const ahead = (a: Literal, b: Literal) => a.from < b.from || (a.from === b.from && a.to >= b.to);
  const sorted = literals.every((literal, index) => {
    const before = literals[index - 1];
    return before === undefined || ahead(before, literal);
  });
  return sorted
    ? literals
    : literals.toSorted((a, b) =>
      a.from < b.from ? -1 : a.from > b.from ? 1 : a.to > b.to ? -1 : a.to < b.to ? 1 : a.index - b.index
    );
}

function words({ members }: Alias, member: Literal, other: Literal): string {
  const inner = members[member.index] ?? "";
  const outer = members[other.index] ?? "";
  if (inner === outer) return `${inner} stands here twice`;
  if (member.from === other.from && member.to === other.to) return `${inner} is the same as ${outer}`;
  return member.to <= other.to ? `${inner} is inside ${outer}` : `${inner} overlaps ${outer}; they are merged`;
}
