/** The objects of the written form: taken out of their tables and lists, each with its place and an id. */
import { type Collection, type CollectionPath, COLLECTIONS, NAMESPACES } from "../features/collections.ts";
import { error } from "../features/finding.ts";
import type { Finding } from "../model/error.ts";
import { ID } from "../model/id.ts";
import { base, fillIds } from "./ids.ts";
import { isTable, type Table } from "./table.ts";

/** An object of a collection as it was written, with its place in words. */
export interface Entry {
  readonly collection: Collection;
  readonly object: unknown;
  readonly place: string;
  /** Where it has one that could be read. */
  readonly name?: string;
}

export type Entries = ReadonlyMap<CollectionPath, readonly Entry[]>;

/** What is wrong with a document, and which parts of it are therefore left out. */
export interface Flaws {
  readonly findings: Finding[];
  readonly entries: Set<Entry>;
  /** Lists that cannot be told apart into objects. */
  readonly collections: Set<CollectionPath>;
}

/** Turns keyed tables into lists; the copies may be changed. What is no table or list is a flaw and goes. */
export function unfold(value: Table, flaws: Flaws): { input: Table; entries: Entries } {
  const input: Table = { ...value };
  const entries = new Map<CollectionPath, readonly Entry[]>();
  for (const collection of COLLECTIONS) {
    const [section = "", list] = collection.path.split(".");
    let owner = input;
    if (list !== undefined) {
      const inside = input[section];
      if (!isTable(inside)) {
        // The schema has its own word about the section.
        if (inside !== undefined) flaws.collections.add(collection.path);
        continue;
      }
      input[section] = owner = { ...inside };
    }
    const key = list ?? section;
    const given = owner[key];
    if (given === undefined) continue;
    const found = entriesOf(collection, given, flaws);
    if (found === null) {
      const { path, keyed } = collection;
      const expected = keyed === true ? `tables by name, as [${path}.NAME]` : `a list of tables, as [[${path}]]`;
      flaws.findings.push(error(path, `expected ${expected}`));
      flaws.collections.add(path);
      delete owner[key];
    } else {
      entries.set(collection.path, found);
      owner[key] = found.map(({ object }) => object);
    }
  }
  return { input, entries };
}

/** Null where the value is neither a table by name nor a list, whichever the collection is. */
function entriesOf(collection: Collection, given: unknown, flaws: Flaws): Entry[] | null {
  if (collection.keyed !== true) {
    return Array.isArray(given) ? given.map((object, index) => listed(collection, object, index)) : null;
  }
  if (!isTable(given)) return null;
  return Object.entries(given).map(([name, object]) => {
    const place = `${collection.path}.${name}`;
    const entry = { collection, place, name, object: isTable(object) ? { ...object, name } : object };
    if (isTable(object) && Object.hasOwn(object, "name")) {
      const hint = `the name is the key already: [${place}]`;
      flaws.findings.push(error(`${place}.name`, "unknown key name", hint));
      flaws.entries.add(entry);
    }
    return entry;
  });
}

function listed(collection: Collection, object: unknown, index: number): Entry {
  if (!isTable(object)) return { collection, place: `${collection.path}[${index}]`, object };
  const text = (field: unknown) => typeof field === "string" ? field : undefined;
  const name = collection.kind === undefined ? undefined : text(object.name);
  const place = `${collection.path}[${name ?? text(object.id) ?? index}]`;
  return { collection, place, object: { ...object }, ...(name === undefined ? {} : { name }) };
}

/** Gives each object an id, and finds ids and names that occur twice in their namespace. */
export function identify(entries: Entries, findings: Finding[]): void {
  for (const { collections, reserved } of NAMESPACES) {
    const all = collections.flatMap((path) => entries.get(path) ?? []);
    const seen = { id: new Map<string, string>(), name: new Map<string, string>() };
    const tables = all.flatMap((entry) => isTable(entry.object) ? [{ entry, object: entry.object }] : []);
    for (const { entry: { place }, object } of tables) {
      for (const field of ["id", "name"] as const) {
        const word = object[field];
        if (typeof word !== "string") continue;
        const other = seen[field].get(word);
        if (other !== undefined) {
          findings.push(error(`${place}.${field}`, `the ${field} ${word} occurs twice`, `${other} has it as well`));
        }
        seen[field].set(word, place);
      }
      if (typeof object.id === "string" && reserved.includes(object.id)) {
        findings.push(error(`${place}.id`, `the id ${object.id} is reserved`, "it means something else already"));
      }
    }
    const given = (object: Table) => typeof object.id === "string" && ID.test(object.id) ? object.id : undefined;
    const ids = fillIds(
      tables.map(({ entry, object }) => ({ id: given(object), base: base(entry.collection.path, object) })),
      reserved,
    );
    for (const [index, { object }] of tables.entries()) if (object.id === undefined) object.id = ids[index];
  }
}

/** The object that a path of the parsed input lies in, and how many steps lead to it; undefined outside of all lists. */
export function entryAt(
  entries: Entries,
  path: readonly PropertyKey[],
): { readonly entry: Entry; readonly depth: number } | undefined {
  for (const [owner, list] of entries) {
    const steps = owner.split(".");
    const index = path[steps.length];
    if (typeof index !== "number" || !steps.every((step, place) => step === path[place])) continue;
    const entry = list[index];
    if (entry !== undefined) return { entry, depth: steps.length + 1 };
  }
  return undefined;
}

/** Prints a path of the parsed input as people know it: `firewall.rules[allow-web].source[0]`, `zones.inside.interfaces`. */
export function placer(entries: Entries): (path: readonly PropertyKey[]) => string {
  return (path) => {
    const { entry, depth } = entryAt(entries, path) ?? { depth: 0 };
    return path.slice(depth).reduce<string>(
      (text, step) =>
        typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`,
      entry?.place ?? "",
    );
  };
}
