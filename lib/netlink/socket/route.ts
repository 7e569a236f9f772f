/**
 * Devices, addresses and routes of this network namespace. Each function throws a `NetlinkError` that says what was
 * asked for, the errno by name and the kernel's own words.
 */
import { formatAddress, formatPrefix } from "../../model/address.ts";
import {
  addressDump,
  delAddress,
  type DeviceAddress,
  type NewAddress,
  newAddress,
  readAddress,
} from "../wire/address.ts";
import { NetlinkError } from "../wire/error.ts";
import {
  delLink,
  getLink,
  type Link,
  type LinkChange,
  linkDump,
  newVeth,
  readLink,
  setLink,
  type Veth,
} from "../wire/link.ts";
import {
  delRoute,
  getRoute,
  type NewRoute,
  newRoute,
  readRoute,
  type Route,
  routeDump,
  type RouteLookup,
} from "../wire/route.ts";
import type { Netlink } from "./connection.ts";

/** Every device, in the kernel's order. */
export async function listLinks(netlink: Netlink): Promise<Link[]> {
  return (await netlink.dump(linkDump(), "list links")).map(({ payload }) => readLink(payload));
}

/** Every address of every device. */
export async function listAddresses(netlink: Netlink): Promise<DeviceAddress[]> {
  const answers = await netlink.dump(addressDump(), "list addresses");
  return answers.map(({ payload }) => readAddress(payload)).filter((address) => address !== null);
}

/** Routes of all tables and both IP versions. */
export async function listRoutes(netlink: Netlink): Promise<Route[]> {
  const answers = await netlink.dump(routeDump(), "list routes");
  return answers.map(({ payload }) => readRoute(payload)).filter((route) => route !== null);
}

/** The route that a packet takes; null where none leads there or one forbids it. */
export async function findRoute(netlink: Netlink, lookup: RouteLookup): Promise<Route | null> {
  try {
    const [answer] = await netlink.request(
      getRoute(lookup),
      `look up the route to ${formatAddress(lookup.destination)}`,
    );
    return answer === undefined ? null : readRoute(answer.payload);
  } catch (error) {
    if (error instanceof NetlinkError && NO_ROUTE.has(error.code)) return null;
    throw error;
  }
}

/** What fib_lookup answers where no route fits, and for routes of type unreachable, prohibit and blackhole. */
const NO_ROUTE: ReadonlySet<string> = new Set(["ENETUNREACH", "EHOSTUNREACH", "EACCES", "EINVAL"]);

/** One device by name; throws ENODEV where there is none. */
export async function findLink(netlink: Netlink, name: string): Promise<Link> {
  const operation = `find link ${name}`;
  const [answer] = await netlink.request(getLink(name), operation);
  if (answer === undefined) throw new NetlinkError(operation, 19, "ENODEV", undefined, 0);
  return readLink(answer.payload);
}

export async function createVeth(netlink: Netlink, veth: Veth): Promise<void> {
  await netlink.request(newVeth(veth), `create link ${veth.name} with peer ${veth.peer.name}`);
}

/** Changes a device by name. */
export async function changeLink(netlink: Netlink, name: string, change: LinkChange): Promise<void> {
  const { index } = await findLink(netlink, name);
  await netlink.request(setLink(index, change), `change link ${name}`);
}

export async function setUp(netlink: Netlink, name: string): Promise<void> {
  const { index } = await findLink(netlink, name);
  await netlink.request(setLink(index, { up: true }), `set link ${name} up`);
}

export async function setDown(netlink: Netlink, name: string): Promise<void> {
  const { index } = await findLink(netlink, name);
  await netlink.request(setLink(index, { up: false }), `set link ${name} down`);
}

/** Moves a device into the network namespace of a process. */
export async function moveToNamespace(netlink: Netlink, name: string, pid: number): Promise<void> {
  const { index } = await findLink(netlink, name);
  await netlink.request(setLink(index, { namespace: pid }), `move link ${name} to the namespace of process ${pid}`);
}

export async function deleteLink(netlink: Netlink, name: string): Promise<void> {
  const { index } = await findLink(netlink, name);
  await netlink.request(delLink(index), `delete link ${name}`);
}

/** Throws EEXIST where the device has it already. */
export async function addAddress(netlink: Netlink, address: NewAddress): Promise<void> {
  await netlink.request(newAddress(address), `add address ${addressWords(address)}`);
}

export async function deleteAddress(netlink: Netlink, address: NewAddress): Promise<void> {
  await netlink.request(delAddress(address), `delete address ${addressWords(address)}`);
}

/** Throws EEXIST where there is one with that destination and metric. */
export async function addRoute(netlink: Netlink, route: NewRoute): Promise<void> {
  await netlink.request(newRoute(route), `add route ${routeWords(route)}`);
}

export async function deleteRoute(netlink: Netlink, route: NewRoute): Promise<void> {
  await netlink.request(delRoute(route), `delete route ${routeWords(route)}`);
}

function addressWords({ address, length, device }: NewAddress): string {
  return `${formatPrefix({ ...address, length })} on device ${device}`;
}

function routeWords({ destination, gateway, device }: NewRoute): string {
  const by = gateway === undefined ? "" : ` by ${formatAddress(gateway)}`;
  return `to ${formatPrefix(destination)}${by}${device === undefined ? "" : ` on device ${device}`}`;
}
