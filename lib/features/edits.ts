/** Edits of a document's lists, for the command line and the API alike: each gives a new document and what it touched. */
import { PatronusError } from "../model/error.ts";
import { freeId, slug } from "../model/id.ts";
import type { Alias } from "./aliases/schema.ts";
import { ruleId } from "./allocation.ts";
import type { CollectionPath } from "./collections.ts";
import type { Document } from "./document.ts";
import { type Placer, resolveNames } from "./names.ts";
import {
  collection,
  findItem,
  type Item,
  itemsOf,
  NOUNS,
  placed,
  type Position,
  takenIds,
  usersOf,
  withItems,
} from "./objects.ts";
import { routeId } from "./routes/values.ts";
import { validItem } from "./valid.ts";

export type Fields = Readonly<Record<string, unknown>>;

export interface Edit {
  readonly document: Document;
  readonly item: Item;
}

/** Adds an object with these fields; references may be names. Throws `input` with every finding. */
export function addItem(
  before: Document,
  path: CollectionPath,
  given: Fields,
  at: Position = {},
  placer?: Placer,
): Edit {
  const { references, ordered } = collection(path);
  const id = newId(before, path, given);
  const item = validItem(path, resolveNames(before, references, { ...given, id }, placer));
  const items = itemsOf(before, path);
  const list = ordered ? placed(before, path, items, item, at) : [...items, item];
  return { document: withItems(before, path, list), item };
}

/** What an edit changes of an object. */
export interface ItemChange {
  readonly fields: Fields;
  /** Fields to set back to their defaults. */
  readonly reset?: readonly string[];
  readonly members?: MemberChange;
  readonly at?: Position | null;
}

/** Changes the object of this name or id. Throws `input` with every finding. */
export function changeItem(
  before: Document,
  path: CollectionPath,
  word: string,
  change: ItemChange,
  placer?: Placer,
): Edit {
  const { fields: given, reset = [], members, at = null } = change;
  const old = findItem(before, path, word);
  const fields = merged({ ...old }, given);
  for (const field of reset) delete fields[field];
  const resolved = resolveNames(before, collection(path).references, fields, placer);
  if (members !== undefined) resolved["members"] = changeMembers(before, old, members);
  const item = validItem(path, resolved);
  const items = itemsOf(before, path);
  if (at === null) {
    return { document: withItems(before, path, items.map((each) => each.id === old.id ? item : each)), item };
  }
  const others = items.filter((each) => each.id !== old.id);
  return { document: withItems(before, path, placed(before, path, others, item, at)), item };
}

/** Puts an object of an ordered list in another place. */
export function moveItem(before: Document, path: CollectionPath, word: string, at: Position): Edit {
  const item = findItem(before, path, word);
  const anchor = at.before ?? at.after;
  if (anchor !== undefined && findItem(before, path, anchor).id === item.id) return { document: before, item };
  const others = itemsOf(before, path).filter((each) => each.id !== item.id);
  return { document: withItems(before, path, placed(before, path, others, item, at)), item };
}

/** Takes objects out. Throws `input` while anything refers to one of them. */
export function removeItems(
  before: Document,
  path: CollectionPath,
  words: readonly string[],
): { readonly document: Document; readonly items: readonly Item[] } {
  const items = words.map((word) => findItem(before, path, word));
  const ids = new Set(items.map((item) => item.id));
  const document = withItems(before, path, itemsOf(before, path).filter((item) => !ids.has(item.id)));
  for (const item of items) {
    const users = usersOf(document, path, item.id);
    if (users.length === 0) continue;
    throw new PatronusError("input", `${NOUNS[path]} ${item.name ?? item.id} is in use`, {
      hint: `${users.slice(0, 5).join(", ")}${
        users.length > 5 ? ` and ${users.length - 5} more` : ""
      } would name nothing`,
    });
  }
  return { document, items };
}

/** An id of the user's choice, or one made of the name, the comment, or the fields. */
export function newId(document: Document, path: CollectionPath, given: Fields): string {
  const taken = takenIds(document, path);
  const wanted = given["id"];
  if (typeof wanted === "string") {
    if (taken.has(wanted)) {
      throw new PatronusError("input", `there is already a ${NOUNS[path]} ${wanted}`, { hint: "choose another --id" });
    }
    return wanted;
  }
  const text = (field: string) => typeof given[field] === "string" ? String(given[field]) : "";
  const words = (field: string) => Array.isArray(given[field]) ? given[field].slice(0, 2).join(" ") : text(field);
  const comment = text("comment").split(/\s+/).slice(0, 5).join(" ");
  const fields = ["action", "type", "protocol", "in", "out", "destination", "destination_port", "icmp_type"].map(words);
  if (text("name") !== "") return freeId(slug(text("name")), taken);
  if (path === "routes") return freeId(routeId(text("destination")), taken);
  return freeId(ruleId(slug(comment || fields.filter((word) => word !== "").join(" "))), taken);
}

/** Fields with others in their places; of a field that has fields of its own, only those that are given. */
export function merged(old: Fields, given: Fields): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...old };
  for (const [key, value] of Object.entries(given)) {
    const before = old[key];
    fields[key] = isTree(before) && isTree(value) ? { ...before, ...value } : value;
  }
  return fields;
}

function isTree(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Members to put into an alias and to take out. */
export interface MemberChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

function changeMembers(document: Document, item: Item, change: MemberChange): string[] {
  const resolve = (members: readonly string[]) =>
    (resolveNames(document, collection("aliases").references, { members })["members"] ?? []) as string[];
  const old = (item as Alias).members;
  const remove = new Set(resolve(change.remove));
  const missing = [...remove].find((member) => !old.includes(member));
  if (missing !== undefined) {
    throw new PatronusError("input", `${item.name ?? item.id} has no member ${missing}`, {
      hint: `patronus alias show ${item.name ?? item.id} lists them`,
    });
  }
  const present = new Set(old);
  return [
    ...old.filter((member) => !remove.has(member)),
    ...resolve(change.add).filter((member) => !present.has(member)),
  ];
}
