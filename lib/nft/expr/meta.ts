/** `meta`: facts about the packet that are not in it; loads and `meta mark set` (enum nft_meta_keys, nft_meta_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { Datatype, MetaKey } from "../ruleset.ts";
import { writeExpression } from "./expression.ts";

const DREG = 1;
const KEY = 2;
const SREG = 3;

/** NFT_META_* with the datatype that each yields. */
export const META_KEYS: Readonly<Record<MetaKey, { readonly key: number; readonly type: Datatype }>> = {
  length: { key: 0, type: "mark" },
  mark: { key: 3, type: "mark" },
  iif: { key: 4, type: "mark" },
  oif: { key: 5, type: "mark" },
  iifname: { key: 6, type: "ifname" },
  oifname: { key: 7, type: "ifname" },
  skuid: { key: 10, type: "mark" },
  nfproto: { key: 15, type: "nf_proto" },
  l4proto: { key: 16, type: "inet_proto" },
  pkttype: { key: 19, type: "pkt_type" },
  iifgroup: { key: 21, type: "mark" },
  oifgroup: { key: 22, type: "mark" },
  random: { key: 24, type: "mark" },
  time: { key: 29, type: "time" },
  day: { key: 30, type: "day" },
  hour: { key: 31, type: "hour" },
};

const BY_NUMBER = new Map(Object.entries(META_KEYS).map(([name, { key }]) => [key, name as MetaKey]));

export function writeMeta(writer: AttributeWriter, key: MetaKey, register: number): void {
  writeExpression(writer, "meta", (data) => {
    data.be32(KEY, META_KEYS[key].key);
    data.be32(DREG, register);
  });
}

export function writeMetaSet(writer: AttributeWriter, key: "mark", register: number): void {
  writeExpression(writer, "meta", (data) => {
    data.be32(KEY, META_KEYS[key].key);
    data.be32(SREG, register);
  });
}

/** Gives the key, and the register that it is loaded into or set from; null for a key that is not known. */
export function readMeta(data: AttributeReader): { key: MetaKey; into?: number; from?: number } | null {
  let key: MetaKey | undefined;
  let into: number | undefined;
  let from: number | undefined;
  while (data.next()) {
    if (data.type === KEY) key = BY_NUMBER.get(data.be32());
    else if (data.type === DREG) into = data.be32();
    else if (data.type === SREG) from = data.be32();
  }
  if (key === undefined) return null;
  return into !== undefined ? { key, into } : from !== undefined ? { key, from } : null;
}
