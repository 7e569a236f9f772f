/** Entity tags of what a user sees (RFC 9110, section 8.8.3): the candidate, or the newest version where there is none. */
import type { Store } from "../../config/store.ts";
import { RequestError } from "./protocol.ts";

/** The tag, without quotes. */
export function tagOf(store: Store, user: string): string {
  return store.revision(user) ?? `version-${store.head()?.number ?? 0}`;
}

/** Throws `stale` where none of the tags of an `If-Match` is the user's; `*` is any. */
export function refuseStale(store: Store, user: string, match: string | null): void {
  if (match === null) throw new RequestError("malformed", "a change must say what it is meant for");
  const now = tagOf(store, user);
  const tags = match.split(",").map((tag) => tag.trim());
  if (tags.includes("*") || tags.includes(`"${now}"`)) return;
  throw new RequestError(
    "stale",
    "the configuration has changed since you read it; nothing was changed",
    "read it again, and make your change on what it is now",
  );
}
