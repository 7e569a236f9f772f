/** `network list`: what the kernel has, and what the document calls it. */
import type { Column, Output, Text } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import type { Document } from "../document.ts";
import { EMPTY } from "../empty.ts";
import type { Device, Session } from "../session.ts";
import { bytes } from "../lists.ts";
import { deviceOf } from "./values.ts";

const COLUMNS: readonly Column[] = [
  { title: "NAME", least: 8, wrap: "anywhere" },
  { title: "DEVICE", least: 8, wrap: "anywhere", key: true },
  { title: "KIND", least: 8, drop: 4 },
  { title: "STATE", wrap: "anywhere" },
  { title: "MAC", least: 17, drop: 2 },
  { title: "MTU", align: "right", drop: 3 },
  { title: "ADDRESSES", least: 18, wrap: "between words" },
  { title: "RX", align: "right", drop: 5 },
  { title: "TX", align: "right", drop: 5 },
  { title: "COMMENT", least: 12, drop: 1 },
];

const UNMANAGED: Text = { text: "unmanaged", tone: "dim" };

export async function list(session: Session): Promise<Output> {
  const document = await readable(session);
  const devices = await session.devices();
  const named = new Map(document.interfaces.map((item) => [deviceOf(item), item]));
  const present = new Set(devices.map((device) => device.name));
  const rows = devices.map((device): Text[] => {
    const item = named.get(device.name);
    return [
      item !== undefined ? { text: item.name, tone: "strong" } : device.type === "loopback" ? "" : UNMANAGED,
      device.name,
      device.kind ?? (device.type === "loopback" ? "loopback" : device.type),
      stateOf(device),
      device.mac ?? "",
      String(device.mtu),
      addressWords(device),
      bytes(device.received.bytes),
      bytes(device.sent.bytes),
      item?.comment ?? "",
    ];
  });
  const absent = document.interfaces.filter((item) => !present.has(deviceOf(item)));
  for (const item of absent) {
    const name: Text = { text: item.name, tone: "strong" };
    rows.push([name, deviceOf(item), "", stateOf(undefined), "", "", "", "", "", item.comment]);
  }
  const json = [
    ...devices.map((device) => {
      const name = named.get(device.name)?.name;
      const { name: _name, ...fields } = device;
      return { ...(name === undefined ? {} : { name }), device: device.name, ...fields };
    }),
    ...absent.map((item) => ({ name: item.name, device: deviceOf(item), state: "absent" })),
  ];
  return { blocks: [{ kind: "table", columns: COLUMNS, rows }], json };
}

/** Devices can be read by anybody: who may not read the configuration sees them without names. */
async function readable(session: Session): Promise<Document> {
  try {
    return await session.document();
  } catch (error) {
    if (error instanceof PatronusError && error.code === "permission") return EMPTY;
    throw error;
  }
}

/** Its addresses, those of the link alone last. */
function addressWords({ addresses, defaultRoute }: Device): string {
  const isLocal = (address: string) => address.startsWith("fe80:");
  const sorted = [...addresses.filter((each) => !isLocal(each)), ...addresses.filter(isLocal)];
  return sorted.join(" ") + (defaultRoute ? " (default route)" : "");
}

/** Whether a device is there and can be used. */
export function stateOf(device: Device | undefined): Text {
  if (device === undefined) return { text: "absent", tone: "bad" };
  if (!device.up) return { text: "down", tone: "dim" };
  return device.carrier ? { text: "up", tone: "good" } : { text: "no carrier", tone: "warn" };
}
