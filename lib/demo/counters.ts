/** What the rules in the kernel have counted, read from the kernel. */
import { readTableState } from "../engine/kernel.ts";
import { TABLE } from "../features/allocation.ts";
import { NETFILTER, NetlinkConnection } from "../netlink/socket/connection.ts";
import { commentId } from "../nft/comment.ts";
import { decodeRule } from "../nft/decode_rule.ts";
import type { Counted } from "./protocol.ts";

/** Sums by chain and by the id of the document's rule, in the order of the chains. */
export async function readCounters(): Promise<Counted[]> {
  using netlink = NetlinkConnection.open(NETFILTER);
  const observed = await readTableState(netlink, TABLE.family, TABLE.name);
  const sums = new Map<string, Counted>();
  for (const [chain, rules] of observed?.rules ?? []) {
    for (const raw of rules) {
      const { comment, statements } = decodeRule(raw, observed?.anonymous ?? new Map());
      const counter = statements.find((statement) => statement.kind === "counter");
      if (comment === undefined || counter?.kind !== "counter") continue;
      const rule = commentId(comment);
      const { packets, bytes } = sums.get(`${chain} ${rule}`) ?? { packets: 0, bytes: 0 };
      sums.set(`${chain} ${rule}`, {
        chain,
        rule,
        packets: packets + counter.packets,
        bytes: bytes + counter.bytes,
      });
    }
  }
  return [...sums.values()];
}

/** What was counted between two readings; rules that counted nothing are left out. */
export function counted(before: readonly Counted[], after: readonly Counted[]): Counted[] {
  const earlier = new Map(before.map((count) => [`${count.chain} ${count.rule}`, count]));
  return after.map((count): Counted => {
    const { packets, bytes } = earlier.get(`${count.chain} ${count.rule}`) ?? { packets: 0, bytes: 0 };
    return { ...count, packets: count.packets - packets, bytes: count.bytes - bytes };
  }).filter(({ packets }) => packets > 0);
}
