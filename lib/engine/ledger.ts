/** What the store is told of a change: that it begins, that it is done, that it was undone. Each is one transaction. */
import type { Store, Version } from "../config/store.ts";
import type { Document } from "../features/document.ts";
import { EMPTY } from "../features/empty.ts";
import { readForwarding } from "./forwarding.ts";
import { type Intent, type PendingConfirm, writePending } from "./journal.ts";
import { rescueOf, writeRescue } from "./rescue.ts";

/** A change about to begin. */
export interface Beginning {
  readonly document: Document;
  readonly head: Version | null;
  readonly message: string;
  readonly time: string;
  readonly intent: Intent;
  /** Milliseconds since boot until which it must be confirmed; null: at once. */
  readonly deadline: number | null;
}

/** The new version, the intent and the pending confirmation, on disk together before the machine is touched. */
export function begin(store: Store, { document, head, message, time, intent, deadline }: Beginning): void {
  store.database.write(() => {
    if (intent.from !== intent.to) {
      store.commit({ document, parent: head?.number ?? null, author: intent.user, message, time });
    }
    store.setIntent(intent);
    if (deadline !== null) writePending(store, { ...intent, deadline });
  });
}

/** The machine is as version `to` says. `restore` is what the user's candidate becomes; null: there is none any more. */
export function finish(store: Store, intent: Intent, restore: Document | null = null): void {
  store.database.write(() => {
    store.clearIntent();
    if (restore !== null) store.saveCandidate(intent.user, intent.to, restore);
    else if (intent.ofCandidate) store.discardCandidate(intent.user);
  });
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
