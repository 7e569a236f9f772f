/**
 * Normal form and written form of the document (see features/document.ts).
 *
 * Written: zones and aliases are tables keyed by name, references are names, defaults are left out, and a list of one is
 * its element. An id is left out where an import would make the same one of the name. Rules always show theirs: what their id
 * would be made of, comment and place, is what people edit.
 */
import { type Collection, COLLECTIONS, NAMESPACES, SINGLETONS } from "../features/collections.ts";
import { complaints } from "../features/complaint.ts";
import { type Document, document as schema, SCHEMAS } from "../features/document.ts";
import { error } from "../features/finding.ts";
import { type Finding, PatronusError } from "../model/error.ts";
import { type Flaws, identify, placer, unfold } from "./entries.ts";
import { hazards, withoutDates } from "./hazards.ts";
import { base, impliedIds } from "./ids.ts";
import { parts, settings } from "./parts.ts";
import { toNames, translate, withIds } from "./references.ts";
import { errorsInRest } from "./rest.ts";
import { isTable, type Table } from "./table.ts";
import { writer } from "./writer.ts";

/** A document, or null and the errors that stand in its way. */
export interface Reading {
  readonly document: Document | null;
  readonly findings: Finding[];
}

/**
 * Reads the written form, as TOML or JSON gave it. All findings at once: where the form of one part is wrong, what `check`
 * has against the others is among them. A document that is given back is yet to be checked. Never throws.
 */
export function fromWritten(value: unknown): Reading {
  const findings = hazards(value);
  if (findings.length > 0) return { document: null, findings };
  const plain = withoutDates(value);
  if (!isTable(plain)) {
    return { document: null, findings: [error("", "a document is a table of sections, as [firewall]")] };
  }

  const flaws: Flaws = { findings, entries: new Set(), collections: new Set() };
  const { input, entries } = unfold(plain, flaws);
  identify(entries, findings);
  const parsed = schema.safeParse(input);
  if (parsed.success && findings.length === 0) return { document: withIds(parsed.data), findings };
  const issues = parsed.error?.issues ?? [];
  const place = placer(entries);
  for (const issue of issues) findings.push(...complaints(schema, issue, input, place));
  findings.push(...errorsInRest(input, entries, issues, flaws));
  return { document: null, findings };
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

/** Objects whose id an import would make by itself. */
function impliedOf(document: Document): ReadonlySet<unknown> {
  const found = new Set<unknown>();
  for (const { collections, reserved } of NAMESPACES) {
    const named = COLLECTIONS.filter(({ path, kind }) => collections.includes(path) && kind !== undefined)
      .flatMap(({ path }) => parts(document, path).map((part) => ({ part, base: base(path, part) })));
    const implied = impliedIds(named.map(({ part: { id }, base }) => ({ id, base })), reserved);
    for (const { part } of named) if (implied.has(part.id)) found.add(part);
  }
  return found;
}

/** Sets a value at a dotted path; empty lists and tables are left out. */
function put(tree: Table, path: string, value: unknown): void {
  if (typeof value === "object" && value !== null && Object.keys(value).length === 0) return;
  const [section = "", list] = path.split(".");
  if (list === undefined) tree[section] = value;
  else tree[section] = { ...(isTable(tree[section]) ? tree[section] : {}), [list]: value };
}
