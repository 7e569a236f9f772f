/** A document into effect at once, without journal: for boot, when there is nothing to go back to. */
import { compile } from "../features/compile.ts";
import type { Document } from "../features/document.ts";
import { NETFILTER, NetlinkConnection } from "../netlink/socket/connection.ts";
import { FORWARDING } from "./forwarding.ts";
import { KernelTable } from "./kernel_table.ts";
import type { Stamp } from "./stamp.ts";

/** `document` is read while the kernel tells what it has. Stops what shall not be forwarded, loads the rules, reads them back, and forwards only then. Throws what the kernel refuses. */
export async function bringUp(document: () => Document, { version, digest }: Stamp): Promise<void> {
  using netlink = NetlinkConnection.open(NETFILTER);
  const kernel = new KernelTable(netlink, () => {});
  await kernel.prefetch();
  const desired = compile(document());
  const [off, on] = FORWARDING;
  await off.become(desired);
  await kernel.load(desired.table, { version, digest });
  const [difference] = await kernel.verify(desired.table, { version, digest });
  if (difference !== undefined) throw new Error(`the kernel does not hold what was loaded: ${difference.subject}`);
  await on.become(desired);
}
