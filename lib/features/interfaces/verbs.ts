/** What the `network` commands do that change something. */
import type { Input, Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { NAME } from "../../model/id.ts";
import type { Document } from "../document.ts";
import { findItem } from "../objects.ts";
import type { Session } from "../session.ts";
import * as verbs from "../verbs.ts";
import type { NetworkInterface } from "./schema.ts";
import { deviceOf, kindsOf } from "./values.ts";

const PATH = "interfaces";

export async function set(input: Input, session: Session): Promise<Output> {
  const word = input.word("NAME");
  const known = find(await session.document(), word);
  if (known !== undefined) return await verbs.edit(PATH, known.id, input, session);
  await refuseUnknown(word, session);
  return await verbs.add(PATH, input, session, { name: word });
}

/** `up` and `down`. */
export async function power(input: Input, enabled: boolean, session: Session): Promise<Output> {
  const words = input.rest("NAME");
  const document = await session.document();
  const ids = words.map((word) => find(document, word)?.id ?? word);
  const [strange] = words.filter((word) => find(document, word) === undefined);
  if (strange !== undefined) {
    await refuseUnknown(strange, session);
    throw new PatronusError("input", `${strange} is a device that has no name yet`, {
      hint: `patronus network add ${strange} makes it an interface`,
    });
  }
  return await verbs.toggle(PATH, ids, enabled, session);
}

export async function flush(input: Input, session: Session): Promise<Output> {
  const word = input.word("NAME");
  const known = find(await session.document(), word);
  if (known !== undefined) return await verbs.edit(PATH, known.id, input, session, { fields: { addresses: [] } });
  await refuseUnknown(word, session);
  return await verbs.add(PATH, input, session, { name: word, addresses: [] });
}

/** Only the name that people use: a device of the machine that had the interface's name keeps its own. */
export async function rename(input: Input, session: Session): Promise<Output> {
  const item = findItem(await session.document(), PATH, input.word("NAME")) as NetworkInterface;
  const name = input.word("NEW");
  if (item.device !== "" || kindsOf(item).length > 0) return await verbs.rename(PATH, item.id, name, session);
  return await verbs.edit(PATH, item.id, input, session, { fields: { name, device: item.name } });
}

/** By name or id, and also by device. */
function find(document: Document, word: string): NetworkInterface | undefined {
  const { interfaces } = document;
  return interfaces.find(({ name }) => name === word) ?? interfaces.find(({ id }) => id === word) ??
    interfaces.find((item) => deviceOf(item) === word);
}

/** Throws unless the machine has a device of that name which can be an interface's. */
async function refuseUnknown(word: string, session: Session): Promise<void> {
  const devices = await session.devices();
  if (!devices.some(({ name }) => name === word)) {
    findItem(await session.document(), PATH, word);
  }
  if (NAME.test(word)) return;
  throw new PatronusError("input", `${word} is no name for an interface`, {
    hint: `patronus network add NAME --device ${word}`,
  });
}
