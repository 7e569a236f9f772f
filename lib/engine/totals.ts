/** What each rule of the document has counted, for whoever only looks: without the engine, which takes longer to load. */
import type { Store } from "../config/store.ts";
import { TABLE } from "../features/allocation.ts";
import type { Reading } from "../features/session.ts";
import { NETFILTER, NetlinkConnection } from "../netlink/socket/connection.ts";
import type { Observed } from "../nft/batch.ts";
import { kernelClock } from "./clock.ts";
import { readCounts } from "./counts.ts";
import { readIntent, readPending, timeLeft } from "./journal.ts";
import { readTableState } from "./kernel.ts";
import { readStamp } from "./stamp.ts";

/** Whether something was cut off or waited too long for its confirmation: then an engine is to be opened, which ends it. */
export function isUnfinished(store: Store): boolean {
  const pending = readPending(store);
  return readIntent(store) !== null || (pending !== null && timeLeft(pending, kernelClock()) <= 0);
}

/** Totals by id of the document's rules, read from the kernel and the store. Throws where the kernel may not be read. */
export async function readTotals(store: Store): Promise<Map<string, Reading>> {
  using netlink = NetlinkConnection.open(NETFILTER);
  return totals(store, await readTableState(netlink, TABLE.family, TABLE.name));
}

/** What the kernel's table says of its version, 0 for the rescue ruleset; null where there is no table. */
export async function readHeld(): Promise<{ readonly version: number | null } | null> {
  using netlink = NetlinkConnection.open(NETFILTER);
  const observed = await readTableState(netlink, TABLE.family, TABLE.name);
  return observed === null ? null : { version: readStamp(observed)?.version ?? null };
}

/** What the kernel has counted on top of what it has forgotten. */
export function totals(store: Store, observed: Observed | null): Map<string, Reading> {
  const all: Map<string, Reading> = store.counters();
  if (observed === null) return all;
  for (const [id, { packets, bytes }] of readCounts(observed)) {
    const before = all.get(id) ?? { packets: 0, bytes: 0 };
    all.set(id, { packets: before.packets + packets, bytes: before.bytes + bytes });
  }
  return all;
}
