/** nfnetlink, the frame of all netfilter protocols over netlink (linux/netfilter/nfnetlink.h). */
import { AttributeWriter } from "./attribute.ts";
import { NLM_F } from "./message.ts";

/** NFNL_SUBSYS_CTNETLINK and NFNL_SUBSYS_NFTABLES, the high byte of a message's type. */
export const SUBSYSTEM_CONNTRACK = 1;
export const SUBSYSTEM_NFTABLES = 10;

/** NFNL_MSG_BATCH_BEGIN and _END. */
const BATCH_BEGIN = 0x10;
const BATCH_END = 0x11;
/** NFNL_BATCH_GENID: the generation that the batch was made for. */
const BATCH_GENID = 1;

/** struct nfgenmsg: address family, version 0, resource id in network order. */
export function nfgenmsg(family: number, resource = 0): readonly number[] {
  return [family, 0, resource >> 8, resource & 255];
}

/**
 * Begins a transaction of nf_tables. With a generation id, the kernel refuses it (ERESTART) when anybody else committed
 * one since that generation was read.
 */
export function beginBatch(writer: AttributeWriter, generation?: number): void {
  writer.message(BATCH_BEGIN, NLM_F.REQUEST, nfgenmsg(0, SUBSYSTEM_NFTABLES));
  if (generation !== undefined) writer.be32(BATCH_GENID, generation);
}

export function endBatch(writer: AttributeWriter): void {
  writer.message(BATCH_END, NLM_F.REQUEST, nfgenmsg(0, SUBSYSTEM_NFTABLES));
}
