/** `alias list` and `alias show`. */
import type { Column, Input, Output, Text } from "../../model/command.ts";
import { writtenItems } from "../lists.ts";
import { nameLookup } from "../names.ts";
import { findItem, usersOf } from "../objects.ts";
import { MARKS, pendingChanges } from "../pending.ts";
import type { Session } from "../session.ts";
import { portSetName, setName } from "../scope.ts";
import { list as words } from "../words.ts";
import type { Alias } from "./schema.ts";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "ALIAS", least: 8, wrap: "anywhere", key: true },
  { title: "TYPE", least: 7 },
  { title: "SIZE", align: "right" },
  { title: "MEMBERS", least: 16 },
  { title: "USED", align: "right", drop: 2 },
  { title: "COMMENT", least: 12, drop: 1 },
];

/** Members that a list shows of each alias; `show` shows all. */
const SHOWN = 20;

export async function list(session: Session): Promise<Output> {
  const document = await session.document();
  const names = nameLookup(document);
  const pending = pendingChanges((await session.applied())?.aliases ?? null, document.aliases, false);
  const rows = document.aliases.map((alias): Text[] => {
    const mark = pending.get(alias.id);
    const users = usersOf(document, "aliases", alias.id).length;
    return [
      mark === undefined ? "" : MARKS[mark],
      { text: alias.name, tone: "strong" },
      alias.type,
      String(alias.members.length),
      words(alias.members.slice(0, SHOWN), names),
      { text: String(users), tone: users === 0 ? "warn" : "plain" },
      alias.comment,
    ];
  });
  const json = writtenItems(await session.written(document), "aliases");
  if (rows.length === 0) return { blocks: [{ kind: "line", text: ["no aliases"] }], json };
  return { blocks: [{ kind: "table", columns: COLUMNS, rows }], json };
}

export async function show(input: Input, session: Session): Promise<Output> {
  const document = await session.document();
  const alias = findItem(document, "aliases", input.word("NAME")) as Alias;
  const json = writtenItems(await session.written(document), "aliases").find((each) => each["name"] === alias.name);
  const users = usersOf(document, "aliases", alias.id);
  const names = nameLookup(document);
  return {
    blocks: [
      {
        kind: "fields",
        fields: [
          ["alias", { text: alias.name, tone: "strong" }],
          ["type", alias.type],
          ["in the kernel", setNames(alias).join(", ")],
          ...(alias.comment === "" ? [] : [["comment", alias.comment] as const]),
          ["used by", users.length === 0 ? { text: "nothing", tone: "warn" } : users.join(", ")],
          ["members", String(alias.members.length)],
        ],
      },
      ...alias.members.map((member) => ({ kind: "line", text: [`  ${names(member)}`] }) as const),
    ],
    json,
  };
}

/** The sets that `nft list ruleset` shows for it. */
function setNames({ id, type }: Alias): string[] {
  return type === "port" ? [portSetName(id)] : [setName(id, 4), setName(id, 6)];
}
