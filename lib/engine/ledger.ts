/** What the store is told of a change: that it begins, that it is done, that it was undone. Each is one transaction. */
import type { Store, Version } from "../config/store.ts";
import type { Document } from "../features/document.ts";
import { EMPTY } from "../features/empty.ts";
import { PatronusError } from "../model/error.ts";
import { readForwarding } from "./forwarding.ts";
import { type Intent, type PendingConfirm, readPending, writePending } from "./journal.ts";
import { rescueOf, writeRescue } from "./rescue.ts";

/** A change about to begin. */
export interface Beginning {
  readonly document: Document;
  /** What the machine had without a version of it: it becomes version 1, so that there is something to go back to. */
  readonly found: Document | null;
  readonly message: string;
  readonly time: string;
  readonly intent: Intent;
  /** Milliseconds since boot until which it must be confirmed; null: at once. */
  readonly deadline: number | null;
}

/** The new version, the intent and the pending confirmation, on disk together before the machine is touched. */
export function begin(store: Store, { document, found, message, time, intent, deadline }: Beginning): void {
  const { user: author, from, to } = intent;
  store.database.write(() => {
    if (found !== null) {
      store.commit({
        document: found,
        parent: null,
        author,
        message: "the rescue rules, as boot loaded them",
        time,
        confirmed: true,
      });
    }
    if (from !== to) store.commit({ document, parent: from, author, message, time });
    store.setIntent(intent);
    if (deadline !== null) writePending(store, { ...intent, deadline });
  });
}

/**
 * Records that the machine is as version `to` says, and confirms it unless somebody is asked to. `restore` is what the
 * user's candidate becomes; null: there is none any more. The intent goes last: until then, the next start does all of this
 * again.
 */
export function end(store: Store, intent: Intent, restore: Document | null = null): Version {
  try {
    if (readPending(store) === null) confirmVersion(store, intent.to);
    store.database.write(() => {
      store.clearIntent();
      if (restore !== null) store.saveCandidate(intent.user, intent.to, restore);
      else if (intent.ofCandidate) store.discardCandidate(intent.user);
    });
    return store.version(intent.to);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PatronusError("failed", `version ${intent.to} is in effect, but that cannot be recorded: ${reason}`, {
      hint: "make the state directory writable: the next patronus command records it",
      cause: error,
    });
  }
}

/** Makes a version the one that boot brings up, and keeps the way in for the day when nothing can be read. */
export function confirmVersion(store: Store, number: number): Version {
  writeRescue(store.directory, rescueOf(store.document(number)));
  const version = store.confirm(number);
  writePending(store, null);
  return version;
}

/**
 * The machine is back at version `from`: its content becomes the newest version, and what was undone the user's candidate,
 * or stays in it where they have edited on.
 */
export function recordUndone(
  store: Store,
  change: Intent | PendingConfirm,
  { author, why, time }: { readonly author: string; readonly why: string; readonly time: string },
): Version {
  const { from, to, user } = change;
  return store.database.write(() => {
    store.clearIntent();
    writePending(store, null);
    if (from === to) return store.version(to);
    const undone = store.candidate(user)?.document ?? store.document(to);
    const document = from === null ? unmanaged() : store.document(from);
    const message = from === null
      ? `undo of version ${to}: ${why}`
      : `undo of version ${to}, back to version ${from}: ${why}`;
    // The last good copy and the rescue ruleset say what this version says, under its older number.
    const confirmed = from !== null && store.version(from).confirmed;
    const version = store.commit({ document, parent: to, author, message, time, confirmed });
    store.saveCandidate(user, version.number, undone);
    return version;
  });
}

/** The document of a machine that Patronus leaves alone: what it forwards, it does by itself. */
export function unmanaged(): Document {
  const { ipv4, ipv6 } = readForwarding();
  const forwarding = ipv4 && ipv6 ? true : ipv4 ? "ipv4" : ipv6 ? "ipv6" : false;
  return { ...EMPTY, firewall: { ...EMPTY.firewall, enabled: false, forwarding } };
}
