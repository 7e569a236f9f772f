/** Checks of references alone, for objects in which more is wrong. */
import type { Finding } from "../model/error.ts";
import { NAME } from "../model/id.ts";
import { BUILT_IN_CHAINS, type ReferenceKind, type References } from "./collections.ts";
import type { Directory } from "./directory.ts";
import { error } from "./finding.ts";

/** An object that its schema refuses. */
export interface Broken {
  readonly place: string;
  readonly references: References;
  readonly object: Readonly<Record<string, unknown>>;
}

/** Words that can only be names, and name nothing. */
export function checkReferences({ place, references, object }: Broken, directory: Directory): Finding[] {
  return Object.entries(references).flatMap(([field, kinds]) => {
    const value = object[field];
    const words = Array.isArray(value) ? value : [value];
    return words.flatMap((entry, index) => {
      const word = typeof entry === "string" && entry.startsWith("!") ? entry.slice(1) : entry;
      if (typeof word !== "string" || !NAME.test(word) || isKnown(kinds, word, directory)) return [];
      const { message, hint } = directory.unknown(kinds, word);
      // A chain stands alone, all others in lists.
      return [error(`${place}.${field}${kinds.includes("chain") ? "" : `[${index}]`}`, message, hint)];
    });
  });
}

function isKnown(kinds: readonly ReferenceKind[], word: string, directory: Directory): boolean {
  return kinds.some((kind) => directory.is(kind, word) || (kind === "chain" && BUILT_IN_CHAINS.includes(word)));
}
