/** Links of this network namespace. Each function throws a `NetlinkError` that says what was asked for and why not. */
import { NetlinkError } from "../wire/error.ts";
import { delLink, getLink, type Link, type LinkChange, linkDump, readLink, setLink } from "../wire/link.ts";
import { getStatistics, type LinkStatistics, readStatistics, statisticsDump } from "../wire/statistics.ts";
import { submit } from "./submit.ts";
import type { Netlink, RouteNetlink } from "./connection.ts";

/** Every link, in the kernel's order. */
export async function listLinks(netlink: Netlink): Promise<Link[]> {
  return (await netlink.dump(linkDump(), "list links")).map(({ payload }) => readLink(payload));
}

/** One link by name or index; throws ENODEV where there is none. */
export async function findLink(netlink: Netlink, which: string | number): Promise<Link> {
  const operation = `find link ${which}`;
  const [answer] = await netlink.request(getLink(which), operation);
  if (answer === undefined) throw new NetlinkError(operation, 19, "ENODEV", undefined, 0);
  return readLink(answer.payload);
}

/** What every link has carried since it was made. */
export async function listStatistics(netlink: Netlink): Promise<LinkStatistics[]> {
  const answers = await netlink.dump(statisticsDump(), "read the counters of links");
  return answers.map(({ payload }) => readStatistics(payload));
}

/** What one link, by its index, has carried since it was made. */
export async function findStatistics(netlink: Netlink, device: number): Promise<LinkStatistics> {
  const operation = `read the counters of device ${device}`;
  const [answer] = await netlink.request(getStatistics(device), operation);
  if (answer === undefined) throw new NetlinkError(operation, 19, "ENODEV", undefined, 0);
  return readStatistics(answer.payload);
}

/** Changes a link by name. */
export async function changeLink(netlink: RouteNetlink, name: string, change: LinkChange): Promise<void> {
  await submit(netlink, setLink(await findLink(netlink, name), change));
}

export function setUp(netlink: RouteNetlink, name: string): Promise<void> {
  return changeLink(netlink, name, { up: true });
}

export function setDown(netlink: RouteNetlink, name: string): Promise<void> {
  return changeLink(netlink, name, { up: false });
}

/** Deletes a link by name. */
export async function deleteLink(netlink: RouteNetlink, name: string): Promise<void> {
  await submit(netlink, delLink(await findLink(netlink, name)));
}
