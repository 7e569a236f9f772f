/** What the commands of one kind of interface do. */
import type { Input, Option, Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import type { Document } from "../document.ts";
import { resolveNames } from "../names.ts";
import { findItem } from "../objects.ts";
import { givenFields, schemaOptions } from "../options.ts";
import type { Session } from "../session.ts";
import * as verbs from "../verbs.ts";
import { adopting } from "./adopt.ts";
import type { CommandKind } from "./kind_commands.ts";
import type { NetworkInterface } from "./schema.ts";
import { kindsOf, VIRTUAL } from "./values.ts";
import { bond, bridge, vlan } from "./virtual.ts";

const SCHEMAS = { vlan, bridge, bond } as const;
const INTERFACE: readonly ["interface"] = ["interface"];

/** The kind's own fields without its name in front, and those that every interface has. */
export function options(kind: CommandKind, purpose: "add" | "edit"): Option[] {
  const own = schemaOptions(SCHEMAS[kind], {
    references: { parent: INTERFACE, members: INTERFACE },
    edit: purpose === "edit",
  });
  const common = verbs.objectOptions("interfaces", purpose).filter(({ name }) =>
    !VIRTUAL.some((each) => name === each || name.startsWith(`${each}-`)) && !own.some((option) => option.name === name)
  );
  return [...own, ...common];
}

/** What it is made of or on may be a device that has no name here yet. */
export async function add(kind: CommandKind, input: Input, session: Session): Promise<Output> {
  const fields = { name: input.word("NAME"), [kind]: givenFields(SCHEMAS[kind], input) };
  const prepare = await adopting([...input.list("members"), input.text("parent") ?? ""], session);
  return await verbs.add("interfaces", input, session, fields, prepare);
}

export async function set(kind: CommandKind, input: Input, session: Session): Promise<Output> {
  find(await session.document(), kind, input.word("NAME"));
  const own = givenFields(SCHEMAS[kind], input);
  const fields = Object.keys(own).length === 0 ? {} : { [kind]: own };
  return await verbs.edit("interfaces", input.word("NAME"), input, session, { fields });
}

export async function join(kind: "bridge" | "bond", input: Input, session: Session): Promise<Output> {
  const prepare = await adopting(input.rest("MEMBER"), session);
  const document = prepare(await session.document());
  const old = membersOf(find(document, kind, input.word("NAME")), kind);
  const added = resolved(document, input.rest("MEMBER"));
  const members = [...old, ...added.filter((id) => !old.includes(id))];
  return await withMembers(kind, input, session, members, prepare);
}

export async function leave(kind: "bridge" | "bond", input: Input, session: Session): Promise<Output> {
  const document = await session.document();
  const item = find(document, kind, input.word("NAME"));
  const old = membersOf(item, kind);
  const removed = resolved(document, input.rest("MEMBER"));
  const missing = removed.find((id) => !old.includes(id));
  if (missing !== undefined) {
    throw new PatronusError("input", `${missing} is no member of ${item.name}`, {
      hint: `patronus ${kind} list shows the members`,
    });
  }
  return await withMembers(kind, input, session, old.filter((id) => !removed.includes(id)));
}

export async function remove(kind: CommandKind, input: Input, session: Session): Promise<Output> {
  const document = await session.document();
  for (const word of input.rest("NAME")) find(document, kind, word);
  return await verbs.remove("interfaces", input.rest("NAME"), session);
}

/** The interface of that name, which must be of the kind. */
function find(document: Document, kind: CommandKind, word: string): NetworkInterface {
  const item = findItem(document, "interfaces", word) as NetworkInterface;
  if (kindsOf(item).includes(kind)) return item;
  throw new PatronusError("input", `${item.name} is no ${kind}`, { hint: `patronus ${kind} list shows what there is` });
}

function membersOf(item: NetworkInterface, kind: "bridge" | "bond"): readonly string[] {
  return item[kind]?.members ?? [];
}

function resolved(document: Document, words: readonly string[]): string[] {
  return resolveNames(document, { members: INTERFACE }, { members: words })["members"] as string[];
}

function withMembers(
  kind: "bridge" | "bond",
  input: Input,
  session: Session,
  members: readonly string[],
  prepare: (document: Document) => Document = (document) => document,
): Promise<Output> {
  return verbs.edit("interfaces", input.word("NAME"), input, session, { fields: { [kind]: { members } }, prepare });
}
