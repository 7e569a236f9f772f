/**
 * Network devices over rtnetlink (linux/rtnetlink.h, if_link.h, if.h, veth.h). Each function yields one message without
 * a sequence number; the connection adds it, and asks for an acknowledgement.
 */
import { AttributeReader, AttributeWriter, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { NLM_F } from "./message.ts";

/** RTM_* of linux/rtnetlink.h. */
const RTM = { NEWLINK: 16, DELLINK: 17, GETLINK: 18 } as const;
/** Bytes of struct ifinfomsg: family, padding, ARPHRD type, index, flags, change. */
const HEADER = 16;
/** IFLA_* of linux/if_link.h. */
const IFLA = {
  ADDRESS: 1,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  MASTER: 10,
  LINKINFO: 18,
  NET_NS_PID: 19,
  LINK_NETNSID: 37,
} as const;
/** IFLA_INFO_* inside IFLA_LINKINFO. */
const INFO = { KIND: 1, DATA: 2 } as const;
/** IFLA_INFO_KIND goes without a zero byte at the end, as iproute2 sends it. */
const VETH = new TextEncoder().encode("veth");
/** VETH_INFO_PEER of linux/veth.h: a whole ifinfomsg with attributes. */
const VETH_PEER = 1;
/** IFF_* of linux/if.h. */
const IFF = { UP: 0x1, LOWER_UP: 0x10000 } as const;
/** Bytes of an Ethernet address. */
const MAC = 6;

/** A device as the kernel lists it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** ARPHRD_* of linux/if_arp.h: 1 Ethernet, 772 loopback. */
  readonly type: number;
  /** What made it, as `veth` or `bridge`; hardware has none. */
  readonly kind?: string;
  /** Set up by an administrator. */
  readonly up: boolean;
  /** The other side is there: a cable, or a peer that is up. */
  readonly carrier: boolean;
  readonly mtu: number;
  /** Ethernet address, as `02:42:ac:11:00:02`. */
  readonly mac?: string;
  /** Index of the device at the other end, or of the one below. */
  readonly peer?: number;
  /** This namespace's number for the one that `peer` is in; absent where that is this one. */
  readonly peerNamespace?: number;
  /** Index of the bridge, bond or VRF that it is part of. */
  readonly controller?: number;
}

/** Two Ethernet devices, each the other's cable. */
export interface Veth {
  readonly name: string;
  /** The kernel's own choice where it is left out, as the peer's always is. */
  readonly index?: number;
  readonly peer: {
    readonly name: string;
    /** A process whose network namespace the peer starts in; else this one. */
    readonly namespace?: number;
  };
  /** Bytes; the kernel's own choice where it is left out. */
  readonly mtu?: number;
}

/** What can be changed about a device; what is left out stays. */
export interface LinkChange {
  readonly up?: boolean;
  readonly name?: string;
  readonly mtu?: number;
  /** Process id: the device moves into the network namespace of that process, where it comes up down. */
  readonly namespace?: number;
}

/** Asks for all devices; for `Netlink.dump`. */
export function linkDump(): Uint8Array<ArrayBuffer> {
  return message(RTM.GETLINK, 0, header(0));
}

/** Asks for one device. */
export function getLink(name: string): Uint8Array<ArrayBuffer> {
  return message(RTM.GETLINK, 0, header(0), (writer) => writer.string(IFLA.IFNAME, name));
}

export function newVeth({ name, index = 0, peer, mtu }: Veth): Uint8Array<ArrayBuffer> {
  return message(RTM.NEWLINK, NLM_F.CREATE | NLM_F.EXCL, header(index), (writer) => {
    if (mtu !== undefined) writer.u32(IFLA.MTU, mtu);
    writer.string(IFLA.IFNAME, name);
    const info = writer.nest(IFLA.LINKINFO);
    writer.bytes(INFO.KIND, VETH);
    const data = writer.nest(INFO.DATA);
    const other = writer.nest(VETH_PEER);
    writer.raw(header(0));
    if (peer.namespace !== undefined) writer.u32(IFLA.NET_NS_PID, peer.namespace);
    if (mtu !== undefined) writer.u32(IFLA.MTU, mtu);
    writer.string(IFLA.IFNAME, peer.name);
    for (const nest of [other, data, info]) writer.end(nest);
  });
}

export function setLink(index: number, { up, name, mtu, namespace }: LinkChange): Uint8Array<ArrayBuffer> {
  const flags = up === undefined ? undefined : { set: up ? IFF.UP : 0, change: IFF.UP };
  return message(RTM.NEWLINK, 0, header(index, flags), (writer) => {
    if (mtu !== undefined) writer.u32(IFLA.MTU, mtu);
    if (name !== undefined) writer.string(IFLA.IFNAME, name);
    if (namespace !== undefined) writer.u32(IFLA.NET_NS_PID, namespace);
  });
}

/** Deletes a device that was made; the kernel refuses it (EOPNOTSUPP) for hardware. */
export function delLink(index: number): Uint8Array<ArrayBuffer> {
  return message(RTM.DELLINK, 0, header(index));
}

/** Reads the payload of an RTM_NEWLINK. Throws a `NetlinkDecodeError`. */
export function readLink(payload: Uint8Array): Link {
  if (payload.length < HEADER) throw new NetlinkDecodeError(`a link of ${payload.length} bytes`);
  const attributes = new AttributeReader(payload, HEADER);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const flags = view.getUint32(8, LITTLE_ENDIAN);
  const link: { -readonly [Key in keyof Link]: Link[Key] } = {
    index: view.getInt32(4, LITTLE_ENDIAN),
    name: "",
    type: view.getUint16(2, LITTLE_ENDIAN),
    up: (flags & IFF.UP) !== 0,
    carrier: (flags & IFF.LOWER_UP) !== 0,
    mtu: 0,
  };
  while (attributes.next()) {
    switch (attributes.type) {
      case IFLA.IFNAME:
        link.name = attributes.string();
        break;
      case IFLA.MTU:
        link.mtu = attributes.u32();
        break;
      case IFLA.ADDRESS:
        if (attributes.size === MAC) link.mac = hexPairs(attributes.bytes());
        break;
      case IFLA.LINK:
        link.peer = attributes.u32();
        break;
      case IFLA.LINK_NETNSID:
        link.peerNamespace = attributes.u32();
        break;
      case IFLA.MASTER:
        link.controller = attributes.u32();
        break;
      case IFLA.LINKINFO:
        link.kind = kindOf(attributes.nested());
    }
  }
  if (link.kind === undefined) delete link.kind;
  return link;
}

function kindOf(info: AttributeReader): string | undefined {
  while (info.next()) if (info.type === INFO.KIND) return info.string();
  return undefined;
}

function hexPairs(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** struct ifinfomsg. Only the flags in `change` are set to what `set` says. */
function header(index: number, flags = { set: 0, change: 0 }): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  const view = new DataView(bytes.buffer);
  view.setInt32(4, index, LITTLE_ENDIAN);
  view.setUint32(8, flags.set, LITTLE_ENDIAN);
  view.setUint32(12, flags.change, LITTLE_ENDIAN);
  return bytes;
}

function message(
  type: number,
  flags: number,
  header: Uint8Array,
  attributes?: (writer: AttributeWriter) => void,
): Uint8Array<ArrayBuffer> {
  const writer = new AttributeWriter(256);
  writer.message(type, flags, header);
  attributes?.(writer);
  return writer.finish();
}
