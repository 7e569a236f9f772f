/** Connections that the kernel tracks in this network namespace. */
import { getConnection, readConnection, type TrackedConnection, type Tuple } from "../wire/conntrack.ts";
import { NetlinkError } from "../wire/error.ts";
import type { Netlink } from "./connection.ts";

/**
 * The connection that packets like this one belong to; null where there is none, also because nothing is tracked here.
 * Takes CAP_NET_ADMIN. Throws a `NetlinkError`.
 */
export async function findConnection(netlink: Netlink, tuple: Tuple): Promise<TrackedConnection | null> {
  try {
    const [answer] = await netlink.request(getConnection(tuple), "look up a tracked connection");
    return answer === undefined ? null : readConnection(answer.payload);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === "ENOENT") return null;
    throw error;
  }
}
