/** Edits of a user's candidate: held to the schemas and the checks, in one transaction. */
import { refuseMalformed } from "../config/normal_form.ts";
import type { Store } from "../config/store.ts";
import type { Document } from "../features/document.ts";
import { EMPTY } from "../features/empty.ts";
import { check } from "../features/mod.ts";
import { type Finding, PatronusError } from "../model/error.ts";

export type Change = (document: Document) => Document;

/**
 * Changes the user's candidate, or begins one over the newest version. Throws `input` with all findings, and changes
 * nothing, where the result is not in normal form or has errors that were not there before.
 */
export function editCandidate(store: Store, user: string, change: Change): Document {
  // In one transaction, so that no two edits at once lose each other's.
  return store.database.write(() => {
    const head = store.head();
    const candidate = store.candidate(user);
    const before = candidate?.document ?? (head === null ? EMPTY : store.document(head.number));
    const after = edited(before, change);
    store.saveCandidate(user, candidate === null ? head?.number ?? null : candidate.base, after);
    return after;
  });
}

/** The document as the change makes it. Throws as `editCandidate` does. */
export function edited(before: Document, change: Change): Document {
  const after = change(before);
  refuseMalformed(before, after);
  refuseNewErrors(before, after);
  return after;
}

/** An edit may leave old errors in place, or mend them one by one, but brings no new ones. */
function refuseNewErrors(before: Document, after: Document): void {
  const errors = (document: Document) => check(document).filter((finding) => finding.severity === "error");
  const name = (finding: Finding) => `${finding.path}\n${finding.message}`;
  const wrong = errors(after);
  if (wrong.length === 0) return;
  const known = new Set(errors(before).map(name));
  const fresh = wrong.filter((finding) => !known.has(name(finding)));
  if (fresh.length === 0) return;
  throw new PatronusError("input", "that would not be valid; nothing was changed", { findings: fresh });
}
