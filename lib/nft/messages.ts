/** Messages and attributes of nf_tables (enum nf_tables_msg_types and nft_*_attributes of linux/netfilter/nf_tables.h). */
import { SUBSYSTEM_NFTABLES } from "../netlink/wire/nfnetlink.ts";
import type { Hook, TableFamily } from "./ruleset.ts";

const message = (number: number) => (SUBSYSTEM_NFTABLES << 8) | number;

export const MESSAGE = {
  NEWTABLE: message(0),
  GETTABLE: message(1),
  DELTABLE: message(2),
  NEWCHAIN: message(3),
  GETCHAIN: message(4),
  DELCHAIN: message(5),
  NEWRULE: message(6),
  GETRULE: message(7),
  DELRULE: message(8),
  NEWSET: message(9),
  GETSET: message(10),
  DELSET: message(11),
  NEWSETELEM: message(12),
  GETSETELEM: message(13),
  DELSETELEM: message(14),
  NEWGEN: message(15),
  GETGEN: message(16),
} as const;

export const LIST_ELEM = 1;
export const TABLE = { NAME: 1, FLAGS: 2 } as const;
/** NFT_TABLE_F_DORMANT: none of the table's hooks is called. */
export const TABLE_DORMANT = 1;
export const CHAIN = { TABLE: 1, NAME: 3, HOOK: 4, POLICY: 5, TYPE: 7, FLAGS: 10, USERDATA: 12 } as const;
export const HOOK = { NUMBER: 1, PRIORITY: 2, DEVICE: 3, DEVICES: 4 } as const;
export const DEVICE_NAME = 1;
export const RULE = { TABLE: 1, CHAIN: 2, HANDLE: 3, EXPRESSIONS: 4, POSITION: 6, USERDATA: 7 } as const;
export const SET = {
  TABLE: 1,
  NAME: 2,
  FLAGS: 3,
  KEY_TYPE: 4,
  KEY_LENGTH: 5,
  DATA_TYPE: 6,
  DATA_LENGTH: 7,
  DESCRIPTION: 9,
  ID: 10,
  TIMEOUT: 11,
  USERDATA: 13,
  EXPRESSION: 17,
} as const;
export const SET_FLAG = { ANONYMOUS: 1, CONSTANT: 2, INTERVAL: 4, MAP: 8, TIMEOUT: 16, EVAL: 32, CONCAT: 128 } as const;
export const SET_DESCRIPTION = { SIZE: 1, CONCAT: 2 } as const;
export const SET_FIELD_LENGTH = 1;
export const ELEMENTS = { TABLE: 1, SET: 2, ELEMENTS: 3, SET_ID: 4 } as const;
export const ELEMENT = { KEY: 1, DATA: 2, FLAGS: 3, TIMEOUT: 4, USERDATA: 6, KEY_END: 10 } as const;
export const INTERVAL_END = 1;
/** NFT_DATA_VERDICT: the data type of maps of verdicts. */
export const DATA_VERDICT = 0xffffff00;
export const GENERATION_ID = 1;

/** Types of user data (libnftnl/udata.h), by which `nft` keeps comments and byte orders. */
export const USERDATA = { COMMENT: 0, SET_KEY_BYTEORDER: 0, SET_COMMENT: 7 } as const;

/** NFPROTO_* of linux/netfilter.h. */
export const FAMILY: Readonly<Record<TableFamily, number>> = { inet: 1, ip: 2, arp: 3, netdev: 5, bridge: 7, ip6: 10 };

/** NF_INET_* hook numbers; the netdev family counts its own. */
const HOOKS: readonly Hook[] = ["prerouting", "input", "forward", "output", "postrouting", "ingress"];
const NETDEV_HOOKS: readonly Hook[] = ["ingress", "egress"];

export function hookNumber(family: TableFamily, hook: Hook): number {
  return (family === "netdev" ? NETDEV_HOOKS : HOOKS).indexOf(hook);
}

export function hookName(family: TableFamily, number: number): Hook | undefined {
  return (family === "netdev" ? NETDEV_HOOKS : HOOKS)[number];
}
