/** Changes of which none may be refused. */
import type { Change } from "../wire/rtnetlink.ts";
import type { RouteNetlink } from "./connection.ts";

/**
 * Sends changes, each whatever became of the others. Throws the first refusal as a `NetlinkError` that says what was
 * asked for, the errno by name and the kernel's own words.
 */
export async function submit(netlink: RouteNetlink, ...changes: readonly Change[]): Promise<void> {
  const refusal = (await netlink.change(changes)).find((outcome) => outcome !== null);
  if (refusal !== undefined) throw refusal;
}
