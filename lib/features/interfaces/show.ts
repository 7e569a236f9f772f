/** `network show`. */
import type { Input, Output, Text } from "../../model/command.ts";
import { bytes as size, writtenItems } from "../lists.ts";
import { nameLookup } from "../names.ts";
import { findItem, usersOf } from "../objects.ts";
import type { Device, Session } from "../session.ts";
import { list } from "../words.ts";
import { stateOf } from "./list.ts";
import type { NetworkInterface } from "./schema.ts";
import { deviceOf } from "./values.ts";
import { kindWords } from "./words.ts";

type Field = readonly [label: string, value: Text];

export async function show(input: Input, session: Session): Promise<Output> {
  const word = input.word("NAME");
  const document = await session.document();
  const devices = await session.devices();
  const item = document.interfaces.find((each) => each.name === word || each.id === word) ??
    document.interfaces.find((each) => deviceOf(each) === word);
  const device = devices.find(({ name }) => name === (item === undefined ? word : deviceOf(item)));
  // Neither: the error says what there is.
  if (item === undefined && device === undefined) findItem(document, "interfaces", word);
  const fields: Field[] = [];
  if (item !== undefined) {
    const names = nameLookup(document);
    const users = usersOf(document, "interfaces", item.id);
    fields.push(...configured(item, names), ["used by", users.length === 0 ? "nothing" : users.join(", ")]);
  } else fields.push(["interface", { text: "unmanaged: the configuration does not name this device", tone: "dim" }]);
  fields.push(...observed(device));
  const written = item === undefined
    ? undefined
    : writtenItems(await session.written(document), "interfaces").find((each) => each["name"] === item.name);
  return { blocks: [{ kind: "fields", fields }], json: { configured: written ?? null, device: device ?? null } };
}

function configured(item: NetworkInterface, names: (id: string) => string): Field[] {
  const made = kindWords(item, names);
  return [
    ["interface", { text: item.name, tone: "strong" }],
    ["device", deviceOf(item)],
    ...(made === "" ? [] : [["made as", made] as const]),
    ["set up", item.enabled ? "up" : { text: "down", tone: "dim" }],
    ["addresses", item.addresses === undefined ? "as they are" : list(item.addresses) || "none"],
    ...(item.mtu === undefined ? [] : [["MTU", String(item.mtu)] as const]),
    ...(item.mac === undefined ? [] : [["MAC", item.mac] as const]),
    ...(item.comment === "" ? [] : [["comment", item.comment] as const]),
  ];
}

function observed(device: Device | undefined): Field[] {
  if (device === undefined) return [["kernel", stateOf(undefined)]];
  return [
    ["kernel state", stateOf(device)],
    ["kernel kind", device.kind ?? device.type],
    ...(device.controller === undefined ? [] : [["part of", device.controller] as const]),
    ["kernel MTU", String(device.mtu)],
    ...(device.mac === undefined ? [] : [["kernel MAC", device.mac] as const]),
    ["kernel addresses", device.addresses.join(" ") || "none"],
    ["received", traffic(device.received)],
    ["sent", traffic(device.sent)],
  ];
}

function traffic({ bytes, packets, errors }: Device["received"]): Text {
  const words = `${size(bytes)}B in ${packets} packets`;
  return errors === 0 ? words : { text: `${words}, ${errors} with errors`, tone: "warn" };
}
