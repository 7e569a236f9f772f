/** The lists and sections of the caller's candidate, object by object: the same for every kind. */
import { settings } from "../../config/parts.ts";
import type { CollectionPath, SingletonPath } from "../../features/collections.ts";
import { SINGLETONS } from "../../features/collections.ts";
import { type Document, SCHEMAS } from "../../features/document.ts";
import { addItem, changeItem, type Edit, merged, moveItem, removeItems } from "../../features/edits.ts";
import { EMPTY } from "../../features/empty.ts";
import type { Rule } from "../../features/firewall/schema.ts";
import { resolveNames } from "../../features/names.ts";
import { collection, type Item, itemsOf, NOUNS, type Position } from "../../features/objects.ts";
import { searcher } from "../../features/search.ts";
import { valid } from "../../features/valid.ts";
import { itemWords } from "../../features/verbs.ts";
import { PatronusError } from "../../model/error.ts";
import { editCandidate } from "../edit.ts";
import { type Body, objectOf } from "./body.ts";
import type { Place } from "./operations.ts";
import { RequestError } from "./protocol.ts";

export interface ListArguments {
  readonly path: CollectionPath;
  /** What fields must be, as text; of a field that is a list, one of its values. */
  readonly where: Readonly<Record<string, string>>;
  /** Words, or an address or port that a rule would match, also inside an alias. */
  readonly search?: string | undefined;
  /** A field, with `-` in front in falling order; left out, the document's order. */
  readonly sort?: string | undefined;
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
}

export interface Page {
  readonly items: readonly Item[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly page: number;
  readonly perPage: number;
}

/** Throws `malformed` where a field to filter or sort by is none of the list's. */
export function list({ engine, caller }: Place, given: ListArguments): Page {
  const { path, where, search, sort, page, perPage } = given;
  const document = candidateOf(engine.store, caller.user);
  const conditions = Object.entries(where);
  for (const [field] of conditions) refuseUnknownField(path, field);
  let items = itemsOf(document, path).filter((item) =>
    conditions.every(([field, value]) => has((item as unknown as Record<string, unknown>)[field], value))
  );
  if (search !== undefined && search !== "") items = items.filter(searching(document, path, search));
  if (sort !== undefined) items = sorted(path, items, sort);
  return {
    items: items.slice((page - 1) * perPage, page * perPage),
    total: items.length,
    page,
    perPage,
  };
}

export interface OneArguments {
  readonly path: CollectionPath;
  /** Id or name. */
  readonly id: string;
}

export function get({ engine, caller }: Place, { path, id }: OneArguments): Item {
  return existing(candidateOf(engine.store, caller.user), path, id);
}

export interface CreateArguments {
  readonly path: CollectionPath;
  readonly body: Body;
  readonly at: Position;
}

export function create(place: Place, { path, body, at }: CreateArguments): Item {
  const fields = objectOf(body);
  return edit(place, (before) => {
    const id = fields["id"];
    if (typeof id === "string" && itemsOf(before, path).some((item) => item.id === id)) {
      throw new PatronusError("conflict", `there is already a ${NOUNS[path]} ${id}`);
    }
    return addItem(before, path, fields, position(before, path, at), (field) => `${path}.${field}`);
  });
}

/** Merges the fields into the object (RFC 7396): null sets one back to its default. */
export function patch(place: Place, { path, id, body }: OneArguments & { readonly body: Body }): Item {
  const { fields, reset } = merge(objectOf(body));
  return edit(place, (before) => {
    const old = existing(before, path, id);
    if (reset.includes("id") || (fields["id"] !== undefined && fields["id"] !== old.id)) {
      throw new PatronusError("input", `the id of a ${NOUNS[path]} cannot change`, {
        findings: [{ severity: "error", path: `${path}[${old.name ?? old.id}].id`, message: "an id is immutable" }],
      });
    }
    return changeItem(before, path, old.id, { fields, reset }, (field) => `${path}[${old.name ?? old.id}].${field}`);
  });
}

export function move(place: Place, { path, id, at }: OneArguments & { readonly at: Position }): Item {
  return edit(place, (before) => moveItem(before, path, existing(before, path, id).id, position(before, path, at)));
}

/** Refused while anything refers to it. */
export function remove(place: Place, { path, id }: OneArguments): null {
  edit(place, (before) => {
    const item = existing(before, path, id);
    return { document: removeItems(before, path, [item.id]).document, item };
  });
  return null;
}

export function getSettings({ engine, caller }: Place, { path }: { readonly path: SingletonPath }): unknown {
  return settings(candidateOf(engine.store, caller.user), singleton(path));
}

export function patchSettings(
  { engine, caller, guard }: Place,
  { path, body }: { readonly path: SingletonPath; readonly body: Body },
): unknown {
  const { fields, reset } = merge(objectOf(body));
  const { references } = singleton(path);
  const document = editCandidate(engine.store, caller.user, (before) => {
    guard();
    const next = merged(settings(before, singleton(path)), fields);
    for (const field of reset) delete next[field];
    const resolved = resolveNames(before, references, next, (field) => `${path}.${field}`);
    const section = valid(path, SCHEMAS[path], resolved, path);
    return { ...before, [path]: { ...before[path], ...section } };
  });
  return settings(document, singleton(path));
}

function edit({ engine, caller, guard }: Place, change: (before: Document) => Edit): Item {
  let item: Item | undefined;
  editCandidate(engine.store, caller.user, (before) => {
    guard();
    const done = change(before);
    item = done.item;
    return done.document;
  });
  if (item === undefined) throw new RangeError("an edit that edits nothing");
  return item;
}

type Store = Place["engine"]["store"];

function candidateOf(store: Store, user: string): Document {
  const head = store.head();
  return store.candidate(user)?.document ?? (head === null ? EMPTY : store.document(head.number));
}

function existing(document: Document, path: CollectionPath, word: string): Item {
  const items = itemsOf(document, path);
  const found = items.find(({ id }) => id === word) ?? items.find(({ name }) => name === word);
  if (found !== undefined) return found;
  throw new RequestError("missing", `there is no ${NOUNS[path]} ${word}`);
}

function position(document: Document, path: CollectionPath, at: Position): Position {
  if (!collection(path).ordered && Object.keys(at).length > 0) {
    throw new RequestError("malformed", `the order of ${path} has no meaning, so nothing can be put in a place`);
  }
  for (const word of [at.before, at.after]) if (word !== undefined) existing(document, path, word);
  return at;
}

/** Fields to set, and fields that are null. */
function merge(body: Readonly<Record<string, unknown>>) {
  const reset = Object.keys(body).filter((field) => body[field] === null);
  const fields = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  return { fields, reset };
}

function singleton(path: SingletonPath) {
  const found = SINGLETONS.find((each) => each.path === path);
  if (found === undefined) throw new RangeError(`the document has no section ${path}`);
  return found;
}

function refuseUnknownField(path: CollectionPath, field: string): void {
  const fields = Object.keys(SCHEMAS[path].shape);
  if (fields.includes(field)) return;
  throw new RequestError("malformed", `${path} have no field ${field}`, `they have ${fields.join(", ")}`);
}

function has(field: unknown, value: string): boolean {
  return Array.isArray(field) ? field.some((each) => String(each) === value) : String(field ?? "") === value;
}

function searching(document: Document, path: CollectionPath, term: string): (item: Item) => boolean {
  if (path === "firewall.rules" || path === "nat.rules") {
    const find = searcher(term, document);
    return (item) => find(item as Rule, itemWords(path, item, document));
  }
  const lower = term.toLowerCase();
  return (item) => JSON.stringify(item).toLowerCase().includes(lower);
}

function sorted(path: CollectionPath, items: readonly Item[], sort: string): Item[] {
  const [falling, field] = sort.startsWith("-") ? [true, sort.slice(1)] : [false, sort];
  refuseUnknownField(path, field);
  const key = (item: Item) => {
    const value = (item as unknown as Record<string, unknown>)[field];
    return typeof value === "number" ? value : typeof value === "object" ? JSON.stringify(value) : String(value ?? "");
  };
  const order = [...items].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  return falling ? order.reverse() : order;
}
