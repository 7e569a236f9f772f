/** A whole document becomes the caller's candidate. */
import { type Format, read } from "../../config/format.ts";
import { assemble, type Part, settings } from "../../config/parts.ts";
import { COLLECTIONS, SCHEMA_VERSION, SINGLETONS } from "../../features/collections.ts";
import type { Document } from "../../features/document.ts";
import { check } from "../../features/mod.ts";
import { type Finding, PatronusError } from "../../model/error.ts";
import { editCandidate } from "../edit.ts";
import { type Body, objectOf, textOf } from "./body.ts";
import type { Place } from "./operations.ts";
import { RequestError } from "./protocol.ts";

/** `written`: as people and files have it. `normal`: as the program has it, every id and default said. */
export type Form = "written" | "normal";

export interface ImportArguments {
  readonly body: Body;
  readonly format: Format;
  readonly form: Form;
}

/** Gives what is worth knowing of the document all the same. Throws `input` with everything that is wrong. */
export function importDocument(
  { engine, caller, guard }: Place,
  { body, format, form }: ImportArguments,
): { readonly findings: readonly Finding[] } {
  const document = form === "normal" ? normalDocument(objectOf(body)) : writtenDocument(textOf(body), format);
  editCandidate(engine.store, caller.user, () => {
    guard();
    return document;
  });
  return { findings: check(document) };
}

function writtenDocument(text: string, format: Format): Document {
  if (text.trim() === "") throw new RequestError("malformed", "there is nothing in the body");
  const { document, findings } = read(text, format);
  const all = document === null ? findings : [...findings, ...check(document)];
  if (document !== null && !all.some(({ severity }) => severity === "error")) return document;
  throw new PatronusError("input", "that is not a valid configuration; your candidate stays as it was", {
    findings: all,
  });
}

/** A document whose lists and sections are such; what is in them is checked where it differs from what was there. */
function normalDocument(value: Readonly<Record<string, unknown>>): Document {
  if (value["schema"] !== SCHEMA_VERSION) throw malformed("schema", `expected ${SCHEMA_VERSION}`);
  const lists = new Map(COLLECTIONS.map(({ path }) => [path as string, partsAt(value, path)]));
  const sections = new Map(SINGLETONS.map((singleton) => {
    if (!isTable(value[singleton.path])) throw malformed(singleton.path, "expected an object");
    return [singleton.path as string, settings(value as unknown as Document, singleton)];
  }));
  const document = assemble(lists, sections);
  for (const [key, given] of Object.entries(value)) {
    if (!Object.hasOwn(document, key)) throw malformed(key, "unknown key");
    const own = document[key as keyof Document];
    const strange = isTable(given) && !Array.isArray(given) &&
      Object.keys(given).find((each) => !(each in (own as object)));
    if (strange) throw malformed(`${key}.${strange}`, "unknown key");
  }
  return document;
}

function partsAt(value: Readonly<Record<string, unknown>>, path: string): Part[] {
  const [section = "", list] = path.split(".");
  const outer = value[section];
  const found = list === undefined ? outer : isTable(outer) ? outer[list] : undefined;
  if (!Array.isArray(found)) throw malformed(path, "expected a list");
  const ids = new Set<string>();
  for (const [index, part] of found.entries()) {
    const id = isTable(part) ? part["id"] : undefined;
    if (typeof id !== "string") throw malformed(`${path}[${index}]`, "expected an object with an id");
    if (ids.has(id)) throw malformed(`${path}[${index}].id`, `the id ${id} stands in it twice`);
    ids.add(id);
  }
  return found as Part[];
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(path: string, message: string): PatronusError {
  return new PatronusError("input", "that is no document in normal form", {
    findings: [{ severity: "error", path, message }],
  });
}
