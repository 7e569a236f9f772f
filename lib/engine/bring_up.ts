/** A document into effect at once, without journal: for boot, when there is nothing to go back to. */
import { compile } from "../features/compile.ts";
import type { Desired } from "../features/desired.ts";
import type { Document } from "../features/document.ts";
import { NETFILTER, NetlinkConnection, ROUTE } from "../netlink/socket/connection.ts";
import { FORWARDING } from "./forwarding.ts";
import { KernelTable } from "./kernel_table.ts";
import { become } from "./network/driver.ts";
import type { Stamp } from "./stamp.ts";

/**
 * `document` is read while the kernel tells what it has. Stops what shall not be forwarded, loads the rules, reads them
 * back, sets the network up, and forwards only then. Throws where the kernel does not take the rules. What it refuses of
 * the network is given back in words: the rest of it is up, and the rules are in.
 */
export async function bringUp(document: () => Document, { version, digest }: Stamp): Promise<readonly string[]> {
  using netlink = NetlinkConnection.open(NETFILTER);
  const kernel = new KernelTable(netlink, () => {});
  await kernel.prefetch();
  const desired = compile(document());
  const [off, on] = FORWARDING;
  await off.become(desired);
  await kernel.load(desired.table, { version, digest });
  const [difference] = await kernel.verify(desired.table, { version, digest });
  if (difference !== undefined) throw new Error(`the kernel does not hold what was loaded: ${difference.subject}`);
  const problems = await network(desired);
  await on.become(desired);
  return problems;
}

async function network(desired: Desired): Promise<readonly string[]> {
  try {
    using netlink = NetlinkConnection.open(ROUTE);
    return (await become(netlink, desired.network)).map(({ message }) => message);
  } catch (error) {
    return [`the network cannot be set up: ${error instanceof Error ? error.message : String(error)}`];
  }
}
