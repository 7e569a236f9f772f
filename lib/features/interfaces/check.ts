/** Checks of interfaces. Whether the machine has their devices is no matter of the document. */
import type { Finding } from "../../model/error.ts";
import { DEVICE } from "../../model/id.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import { error, PLACES, repeats, warning } from "../finding.ts";
import { checkAddresses } from "./address_check.ts";
import { checkLayers } from "./layer_check.ts";
import type { NetworkInterface } from "./schema.ts";
import { deviceOf, kindsOf } from "./values.ts";

/** In nft's syntax a quote ends the name, and a star at its end stands for anything; the kernel puts a number for %d. */
const UNSPEAKABLE = /["*\\%]/;
/** Names that stand for others in /proc/sys/net: the kernel takes no device of these. */
const TAKEN = ["all", "default"];
/** Bytes that a link must carry for IPv6 (RFC 8200, section 5). */
const LEAST_MTU_6 = 1280;

export function checkInterfaces(document: Document, directory: Directory): Finding[] {
  const { interfaces } = document;
  return [
    ...interfaces.flatMap((item) => [
      ...checkDevice(item),
      ...checkKinds(item),
      ...checkMtu(item),
      ...repeats(`${PLACES.interface(item)}.addresses`, item.addresses ?? []),
    ]),
    ...sharedDevices(interfaces),
    ...checkLayers(interfaces, directory),
    ...checkAddresses(interfaces),
  ];
}

function checkDevice(item: NetworkInterface): Finding[] {
  const device = deviceOf(item);
  const path = `${PLACES.interface(item)}.device`;
  if (!DEVICE.test(device)) {
    const message = `the name is no device's: it has ${device.length} characters, and a device's at most 15`;
    return [error(path, message, "say which device it is")];
  }
  if (TAKEN.includes(device)) return [error(path, `no device can be called ${device}`, "say which device it is")];
  if (!UNSPEAKABLE.test(device)) return device === "lo" ? checkLoopback(item, path) : [];
  return [error(path, `a device name with " * % or \\ cannot stand in a rule`, "rename the device")];
}

/** Programs of the machine talk to each other over it. */
function checkLoopback({ enabled, addresses }: NetworkInterface, path: string): Finding[] {
  const hint = "leave it as it is; for addresses of the machine itself make a dummy";
  if (!enabled) return [error(path, "the machine does not work without lo", hint)];
  if (addresses === undefined || addresses.includes("127.0.0.1/8")) return [];
  return [error(path, "this takes 127.0.0.1 away from lo", hint)];
}

function sharedDevices(interfaces: readonly NetworkInterface[]): Finding[] {
  const owners = new Map<string, string>();
  return interfaces.flatMap((item) => {
    const device = deviceOf(item);
    const owner = owners.get(device);
    owners.set(device, item.name);
    if (owner === undefined) return [];
    const hint = "a device has one name; patronus network rename changes it";
    const message = `the device ${device} has two names: ${owner} and ${item.name}`;
    return [error(`${PLACES.interface(item)}.device`, message, hint)];
  });
}

function checkKinds(item: NetworkInterface): Finding[] {
  const kinds = kindsOf(item);
  if (kinds.length < 2) return [];
  return [error(`${PLACES.interface(item)}.${kinds[1]}`, `a device is one thing: it is a ${kinds[0]} already`)];
}

function checkMtu(item: NetworkInterface): Finding[] {
  const { mtu, addresses = [] } = item;
  if (mtu === undefined || mtu >= LEAST_MTU_6) return [];
  const path = `${PLACES.interface(item)}.mtu`;
  const six = addresses.find((address) => address.includes(":") || address === "slaac");
  if (six !== undefined) {
    return [error(path, `${six} cannot be on it: IPv6 needs an MTU of at least ${LEAST_MTU_6}`, "raise the MTU")];
  }
  return kindsOf(item).length === 0 ? [warning(path, `below ${LEAST_MTU_6} bytes there is no IPv6 on it`)] : [];
}
