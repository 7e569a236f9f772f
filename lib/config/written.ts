/**
 * Normal form and written form of the document (see features/document.ts).
 *
 * Written: zones and aliases are tables keyed by name, references are names, defaults are left out, and a list of one is
 * its element. An id is left out where an import would make the same one of the name. Rules always show theirs: what their id
 * would be made of, comment and place, is what people edit.
 */
import { type Collection, type CollectionPath, COLLECTIONS, NAMESPACES, SINGLETONS } from "../features/collections.ts";
import { type Document, document as schema, SCHEMAS } from "../features/document.ts";
import { type Finding, PatronusError } from "../model/error.ts";
import { ID } from "../model/id.ts";
import { complaints } from "../features/complaint.ts";
import { base, fillIds, impliedIds } from "./ids.ts";
import { assemble, byName, parts, settings } from "./parts.ts";
import { toIds, toNames, translate } from "./references.ts";
import { writer } from "./writer.ts";

/** A document, or null and the errors that stand in its way. */
export interface Reading {
  readonly document: Document | null;
  readonly findings: Finding[];
}

/** Deeper than any document is. */
const DEEPEST = 16;

/** Reads the written form, as TOML or JSON gave it. All findings at once; never throws. */
export function fromWritten(value: unknown): Reading {
  const findings = hazards(value, "", 0);
  if (!isTable(value)) findings.push(wrong("", "a document is a table of sections, as [firewall]"));
  if (findings.length > 0 || !isTable(value)) return { document: null, findings };

  const { input, entries } = unfold(value, findings);
  identify(entries, findings);
  const parsed = schema.safeParse(input);
  const place = placer(entries);
  for (const issue of parsed.error?.issues ?? []) findings.push(...complaints(schema, issue, input, place));
  if (!parsed.success || findings.length > 0) return { document: null, findings };

  const named = parsed.data;
  const ids = toIds(named);
  const lists = new Map(COLLECTIONS.map(({ path, references, ordered }) => {
    const list = parts(named, path).map((part) => translate(part, references, ids));
    return [path, ordered ? list : list.sort(byName)];
  }));
  const singletons = new Map(SINGLETONS.map((singleton) => [
    singleton.path,
    translate(settings(named, singleton), singleton.references, ids),
  ]));
  return { document: assemble(lists, singletons), findings };
}

const WRITERS = new Map<string, ReturnType<typeof writer>>(
  Object.entries(SCHEMAS).map(([path, schema]) => [path, writer(schema)]),
);

/** The written form as plain values, its keys in the schema's order. Throws where two objects of a keyed list share a name. */
export function toWritten(document: Document): Record<string, unknown> {
  const names = toNames(document);
  const implied = impliedOf(document);
  const written: Record<string, unknown> = { schema: document.schema };
  for (const key of Object.keys(schema.shape)) {
    const singleton = SINGLETONS.find(({ path }) => path === key);
    if (singleton !== undefined) {
      const shown = translate(settings(document, singleton), singleton.references, names);
      put(written, key, WRITERS.get(key)?.(shown) ?? {});
    }
    for (const collection of COLLECTIONS.filter(({ path }) => path === key || path.startsWith(`${key}.`))) {
      put(written, collection.path, writeCollection(document, collection));
    }
  }
  return written;

  function writeCollection(document: Document, { path, references, keyed, kind }: Collection): unknown {
    const write = WRITERS.get(path);
    const shown = parts(document, path).map((part) => {
      const object = write?.(translate(part, references, names)) ?? {};
      if (kind !== undefined && implied.has(part)) delete object.id;
      return object;
    });
    if (keyed !== true) return shown;
    const table: Record<string, unknown> = {};
    for (const { name, ...rest } of shown) {
      const key = String(name);
      if (Object.hasOwn(table, key)) throw new PatronusError("input", `${path}: the name ${key} occurs twice`);
      table[key] = rest;
    }
    return table;
  }
}

/** An object of a collection as it was written, with its place in words. */
interface Entry {
  readonly collection: Collection;
  readonly object: unknown;
  readonly place: string;
}

type Entries = ReadonlyMap<CollectionPath, readonly Entry[]>;

/** Turns keyed tables into lists; the copies may be changed. What is no table or list stays for the schema to refuse. */
function unfold(value: Table, findings: Finding[]): { input: Table; entries: Entries } {
  const input: Table = { ...value };
  const entries = new Map<CollectionPath, Entry[]>();
  for (const collection of COLLECTIONS) {
    const [section = "", list] = collection.path.split(".");
    let owner = input;
    if (list !== undefined) {
      const inside = input[section];
      if (!isTable(inside)) continue;
      input[section] = owner = { ...inside };
    }
    const key = list ?? section;
    const found: Entry[] = [];
    const given = owner[key];
    if (collection.keyed === true && isTable(given)) {
      for (const [name, object] of Object.entries(given)) {
        const place = `${collection.path}.${name}`;
        if (isTable(object) && Object.hasOwn(object, "name")) {
          findings.push(wrong(`${place}.name`, "unknown key name", `the name is the key already: [${place}]`));
        }
        found.push({ collection, place, object: isTable(object) ? { ...object, name } : object });
      }
    } else if (collection.keyed !== true && Array.isArray(given)) {
      for (const [index, object] of given.entries()) {
        const label = isTable(object) ? [object.id, object.name].find((word) => typeof word === "string") : undefined;
        const place = `${collection.path}[${label ?? index}]`;
        found.push({ collection, place, object: isTable(object) ? { ...object } : object });
      }
    } else {
      if (given !== undefined) {
        findings.push(wrong(
          collection.path,
          collection.keyed === true
            ? `expected tables by name, as [${collection.path}.NAME]`
            : `expected a list of tables, as [[${collection.path}]]`,
        ));
      }
      delete owner[key];
      continue;
    }
    entries.set(collection.path, found);
    owner[key] = found.map(({ object }) => object);
  }
  return { input, entries };
}

/** Gives each object an id, and finds ids and names that occur twice in their namespace. */
function identify(entries: Entries, findings: Finding[]): void {
  for (const { collections, reserved } of NAMESPACES) {
    const all = collections.flatMap((path) => entries.get(path) ?? []);
    const seen = { id: new Map<string, string>(), name: new Map<string, string>() };
    const tables = all.flatMap(({ object, place }) => isTable(object) ? [{ object, place }] : []);
    for (const { object, place } of tables) {
      for (const field of ["id", "name"] as const) {
        const word = object[field];
        if (typeof word !== "string") continue;
        const other = seen[field].get(word);
        if (other !== undefined) {
          findings.push(wrong(`${place}.${field}`, `the ${field} ${word} occurs twice`, `${other} has it as well`));
        }
        seen[field].set(word, place);
      }
      if (typeof object.id === "string" && reserved.includes(object.id)) {
        findings.push(wrong(`${place}.id`, `the id ${object.id} is reserved`));
      }
    }
    const given = (object: Table) => typeof object.id === "string" && ID.test(object.id) ? object.id : undefined;
    const ids = fillIds(tables.map(({ object }) => ({ id: given(object), base: base(object) })), reserved);
    for (const [index, { object }] of tables.entries()) if (object.id === undefined) object.id = ids[index];
  }
}

/** Objects whose id an import would make by itself. */
function impliedOf(document: Document): ReadonlySet<unknown> {
  const found = new Set<unknown>();
  for (const { collections, reserved } of NAMESPACES) {
    const named = COLLECTIONS.filter(({ path, kind }) => collections.includes(path) && kind !== undefined)
      .flatMap(({ path }) => parts(document, path));
    const implied = impliedIds(named.map((part) => ({ id: part.id, base: base(part) })), reserved);
    for (const part of named) if (implied.has(part.id)) found.add(part);
  }
  return found;
}

/** Prints a path of the parsed input as people know it: `firewall.rules[allow-web].source[0]`, `zones.inside.interfaces`. */
function placer(entries: Entries): (path: readonly PropertyKey[]) => string {
  return (path) => {
    const { path: owner } = COLLECTIONS.find(({ path: owner }) => {
      const steps = owner.split(".");
      return typeof path[steps.length] === "number" && steps.every((step, index) => step === path[index]);
    }) ?? {};
    const depth = owner?.split(".").length ?? 0;
    const start = owner === undefined ? "" : entries.get(owner)?.[Number(path[depth])]?.place ?? owner;
    return path.slice(owner === undefined ? 0 : depth + 1).reduce<string>(
      (text, step) =>
        typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`,
      start,
    );
  };
}

/** What no parser should hand on: keys that reach into JavaScript's objects, absurd depth, values that JSON has not. */
function hazards(value: unknown, place: string, depth: number): Finding[] {
  if (typeof value === "bigint") return [wrong(place, "this number is too big")];
  if (typeof value !== "object" || value === null) return [];
  if (value instanceof Date) {
    return [wrong(place, "a date stands where none is expected", "write it as text in quotes")];
  }
  if (depth > DEEPEST) return [wrong(place, "the document is nested too deeply")];
  const found: Finding[] = [];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (typeof item === "object" || typeof item === "bigint") {
        found.push(...hazards(item, `${place}[${index}]`, depth + 1));
      }
    }
    return found;
  }
  for (const [key, field] of Object.entries(value)) {
    const path = place === "" ? key : `${place}.${key}`;
    if (key === "__proto__") found.push(wrong(path, "unknown key __proto__"));
    else found.push(...hazards(field, path, depth + 1));
  }
  return found;
}

function wrong(path: string, message: string, hint?: string): Finding {
  return { severity: "error", path, message, ...(hint === undefined ? {} : { hint }) };
}

/** Sets a value at a dotted path; empty lists and tables are left out. */
function put(tree: Table, path: string, value: unknown): void {
  if (typeof value === "object" && value !== null && Object.keys(value).length === 0) return;
  const [section = "", list] = path.split(".");
  if (list === undefined) tree[section] = value;
  else tree[section] = { ...(isTable(tree[section]) ? tree[section] : {}), [list]: value };
}

type Table = Record<string, unknown>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
