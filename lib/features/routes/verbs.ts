/** What the `route` commands do. */
import { parseAddress } from "../../model/address.ts";
import type { Input, Option, Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import type { Document } from "../document.ts";
import { findItem, withItems } from "../objects.ts";
import type { Session } from "../session.ts";
import * as verbs from "../verbs.ts";
import { HINT_PLAN } from "../words.ts";
import type { Route } from "./schema.ts";
import { familiesOf, parseDestination } from "./values.ts";

const PATH = "routes";

export function options(purpose: "add" | "edit"): Option[] {
  const all = verbs.objectOptions(PATH, purpose);
  return purpose === "edit" ? all : all.filter(({ name }) => name !== "destination");
}

export function add(input: Input, session: Session): Promise<Output> {
  return verbs.add(PATH, input, session, { destination: input.word("DESTINATION") });
}

export async function set(input: Input, session: Session): Promise<Output> {
  return await verbs.edit(PATH, find(await session.document(), input.word("ROUTE")).id, input, session);
}

export function defaultOptions(): Option[] {
  return options("add").filter(({ name }) => ["interface", "metric", "on-link", "table", "comment"].includes(name));
}

/** Puts the gateway in the place of the one of its family with the same metric and table, or adds it. */
export async function setDefault(input: Input, session: Session): Promise<Output> {
  const gateway = input.word("GATEWAY");
  const family = parseAddress(gateway)?.family;
  if (family === undefined) {
    throw new PatronusError("input", `${gateway} is no address of a router`, { hint: "as 203.0.113.1 or fe80::1" });
  }
  const metric = input.text("metric");
  const table = Number(input.text("table") ?? MAIN);
  const old = (await session.document()).routes.find((route) => {
    const destination = parseDestination(route.destination);
    const isDefault = destination === "default" || destination?.length === 0;
    const same = String(route.metric ?? "") === (metric ?? "") && route.table === table;
    return isDefault && same && familiesOf(route).includes(family);
  });
  if (old === undefined) return await verbs.add(PATH, input, session, { destination: "default", gateway });
  return await verbs.edit(PATH, old.id, input, session, { fields: { gateway, type: "unicast", hops: [] } });
}

export async function toggle(input: Input, enabled: boolean, session: Session): Promise<Output> {
  return await verbs.toggle(PATH, await idsOf(input, session), enabled, session);
}

export async function remove(input: Input, session: Session): Promise<Output> {
  return await verbs.remove(PATH, await idsOf(input, session), session);
}

export async function flush(session: Session): Promise<Output> {
  const count = (await session.document()).routes.length;
  if (count === 0) return { blocks: [{ kind: "line", text: ["there are no static routes to flush"] }] };
  await session.edit((document) => withItems(document, PATH, []));
  const many = count === 1 ? "1 static route" : `${count} static routes`;
  return { blocks: [{ kind: "line", text: [{ text: "flushed  ", tone: "bad" }, many] }, HINT_PLAN] };
}

/** RT_TABLE_MAIN of linux/rtnetlink.h. */
const MAIN = 254;

async function idsOf(input: Input, session: Session): Promise<string[]> {
  const document = await session.document();
  return input.rest("ROUTE").map((word) => find(document, word).id);
}

/** A route by its id, or by its destination where only one goes there. */
function find(document: Document, word: string): Route {
  const there = document.routes.filter(({ id, destination }) => id !== word && destination === word);
  if (there.length > 1) {
    throw new PatronusError("input", `several routes go to ${word}`, {
      hint: `say which: ${there.map(({ id }) => id).join(", ")}`,
    });
  }
  const [only] = there;
  return only ?? findItem(document, PATH, word) as Route;
}
