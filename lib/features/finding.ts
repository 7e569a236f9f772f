/** Findings of the checks, and the places of the document that they name, as `config/written.ts` prints them. */
import type { Finding } from "../model/error.ts";

/** The document means nothing here, or nothing that the kernel would take: it cannot be applied. */
export function error(path: string, message: string, hint?: string): Finding {
  return finding("error", path, message, hint);
}

/** It can be applied, but hardly does what somebody wants. */
export function warning(path: string, message: string, hint?: string): Finding {
  return finding("warning", path, message, hint);
}

/** It does what it says, and could say it shorter. */
export function note(path: string, message: string, hint?: string): Finding {
  return finding("note", path, message, hint);
}

function finding(severity: Finding["severity"], path: string, message: string, hint?: string): Finding {
  return { severity, path, message, ...(hint === undefined ? {} : { hint }) };
}

interface Named {
  readonly name: string;
}

interface Identified {
  readonly id: string;
}

/** Where an object stands. */
export const PLACES = {
  interface: ({ name }: Named) => `interfaces[${name}]`,
  route: ({ id }: Identified) => `routes[${id}]`,
  zone: ({ name }: Named) => `zones.${name}`,
  alias: ({ name }: Named) => `aliases.${name}`,
  chain: ({ name }: Named) => `firewall.chains[${name}]`,
  rule: ({ id }: Identified) => `firewall.rules[${id}]`,
  nat: ({ id }: Identified) => `nat.rules[${id}]`,
} as const;

/** `a, b, c or d`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** `1 rule`, `2 rules`. */
export function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Entries of a list that stand in it already, as notes. */
export function repeats(path: string, words: readonly (string | number)[]): Finding[] {
  if (words.length < 2) return [];
  const seen = new Set<string | number>();
  return words.flatMap((word, index) => {
    if (seen.has(word)) return [note(`${path}[${index}]`, `${word} stands here twice`)];
    seen.add(word);
    return [];
  });
}
