/** Checks of references alone, for objects in which more is wrong. */
import type { Finding } from "../model/error.ts";
import { NAME } from "../model/id.ts";
import { BUILT_IN_CHAINS, type ReferenceKind, type References } from "./collections.ts";
import type { Directory } from "./directory.ts";
import { error } from "./finding.ts";
import { wordsAt } from "./reference.ts";

/** An object that its schema refuses. */
export interface Broken {
  readonly place: string;
  readonly references: References;
  readonly object: Readonly<Record<string, unknown>>;
}

/** Words that can only be names, and name nothing. */
export function checkReferences({ place, references, object }: Broken, directory: Directory): Finding[] {
  return Object.entries(references).flatMap(([path, kinds]) =>
    wordsAt(object, path).flatMap((found) => {
      const word = found.word.startsWith("!") ? found.word.slice(1) : found.word;
      if (!NAME.test(word) || isKnown(kinds, word, directory)) return [];
      const { message, hint } = directory.unknown(kinds, word);
      return [error(`${place}.${found.place}`, message, hint)];
    })
  );
}

function isKnown(kinds: readonly ReferenceKind[], word: string, directory: Directory): boolean {
  return kinds.some((kind) => directory.is(kind, word) || (kind === "chain" && BUILT_IN_CHAINS.includes(word)));
}
