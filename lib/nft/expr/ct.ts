/** `ct`: facts about the packet's connection; loads and `ct mark set` (enum nft_ct_keys, nft_ct_attributes). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import type { CtKey, Datatype, Load } from "../ruleset.ts";
import { writeExpression } from "./expression.ts";

const DREG = 1;
const KEY = 2;
const DIRECTION = 3;
const SREG = 4;

/** NFT_CT_* with the datatype that each yields. */
export const CT_KEYS: Readonly<Record<CtKey, { readonly key: number; readonly type: Datatype }>> = {
  state: { key: 0, type: "ct_state" },
  direction: { key: 1, type: "ct_dir" },
  status: { key: 2, type: "ct_status" },
  mark: { key: 3, type: "mark" },
  l3proto: { key: 7, type: "nf_proto" },
  protocol: { key: 10, type: "inet_proto" },
  "proto-src": { key: 11, type: "inet_service" },
  "proto-dst": { key: 12, type: "inet_service" },
  zone: { key: 17, type: "inet_service" },
  "ip saddr": { key: 19, type: "ipv4_addr" },
  "ip daddr": { key: 20, type: "ipv4_addr" },
  "ip6 saddr": { key: 21, type: "ipv6_addr" },
  "ip6 daddr": { key: 22, type: "ipv6_addr" },
};

const BY_NUMBER = new Map(Object.entries(CT_KEYS).map(([name, { key }]) => [key, name as CtKey]));
const DIRECTIONS = ["original", "reply"] as const;

export type CtLoad = Extract<Load, { load: "ct" }>;

export function writeCt(writer: AttributeWriter, load: CtLoad, register: number): void {
  writeExpression(writer, "ct", (data) => {
    data.be32(DREG, register);
    data.be32(KEY, CT_KEYS[load.key].key);
    if (load.direction !== undefined) data.u8(DIRECTION, DIRECTIONS.indexOf(load.direction));
  });
}

export function writeCtSet(writer: AttributeWriter, key: "mark", register: number): void {
  writeExpression(writer, "ct", (data) => {
    data.be32(KEY, CT_KEYS[key].key);
    data.be32(SREG, register);
  });
}

/** Gives what is loaded or set and the register; null for a key that is not known. */
export function readCt(data: AttributeReader): { load: CtLoad; into?: number; from?: number } | null {
  let key: CtKey | undefined;
  let direction: (typeof DIRECTIONS)[number] | undefined;
  let into: number | undefined;
  let from: number | undefined;
  while (data.next()) {
    if (data.type === KEY) key = BY_NUMBER.get(data.be32());
    else if (data.type === DIRECTION) direction = DIRECTIONS[data.u8()];
    else if (data.type === DREG) into = data.be32();
    else if (data.type === SREG) from = data.be32();
  }
  if (key === undefined) return null;
  const load: CtLoad = direction === undefined ? { load: "ct", key } : { load: "ct", key, direction };
  return into !== undefined ? { load, into } : from !== undefined ? { load, from } : null;
}
