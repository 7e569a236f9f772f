/** Ids for objects that were written without one. */
import { ruleId } from "../features/allocation.ts";
import type { CollectionPath } from "../features/collections.ts";
import { routeId } from "../features/routes/values.ts";
import { slug } from "../model/id.ts";

/** What an id is made of where none is given: the name, a route's destination, the comment, or `rule`. */
export function base(path: CollectionPath, object: Readonly<Record<string, unknown>>): string {
  const text = (field: string) => typeof object[field] === "string" ? String(object[field]) : "";
  if (text("name") !== "") return slug(text("name"));
  if (path === "routes") return routeId(text("destination"));
  return text("comment") === "" ? "rule" : ruleId(slug(text("comment")));
}

/**
 * Fills in missing ids (undefined) in order, each as its base or `base-2`, `base-3` …, whichever is free. Given ids come
 * first, so that none of them ever changes because of another object.
 */
export function fillIds(
  wanted: readonly { readonly id: string | undefined; readonly base: string }[],
  reserved: readonly string[],
): string[] {
  const taken = new Set<string>(reserved);
  for (const { id } of wanted) if (id !== undefined) taken.add(id);
  const next = new Map<string, number>();
  return wanted.map(({ id, base }) => {
    if (id !== undefined) return id;
    let count = next.get(base) ?? 1;
    let free = base;
    while (taken.has(free)) {
      const suffix = `-${++count}`;
      free = base.slice(0, 48 - suffix.length) + suffix;
    }
    next.set(base, count);
    taken.add(free);
    return free;
  });
}

/** Which ids an import would assign by itself, so that an export may leave them out. */
export function impliedIds(
  objects: readonly { readonly id: string; readonly base: string }[],
  reserved: readonly string[],
): Set<string> {
  const explicit = new Set<string>();
  // Each round only adds explicit ids; a few settle every document that people name, and all explicit is right as well.
  for (let round = 0; round < 8; round++) {
    const ids = fillIds(objects.map(({ id, base }) => ({ id: explicit.has(id) ? id : undefined, base })), reserved);
    const wrong = objects.filter(({ id }, index) => ids[index] !== id);
    if (wrong.length === 0) return new Set(objects.map(({ id }) => id).filter((id) => !explicit.has(id)));
    for (const { id } of wrong) explicit.add(id);
  }
  return new Set();
}
