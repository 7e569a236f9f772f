/** `vlan list`, `bridge list` and `bond list`. */
import type { Column, Output, Text } from "../../model/command.ts";
import { writtenItems } from "../lists.ts";
import { nameLookup } from "../names.ts";
import { MARKS, pendingChanges } from "../pending.ts";
import type { Session } from "../session.ts";
import { list as words } from "../words.ts";
import type { CommandKind } from "./kind_commands.ts";
import { stateOf } from "./list.ts";
import type { NetworkInterface } from "./schema.ts";
import { deviceOf, kindsOf } from "./values.ts";
import { kindWords } from "./words.ts";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "NAME", least: 8, wrap: "anywhere", key: true },
  { title: "WHAT", least: 16, wrap: "between words" },
  { title: "DEVICE", least: 6, drop: 2 },
  { title: "STATE", wrap: "anywhere" },
  { title: "ADDRESSES", least: 18, wrap: "between words" },
  { title: "COMMENT", least: 12, drop: 1 },
];

export async function list(kind: CommandKind, session: Session): Promise<Output> {
  const document = await session.document();
  const names = nameLookup(document);
  const isOne = (item: NetworkInterface) => kindsOf(item).includes(kind);
  const items = document.interfaces.filter(isOne);
  const before = (await session.applied())?.interfaces ?? null;
  const pending = pendingChanges(before, document.interfaces, false);
  const devices = new Map((await session.devices()).map((device) => [device.name, device]));
  const rows = items.map((item): Text[] => {
    const mark = pending.get(item.id);
    return [
      mark === undefined ? "" : MARKS[mark],
      { text: item.name, tone: "strong" },
      kindWords(item, names),
      deviceOf(item),
      stateOf(devices.get(deviceOf(item))),
      words(item.addresses ?? []),
      item.comment,
    ];
  });
  const json = writtenItems(await session.written(document), "interfaces").filter((each) => each[kind] !== undefined);
  if (rows.length === 0) return { blocks: [{ kind: "line", text: [`no ${kind}s`] }], json };
  return { blocks: [{ kind: "table", columns: COLUMNS, rows }], json };
}
