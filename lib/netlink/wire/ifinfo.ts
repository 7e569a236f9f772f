/** struct ifinfomsg, which messages about links begin with, and the attributes behind it (linux/rtnetlink.h, if_link.h). */
import { LITTLE_ENDIAN } from "./attribute.ts";

/** Bytes of struct ifinfomsg: family, padding, ARPHRD type, index, flags, change. */
export const IFINFO = 16;

/** RTM_* of links. */
export const RTM_LINK = { NEW: 16, DEL: 17, GET: 18, SET: 19 } as const;

/** IFLA_* of linux/if_link.h. */
export const IFLA = {
  ADDRESS: 1,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  MASTER: 10,
  OPERSTATE: 16,
  LINKINFO: 18,
  NET_NS_PID: 19,
  IFALIAS: 20,
  AF_SPEC: 26,
  EXT_MASK: 29,
  LINK_NETNSID: 37,
  MIN_MTU: 50,
  MAX_MTU: 51,
  PERM_ADDRESS: 54,
} as const;

export interface LinkFlags {
  /** IFF_* to set, of those in `change`. */
  readonly set: number;
  readonly change: number;
}

/** A header for the link with an index; 0 for any, or for one that is named behind it. */
export function ifinfo(index: number, flags: LinkFlags = { set: 0, change: 0 }, family = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(IFINFO);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, family);
  view.setInt32(4, index, LITTLE_ENDIAN);
  view.setUint32(8, flags.set, LITTLE_ENDIAN);
  view.setUint32(12, flags.change, LITTLE_ENDIAN);
  return bytes;
}
