/** `network list`: what the kernel has, and what the document calls it. */
import type { Column, Output, Text } from "../../model/command.ts";
import type { Device, Session } from "../session.ts";

const COLUMNS: readonly Column[] = [
  { title: "NAME", least: 8, wrap: "anywhere" },
  { title: "DEVICE", least: 8, wrap: "anywhere", key: true },
  { title: "STATE", wrap: "anywhere" },
  { title: "ADDRESSES", least: 18, wrap: "between words" },
  { title: "MAC", least: 17, drop: 2 },
  { title: "MTU", align: "right", drop: 3 },
  { title: "KIND", least: 8, drop: 4 },
  { title: "COMMENT", least: 12, drop: 1 },
];

export async function list(session: Session): Promise<Output> {
  const document = await session.document();
  const devices = await session.devices();
  const named = new Map(document.interfaces.map((item) => [item.device, item]));
  const present = new Set(devices.map((device) => device.name));
  const rows = devices.map((device): Text[] => {
    const item = named.get(device.name);
    return [
      item === undefined ? { text: "-", tone: "dim" } : { text: item.name, tone: "strong" },
      device.name,
      state(device),
      device.addresses.join(" ") + (device.defaultRoute ? " (default route)" : ""),
      device.mac ?? "",
      String(device.mtu),
      device.kind ?? (device.type === "loopback" ? "loopback" : ""),
      item?.comment ?? "",
    ];
  });
  const absent = document.interfaces.filter((item) => !present.has(item.device));
  for (const item of absent) {
    rows.push([
      { text: item.name, tone: "strong" },
      item.device,
      { text: "absent", tone: "bad" },
      "",
      "",
      "",
      "",
      item.comment,
    ]);
  }
  const json = [
    ...devices.map((device) => {
      const name = named.get(device.name)?.name;
      return { ...(name === undefined ? {} : { name }), device: device.name, ...rest(device) };
    }),
    ...absent.map((item) => ({ name: item.name, device: item.device, state: "absent" })),
  ];
  return { blocks: [{ kind: "table", columns: COLUMNS, rows }], json };
}

function rest(device: Device): Record<string, unknown> {
  const { name: _name, ...fields } = device;
  return fields;
}

function state(device: Device): Text {
  if (!device.up) return { text: "down", tone: "dim" };
  return device.carrier ? { text: "up", tone: "good" } : { text: "no carrier", tone: "warn" };
}
