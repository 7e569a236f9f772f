/**
 * The rescue ruleset: what the machine boots with when neither store nor last good copy can be read. Administrators get
 * in as they last could, and nothing else does: the file holds no more than their interfaces, networks and ports, in a form
 * that any later version of the program can read.
 */
import { rescuePath } from "../config/paths.ts";
import { parsePrefix } from "../model/address.ts";
import { DEVICE } from "../model/id.ts";
import { parsePorts } from "../model/port.ts";
import type { Document } from "../features/document.ts";
import { EMPTY } from "../features/empty.ts";
import { deviceOf } from "../features/interfaces/values.ts";
import { atomicWrite } from "../services/file.ts";

/** The way in for administrators. Empty devices or sources mean any. */
export interface Rescue {
  readonly devices: readonly string[];
  /** Prefixes. */
  readonly sources: readonly string[];
  /** TCP ports and ranges. */
  readonly ports: readonly string[];
}

/** What a document says of the way in; no ports where it keeps none open. */
export function rescueOf({ interfaces, zones, firewall: { anti_lockout } }: Document): Rescue {
  const members = new Map(zones.map((zone) => [zone.id, zone.interfaces]));
  const wanted = new Set(anti_lockout.in.flatMap((place) => members.get(place) ?? [place]));
  return {
    devices: interfaces.filter(({ id }) => wanted.has(id)).map(deviceOf),
    sources: anti_lockout.source,
    ports: anti_lockout.enabled ? anti_lockout.ports : [],
  };
}

/** Written at each confirm that changes it. Throws a `PatronusError` with the reason. */
export function writeRescue(directory: string, rescue: Rescue): void {
  const held = readRescue(directory);
  if (held !== null && JSON.stringify(held) === JSON.stringify(rescue)) return;
  atomicWrite(rescuePath(directory), `${JSON.stringify(rescue)}\n`, 0o600);
}

/** Null where there is none or it cannot be read. */
export function readRescue(directory: string): Rescue | null {
  try {
    const value = JSON.parse(Deno.readTextFileSync(rescuePath(directory)));
    return isRescue(value) ? value : null;
  } catch {
    return null;
  }
}

function isRescue(value: unknown): value is Rescue {
  if (typeof value !== "object" || value === null) return false;
  const { devices, sources, ports } = value as Readonly<Record<string, unknown>>;
  const each = (list: unknown, valid: (word: string) => boolean) =>
    Array.isArray(list) && list.every((word) => typeof word === "string" && valid(word));
  return each(devices, (word) => DEVICE.test(word)) && each(sources, (word) => parsePrefix(word) !== null) &&
    each(ports, (word) => parsePorts(word) !== null);
}

/** A document with the way in and nothing else: all defaults drop but output, and nothing is forwarded. */
export function rescueDocument({ devices, sources, ports }: Rescue): Document {
  const interfaces = devices.map((device, index) => {
    const name = `rescue-${index}`;
    return { id: name, name, device, enabled: true, dummy: false, comment: "" };
  });
  const places = interfaces.map(({ id }) => id);
  const anti_lockout = { enabled: ports.length > 0, in: places, source: [...sources], ports: [...ports] };
  return { ...EMPTY, interfaces, firewall: { ...EMPTY.firewall, anti_lockout } };
}

/** Closed but for loopback, neighbour discovery, errors that IPv6 needs, echo requests and the DHCP client. */
export const CLOSED: Rescue = { devices: [], sources: [], ports: [] };
