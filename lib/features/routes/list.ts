/** `route list`: the static routes of the candidate, and what the kernel has besides. */
import type { Column, Output, Text } from "../../model/command.ts";
import { writtenItems } from "../lists.ts";
import { nameLookup } from "../names.ts";
import { MARKS, pendingChanges } from "../pending.ts";
import type { Session } from "../session.ts";
import { wayWords } from "./words.ts";

/** Who sets the routes of the document. */
const ORIGIN = "patronus";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "ROUTE", least: 8, wrap: "anywhere", key: true },
  { title: "DESTINATION", least: 12, wrap: "anywhere" },
  { title: "WAY", least: 16, wrap: "between words" },
  { title: "METRIC", align: "right", drop: 3 },
  { title: "TABLE", align: "right", drop: 4 },
  { title: "SET BY" },
  { title: "COMMENT", least: 12, drop: 1 },
];

export async function list(session: Session): Promise<Output> {
  const document = await session.document();
  const names = nameLookup(document);
  const pending = pendingChanges((await session.applied())?.routes ?? null, document.routes, false);
  const kernel = (await session.routes()).filter(({ origin }) => origin !== ORIGIN);
  const rows = [
    ...document.routes.map((route): Text[] => {
      const mark = pending.get(route.id);
      return [
        mark === undefined ? "" : MARKS[mark],
        { text: route.id, tone: route.enabled ? "strong" : "dim" },
        route.destination,
        wayWords(route, names),
        route.metric === undefined ? "" : String(route.metric),
        route.table === MAIN ? "" : String(route.table),
        route.enabled ? ORIGIN : { text: "disabled", tone: "dim" },
        route.comment,
      ];
    }),
    ...kernel.map(({ destination, way, metric, table, origin }): Text[] => [
      "",
      { text: "-", tone: "dim" },
      destination,
      way,
      String(metric),
      table === MAIN ? "" : String(table),
      { text: origin, tone: "dim" },
      "",
    ]),
  ];
  const json = { static: writtenItems(await session.written(document), "routes"), others: kernel };
  if (rows.length === 0) return { blocks: [{ kind: "line", text: ["no routes"] }], json };
  return { blocks: [{ kind: "table", columns: COLUMNS, rows }], json };
}

/** RT_TABLE_MAIN of linux/rtnetlink.h. */
const MAIN = 254;
