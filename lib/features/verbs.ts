/** What `add`, `edit`, `move`, `delete` and their like do, for every list of the document. */
import type { Block, Input, Option, Output } from "../model/command.ts";
import { PatronusError } from "../model/error.ts";
import type { Alias } from "./aliases/schema.ts";
import type { CollectionPath } from "./collections.ts";
import { type Document, SCHEMAS } from "./document.ts";
import { addItem, changeItem, type MemberChange, moveItem, newId, removeItems } from "./edits.ts";
import type { Rule } from "./firewall/schema.ts";
import type { NetworkInterface } from "./interfaces/schema.ts";
import { interfaceWords } from "./interfaces/words.ts";
import { nameLookup } from "./names.ts";
import type { NatRule } from "./nat/schema.ts";
import { collection, findItem, type Item, itemsOf, NOUNS, placed, type Position, withItems } from "./objects.ts";
import type { Route } from "./routes/schema.ts";
import { routeWords } from "./routes/words.ts";
import { givenFields, schemaOptions } from "./options.ts";
import type { Session } from "./session.ts";
import { validItem } from "./valid.ts";
import { aliasWords, HINT_PLAN, list, natWords, ruleWords, zoneWords } from "./words.ts";
import type { Zone } from "./zones/schema.ts";

/** Short spellings that every firewall user's fingers know. */
const ALIASES = {
  source_port: ["sport"],
  destination_port: ["dport"],
  source: ["src"],
  destination: ["dst"],
  addresses: ["ip"],
  gateway: ["via"],
};

const PLACEMENT: readonly Option[] = [
  { name: "before", type: "text", value: "ID", description: "Put it in front of that one" },
  { name: "after", type: "text", value: "ID", description: "Put it behind that one" },
  { name: "first", type: "flag", description: "Put it in front of all others" },
  { name: "last", type: "flag", description: "Put it behind all others" },
  { name: "position", type: "text", value: "N", description: "Make it number N of its chain, counted from 1" },
];

/** Options that say where an object of an ordered list goes. */
export function placementOptions(path: CollectionPath): Option[] {
  const completes = path === "nat.rules" ? "nat-rule" : "rule";
  return PLACEMENT.map((option) => option.value === "ID" ? { ...option, completes } : option);
}

/** Options of `add` or `edit`, from the schema. */
export function objectOptions(path: CollectionPath, purpose: "add" | "edit"): Option[] {
  const { references, ordered } = collection(path);
  const edit = purpose === "edit";
  const leave = [
    "name",
    ...(edit || !ordered ? ["id"] : []),
    ...(path === "aliases" && !edit ? ["members"] : []),
    ...(path === "routes" ? ["hops"] : []),
  ];
  const options = schemaOptions(SCHEMAS[path], { leave, aliases: ALIASES, references, edit })
    .map((option) =>
      option.name === "id"
        ? {
          ...option,
          required: false,
          description: `${option.description}; made from the comment or the fields where it is left out`,
        }
        : option
    );
  if (edit) {
    options.push({
      name: "reset",
      type: "list",
      value: "FIELD",
      values: Object.keys(SCHEMAS[path].shape).filter((field) => !leave.includes(field)).map((field) =>
        field.replaceAll("_", "-")
      ),
      description: "Set a field back to its default",
    });
  }
  return ordered ? [...options, ...placementOptions(path)] : options;
}

function positionOf(input: Input): Position | null {
  const before = input.text("before");
  const after = input.text("after");
  const typed = input.text("position");
  const first = input.flag("first") === true;
  const last = input.flag("last") === true;
  const given = [before !== undefined, after !== undefined, typed !== undefined, first, last].filter(Boolean).length;
  if (given === 0) return null;
  if (given > 1) {
    throw new PatronusError("usage", "more than one place", {
      hint: "give one of --before, --after, --position, --first, --last",
    });
  }
  if (typed !== undefined && !/^[1-9]\d{0,6}$/.test(typed)) {
    throw new PatronusError("usage", `--position cannot be ${typed}`, { hint: "it is a number from 1" });
  }
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(typed === undefined ? {} : { number: Number(typed) }),
    first,
    last,
  };
}

/** `add`: a new object at the end of its list, or where the options say. */
export async function add(
  path: CollectionPath,
  input: Input,
  session: Session,
  more: Record<string, unknown> = {},
  prepare: (document: Document) => Document = (document) => document,
): Promise<Output> {
  const at = positionOf(input) ?? {};
  const given = { ...givenFields(SCHEMAS[path], input), ...more };
  let added: Item | undefined;
  const document = await session.edit((unprepared) => {
    const edit = addItem(prepare(unprepared), path, given, at);
    added = edit.item;
    return edit.document;
  });
  return report("added", path, document, added === undefined ? [] : [added]);
}

/** What an edit changes besides the fields that options were given for. */
export interface EditMore {
  readonly members?: MemberChange;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Done first, in the same edit. */
  readonly prepare?: (document: Document) => Document;
}

/** `edit`: changes the fields that options were given for. */
export async function edit(
  path: CollectionPath,
  word: string,
  input: Input,
  session: Session,
  { members, fields: more = {}, prepare = (document) => document }: EditMore = {},
): Promise<Output> {
  const { ordered } = collection(path);
  const given = { ...givenFields(SCHEMAS[path], input), ...more };
  const reset = input.list("reset").map((name) => name.replaceAll("-", "_"));
  const at = ordered ? positionOf(input) : null;
  if (Object.keys(given).length === 0 && reset.length === 0 && at === null && members === undefined) {
    throw new PatronusError("usage", "nothing to change", {
      hint: "give the fields to change as options; --help lists them",
    });
  }
  let edited: Item | undefined;
  const document = await session.edit((unprepared) => {
    const change = { fields: given, reset, at, ...(members && { members }) };
    const edit = changeItem(prepare(unprepared), path, word, change);
    edited = edit.item;
    return edit.document;
  });
  return report("changed", path, document, edited === undefined ? [] : [edited]);
}

/** `move`: another place in an ordered list. */
export async function move(path: CollectionPath, word: string, input: Input, session: Session): Promise<Output> {
  const at = positionOf(input);
  if (at === null) {
    throw new PatronusError("usage", "where to?", {
      hint: "give one of --before ID, --after ID, --position N, --first, --last",
    });
  }
  let moved: Item | undefined;
  const document = await session.edit((before) => {
    const edit = moveItem(before, path, word, at);
    moved = edit.item;
    return edit.document;
  });
  return report("moved", path, document, moved === undefined ? [] : [moved]);
}

/** `clone`: a copy right behind the original. */
export async function clone(path: CollectionPath, word: string, input: Input, session: Session): Promise<Output> {
  let copy: Item | undefined;
  const document = await session.edit((before) => {
    const original = findItem(before, path, word);
    const wanted = input.text("id");
    const item = validItem(path, {
      ...original,
      id: newId(before, path, { ...(wanted === undefined ? { name: original.id } : { id: wanted }) }),
    });
    copy = item;
    return withItems(before, path, placed(before, path, itemsOf(before, path), item, { after: original.id }));
  });
  return report("added", path, document, copy === undefined ? [] : [copy]);
}

/** `enable` and `disable`. */
export async function toggle(
  path: CollectionPath,
  words: readonly string[],
  enabled: boolean,
  session: Session,
): Promise<Output> {
  let ids = new Set<string>();
  const document = await session.edit((before) => {
    ids = new Set(words.map((word) => findItem(before, path, word).id));
    return withItems(before, path, itemsOf(before, path).map((item) => ids.has(item.id) ? { ...item, enabled } : item));
  });
  return report(
    enabled ? "enabled" : "disabled",
    path,
    document,
    itemsOf(document, path).filter((item) => ids.has(item.id)),
  );
}

/** `delete`: refuses, and changes nothing, while anything refers to one of them. */
export async function remove(path: CollectionPath, words: readonly string[], session: Session): Promise<Output> {
  let removed: readonly Item[] = [];
  await session.edit((before) => {
    const { document, items } = removeItems(before, path, words);
    removed = items;
    return document;
  });
  const what = removed.map((item) => item.name ?? item.id);
  return {
    blocks: [{ kind: "line", text: [{ text: "deleted  ", tone: "bad" }, `${NOUNS[path]} ${list(what)}`] }, HINT_PLAN],
  };
}

/** `rename`: only the name changes; references hold ids. */
export async function rename(path: CollectionPath, word: string, name: string, session: Session): Promise<Output> {
  let renamed: Item | undefined;
  const document = await session.edit((before) => {
    const item = validItem(path, { ...findItem(before, path, word), name });
    renamed = item;
    return withItems(before, path, itemsOf(before, path).map((each) => each.id === item.id ? item : each));
  });
  return report("renamed", path, document, renamed === undefined ? [] : [renamed]);
}

/** An object in one line of words. */
export function itemWords(path: CollectionPath, item: Item, document: Document): string {
  const names = nameLookup(document);
  switch (path) {
    case "firewall.rules":
      return `${item.id}  ${ruleWords(item as Rule, names)}`;
    case "nat.rules":
      return `${item.id}  ${natWords(item as NatRule, names)}`;
    case "aliases":
      return aliasWords(item as Alias, names);
    case "zones":
      return zoneWords(item as Zone, names);
    case "interfaces":
      return interfaceWords(item as NetworkInterface, names);
    case "routes":
      return routeWords(item as Route, names);
    case "firewall.chains":
      return `chain ${item.name ?? item.id}`;
  }
}

function report(done: string, path: CollectionPath, document: Document, items: readonly Item[]): Output {
  const lines = items.map((item): Block => ({
    kind: "line",
    text: [{ text: `${done}  `, tone: "good" }, itemWords(path, item, document)],
  }));
  return { blocks: [...lines, HINT_PLAN] };
}
