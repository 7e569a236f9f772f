/** What differs between two documents: object by object for programs, in the words of the written form for people. */
import type { z } from "zod";
import { type Collection, COLLECTIONS, type Singleton, SINGLETONS } from "../features/collections.ts";
import { type Document, SCHEMAS } from "../features/document.ts";
import { type Part, parts, same, settings } from "./parts.ts";
import { ascending } from "./rank.ts";
import { toNames, type Translate, translate } from "./references.ts";
import { bare, fields } from "../features/shape.ts";
import { writer } from "./writer.ts";

/** A field that differs, by its dotted name. Of a secret only `"set"`, `"changed"` or undefined is told. */
export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** An object that differs. `path` is its collection or singleton, `id` "" for a singleton. Values are of the normal form. */
export interface ObjectChange {
  readonly path: Collection["path"] | Singleton["path"];
  readonly id: string;
  /** Name or id, as people know it; of the newer document where it is in both. */
  readonly label: string;
  readonly kind: "added" | "removed" | "changed";
  readonly fields: readonly FieldChange[];
  /** Its place among those that stayed is another. `after` is the id that it now stands behind; null: it is first. */
  readonly moved?: { readonly after: string | null };
}

/** Object-level difference, in the document's order. Equal documents give none. */
export function diff(before: Document, after: Document): ObjectChange[] {
  const changes: ObjectChange[] = [];
  for (const singleton of SINGLETONS) {
    const { path } = singleton;
    const found = fieldChanges(settings(before, singleton), settings(after, singleton), SCHEMAS[singleton.path]);
    if (found.length > 0) changes.push({ path, id: "", label: path, kind: "changed", fields: found });
  }
  for (const collection of COLLECTIONS) changes.push(...collectionChanges(before, after, collection));
  return changes;
}

function collectionChanges(before: Document, after: Document, { path, ordered }: Collection): ObjectChange[] {
  const old = parts(before, path), list = parts(after, path);
  if (old === list) return [];
  const schema = SCHEMAS[path];
  const changes: ObjectChange[] = [];
  const known = new Map(old.map((part, index) => [part.id, { part, index }]));
  const stayed = ordered ? ascending(list.map(({ id }) => known.get(id)?.index)) : null;
  const left = new Set(known.keys());
  for (const [index, part] of list.entries()) {
    left.delete(part.id);
    const previous = known.get(part.id)?.part;
    const label = labelOf(part);
    if (previous === undefined) {
      changes.push({ path, id: part.id, label, kind: "added", fields: fieldChanges({}, part, schema) });
      continue;
    }
    const found = previous === part ? [] : fieldChanges(previous, part, schema);
    const moved = stayed !== null && !stayed.has(index) ? { moved: { after: list[index - 1]?.id ?? null } } : {};
    if (found.length > 0 || "moved" in moved) {
      changes.push({ path, id: part.id, label, kind: "changed", fields: found, ...moved });
    }
  }
  for (const id of left) {
    const part = known.get(id)?.part;
    if (part === undefined) continue;
    changes.push({ path, id, label: labelOf(part), kind: "removed", fields: fieldChanges(part, {}, schema) });
  }
  return changes;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldChanges(before: Fields, after: Fields, schema: z.core.$ZodType, prefix = ""): FieldChange[] {
  return Object.entries(fields(schema)).flatMap(([key, field]): FieldChange[] => {
    const old = before[key], now = after[key];
    if (same(old, now)) return [];
    const name = prefix + key;
    if (isSecret(field)) {
      return [{
        field: name,
        before: old === undefined ? undefined : "set",
        after: now === undefined ? undefined : old === undefined ? "set" : "changed",
      }];
    }
    if (isTable(old) || isTable(now)) {
      return fieldChanges(isTable(old) ? old : {}, isTable(now) ? now : {}, field, `${name}.`);
    }
    return [{ field: name, before: old, after: now }];
  });
}

/** What one object of a collection is called. */
const NOUNS: Readonly<Record<ObjectChange["path"], string>> = {
  system: "system",
  interfaces: "interface",
  zones: "zone",
  aliases: "alias",
  firewall: "firewall",
  "firewall.chains": "firewall chain",
  "firewall.rules": "firewall rule",
  routes: "route",
  "nat.rules": "nat rule",
};

const SIGNS: Readonly<Record<ObjectChange["kind"], string>> = { added: "+", removed: "-", changed: "~" };

/**
 * One line for each object, grouped as in the document, as `~ firewall rule allow-web: source web → office`. The two
 * documents give the names for ids. Defaults are not told.
 */
export function printDiff(changes: readonly ObjectChange[], before: Document, after: Document): string[] {
  const names: Names = { before: toNames(before), after: toNames(after) };
  return changes.map((change) => {
    const owner = [...COLLECTIONS, ...SINGLETONS].find(({ path }) => path === change.path);
    const subject = change.id === "" ? NOUNS[change.path] : `${NOUNS[change.path]} ${change.label}`;
    const words = owner === undefined ? [] : describe(change, owner, names);
    if (change.moved !== undefined) words.push(place(change.moved.after));
    return `${SIGNS[change.kind]} ${subject}${words.length === 0 ? "" : `: ${words.join(", ")}`}`;
  });
}

interface Names {
  readonly before: Translate;
  readonly after: Translate;
}

function place(after: string | null): string {
  return after === null ? "moved to the top" : `moved behind ${after}`;
}

function describe({ kind, fields: found }: ObjectChange, owner: Collection | Singleton, names: Names): string[] {
  const schema = SCHEMAS[owner.path];
  const side = (which: "before" | "after") => {
    const tree: Record<string, unknown> = {};
    for (const change of found) setAt(tree, change.field, change[which]);
    return flat(writer(schema)(translate(filled(tree, schema), owner.references, names[which])), "");
  };
  const old = side("before"), now = side("after");
  return found.flatMap(({ field, before, after }) => {
    if (field === "id" || (kind !== "changed" && field === "name")) return [];
    const left = old.get(field) ?? before, right = now.get(field) ?? after;
    if (kind === "added") return now.has(field) ? [`${field} ${shown(right)}`] : [];
    if (kind === "removed") return old.has(field) ? [`${field} ${shown(left)}`] : [];
    return [`${field} ${shown(left)} → ${shown(right)}`];
  });
}

/** Tables that a writer expects, even where no field of theirs differs. */
function filled(tree: Record<string, unknown>, schema: z.core.$ZodType): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(fields(schema)).filter((key) => tree[key] !== undefined).map((key) => [key, tree[key]]),
  );
}

function setAt(tree: Record<string, unknown>, path: string, value: unknown): void {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) tree[key] = value;
  else setAt((tree[key] ??= {}) as Record<string, unknown>, rest.join("."), value);
}

function flat(tree: Fields, prefix: string): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(tree)) {
    if (isTable(value)) { for (const [field, inner] of flat(value, `${prefix}${key}.`)) found.set(field, inner); }
    else found.set(prefix + key, value);
  }
  return found;
}

/** Longer lists are counted, not told. */
const TOLD = 6;

function shown(value: unknown): string {
  if (value === undefined || value === "") return "none";
  if (Array.isArray(value)) {
    if (value.length === 0) return "none";
    if (value.length === 1) return shown(value[0]);
    const rest = value.length - TOLD;
    return `[${value.slice(0, TOLD).map(shown).join(", ")}${rest > 0 ? `, … ${rest} more` : ""}]`;
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (isTable(value)) return Object.entries(value).map(([key, inner]) => `${key} ${shown(inner)}`).join(" ");
  const text = String(value);
  // Free text may hold anything; a line for people stays one line.
  return /^[!-~]+$/.test(text) ? text : JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}

function labelOf(part: Part): string {
  return typeof part.name === "string" ? part.name : part.id;
}

function isSecret(field: z.core.$ZodType): boolean {
  return [field, bare(field)].some((schema) => {
    const meta = (schema as z.ZodType).meta?.();
    return meta?.secret === true;
  });
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
