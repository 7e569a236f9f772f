/**
 * What can still be said of a document that has flaws: its sound parts are checked as those of any other. What is left out
 * was meant to be there, and so a reference to it is no error.
 */
import type { z } from "zod";
import { checkRest } from "../features/check.ts";
import { type CollectionPath, COLLECTIONS, type ReferenceKind } from "../features/collections.ts";
import type { Unread } from "../features/directory.ts";
import { document as schema } from "../features/document.ts";
import type { Finding } from "../model/error.ts";
import { NAME } from "../model/id.ts";
import { nearest } from "../model/nearest.ts";
import { type Entries, type Entry, entryAt, type Flaws } from "./entries.ts";
import { toIds, translate, withIds } from "./references.ts";
import { isTable, type Table } from "./table.ts";

type Issue = z.core.$ZodIssue;

/**
 * Errors among the sound parts, and references of the others that name nothing, without what `flaws` tells of already.
 * `input` is what the schema refused with `issues`.
 */
export function errorsInRest(
  input: Table,
  entries: Entries,
  issues: readonly Issue[],
  flaws: Flaws,
): Finding[] {
  const left = { entries: new Set(flaws.entries), collections: new Set(flaws.collections) };
  const fields: (readonly PropertyKey[])[] = [];
  const strange = new Map<Entry, readonly string[]>();
  for (const issue of issues) {
    const { entry, depth } = entryAt(entries, issue.path) ?? { depth: 0 };
    const isReferredTo = entry?.collection.kind !== undefined;
    if (entry !== undefined && !isReferredTo && issue.code === "unrecognized_keys" && issue.path.length === depth) {
      // Without the keys that mean nothing, the rest of it can be read; nobody else's meaning hangs on it.
      strange.set(entry, issue.keys);
    } else if (entry !== undefined) left.entries.add(entry);
    else if (issue.code !== "unrecognized_keys") fields.push(issue.path);
    else {
      for (const key of issue.keys) {
        fields.push([...issue.path, key]);
        const meant = collectionLike(key);
        if (meant !== undefined) left.collections.add(meant);
      }
    }
  }
  const sound = schema.safeParse(without(input, entries, { objects: left.entries, strange, fields }));
  if (!sound.success) return [];
  // An id that occurs twice is found by the reader and by the check.
  const told = new Set(flaws.findings.map(sentence));
  const ids = toIds(sound.data);
  const broken = [...left.entries].flatMap(({ collection: { references }, object, place }) =>
    isTable(object) ? [{ place, references, object: translate(object, references, ids) }] : []
  );
  return checkRest(withIds(sound.data), unread(left), broken).filter((finding) => !told.has(sentence(finding)));
}

function sentence({ path, message }: Finding): string {
  return `${path}: ${message}`;
}

/** The collection that a mistyped key may have meant: `[zone.inside]` holds zones that others refer to. */
function collectionLike(key: string): CollectionPath | undefined {
  const byKey = new Map(COLLECTIONS.map(({ path }) => [path.split(".").at(-1) ?? "", path]));
  return byKey.get(nearest(key, byKey.keys()) ?? "");
}

/** What is left out of an input. */
interface Omissions {
  readonly objects: ReadonlySet<Entry>;
  /** Keys of objects that stay. */
  readonly strange: ReadonlyMap<Entry, readonly string[]>;
  /** A section's field goes as a whole, whatever is wrong in it. */
  readonly fields: readonly (readonly PropertyKey[])[];
}

function without(input: Table, entries: Entries, { objects, strange, fields }: Omissions): Table {
  const rest: Table = Object.fromEntries(
    Object.entries(input).map(([key, section]) => [key, isTable(section) ? { ...section } : section]),
  );
  for (const [path, list] of entries) {
    const [section = "", key] = path.split(".");
    const sound = list.filter((entry) => !objects.has(entry)).map((entry) => {
      const keys = strange.get(entry);
      if (keys === undefined || !isTable(entry.object)) return entry.object;
      return Object.fromEntries(Object.entries(entry.object).filter(([key]) => !keys.includes(key)));
    });
    const owner = rest[section];
    if (key === undefined) rest[section] = sound;
    else if (isTable(owner)) owner[key] = sound;
  }
  for (const [section = "", field] of fields) {
    const owner = rest[String(section)];
    if (field !== undefined && isTable(owner)) delete owner[String(field)];
    else delete rest[String(section)];
  }
  return rest;
}

/** Objects whose names are not known may have any. */
function unread({ entries, collections }: Pick<Flaws, "entries" | "collections">): Unread {
  const named = new Map<ReferenceKind, Set<string>>();
  const nameless = new Set<ReferenceKind>();
  for (const { collection: { kind }, object, name } of entries) {
    if (kind === undefined) continue;
    if (name === undefined) nameless.add(kind);
    else {
      const names = named.get(kind) ?? new Set();
      named.set(kind, names.add(name));
      if (isTable(object) && typeof object.id === "string") names.add(object.id);
    }
  }
  for (const { path, kind } of COLLECTIONS) if (kind !== undefined && collections.has(path)) nameless.add(kind);
  return (kind, word) => named.get(kind)?.has(word) === true || (nameless.has(kind) && NAME.test(word));
}
