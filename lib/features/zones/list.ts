/** `zone list` and `zone show`. */
import type { Column, Input, Output, Text } from "../../model/command.ts";
import { writtenItems } from "../lists.ts";
import { nameLookup } from "../names.ts";
import { findItem, usersOf } from "../objects.ts";
import { MARKS, pendingChanges } from "../pending.ts";
import type { Session } from "../session.ts";
import { list as words } from "../words.ts";
import type { Zone } from "./schema.ts";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "ZONE", least: 8, wrap: "anywhere", key: true },
  { title: "INTERFACES", least: 12, wrap: "anywhere" },
  { title: "USED", align: "right", drop: 2 },
  { title: "COMMENT", least: 12, drop: 1 },
];

export async function list(session: Session): Promise<Output> {
  const document = await session.document();
  const names = nameLookup(document);
  const pending = pendingChanges((await session.applied())?.zones ?? null, document.zones, false);
  const rows = document.zones.map((zone): Text[] => {
    const mark = pending.get(zone.id);
    const users = usersOf(document, "zones", zone.id).length;
    return [
      mark === undefined ? "" : MARKS[mark],
      { text: zone.name, tone: "strong" },
      words(zone.interfaces, names),
      { text: String(users), tone: users === 0 ? "warn" : "plain" },
      zone.comment,
    ];
  });
  const json = writtenItems(await session.written(document), "zones");
  if (rows.length === 0) return { blocks: [{ kind: "line", text: ["no zones"] }], json };
  return { blocks: [{ kind: "table", columns: COLUMNS, rows }], json };
}

export async function show(input: Input, session: Session): Promise<Output> {
  const document = await session.document();
  const zone = findItem(document, "zones", input.word("NAME")) as Zone;
  const json = writtenItems(await session.written(document), "zones").find((each) => each["name"] === zone.name);
  const users = usersOf(document, "zones", zone.id);
  return {
    blocks: [{
      kind: "fields",
      fields: [
        ["zone", { text: zone.name, tone: "strong" }],
        ["interfaces", words(zone.interfaces, nameLookup(document)) || "none"],
        ...(zone.comment === "" ? [] : [["comment", zone.comment] as const]),
        ["used by", users.length === 0 ? { text: "nothing", tone: "warn" } : users.join(", ")],
      ],
    }],
    json,
  };
}
