/** Network devices over rtnetlink (linux/rtnetlink.h, if_link.h, if.h). */
import { AttributeReader, type AttributeWriter, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { IFINFO, ifinfo, IFLA, type LinkFlags, RTM_LINK } from "./ifinfo.ts";
import type { BridgePort } from "./kind/bridge.ts";
import { type LinkKind, type PortSettings, readLinkInfo, writeKind, writePort } from "./kind.ts";
import { changeWords } from "./link_words.ts";
import { formatMac, macBytes } from "./mac.ts";
import { NLM_F } from "./message.ts";
import { type Change, message } from "./rtnetlink.ts";

/** IFF_* of linux/if.h. */
const IFF = { UP: 0x1, PROMISC: 0x100, LOWER_UP: 0x10000 } as const;
/** RTEXT_FILTER_SKIP_STATS: leaves out the IPv6 counters of each link, a third of a dump. */
const SKIP_STATS = 1 << 3;
/** IF_OPER_* of linux/if.h (RFC 2863). */
const STATES = ["unknown", "not present", "down", "lower layer down", "testing", "dormant", "up"] as const;

export type LinkState = (typeof STATES)[number];

/** A device as the kernel lists it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** ARPHRD_* of linux/if_arp.h: 1 Ethernet, 772 loopback. */
  readonly type: number;
  /** What made it by the kernel's name, as `veth` or `tun`; hardware has none. */
  readonly kind?: string;
  /** The settings of its kind, where this program knows them. */
  readonly settings?: LinkKind;
  /** What it has from the bridge or bond that it is part of. */
  readonly port?: PortSettings;
  /** Set up by an administrator. */
  readonly up: boolean;
  /** The other side is there: a cable, or a peer that is up. */
  readonly carrier: boolean;
  /** Whether packets can pass (RFC 2863): `up` asks for it, this is what came of it. */
  readonly state: LinkState;
  /** Takes packets for any address. */
  readonly promiscuous: boolean;
  /** Bytes. */
  readonly mtu: number;
  /** What the MTU can be; without bounds where the driver sets none. */
  readonly minMtu?: number;
  readonly maxMtu?: number;
  /** Ethernet address, as `02:42:ac:11:00:02`. */
  readonly mac?: string;
  /** The Ethernet address that the hardware came with. */
  readonly hardwareMac?: string;
  /** An administrator's description (IFLA_IFALIAS). */
  readonly alias?: string;
  /** Index of the device at the other end of a veth. */
  readonly peer?: number;
  /** Index of the device below: what a VLAN or macvlan is made of. */
  readonly parent?: number;
  /** This namespace's number for the one that `peer` or `parent` is in; absent where that is this one. */
  readonly otherNamespace?: number;
  /** Index of the bridge, bond or VRF that it is part of. */
  readonly controller?: number;
}

/** A link by both its names: messages carry the index, errors say the name. */
export type LinkReference = Pick<Link, "index" | "name">;

/** What can be changed about a device; what is left out stays. */
export interface LinkChange {
  readonly up?: boolean;
  /** A new name, of at most 15 bytes (IFNAMSIZ). Old kernels take it only while the link is down. */
  readonly name?: string;
  readonly mtu?: number;
  readonly mac?: string;
  /** At most 255 bytes (IFALIASZ); an empty one takes it away. */
  readonly alias?: string;
  readonly promiscuous?: boolean;
  /** Index of the bridge, bond or VRF that it becomes part of; 0 takes it out. A bond takes links that are down. */
  readonly controller?: number;
  /** Process id: the device moves into the network namespace of that process, where it comes up down. */
  readonly namespace?: number;
  /** Of its own kind. */
  readonly settings?: LinkKind;
  /** For a link that is already part of a bridge. */
  readonly port?: BridgePort;
}

/** A device to make. The kernel takes alias and port settings only of one that is there. */
export interface NewLink extends Omit<LinkChange, "alias" | "port"> {
  readonly name: string;
  readonly settings: LinkKind;
  /** The kernel's own choice where it is left out. */
  readonly index?: number;
  /** Index of the device below: for VLANs and macvlans. */
  readonly parent?: number;
}

/** Asks for all devices; for `Netlink.dump`. */
export function linkDump(): Uint8Array<ArrayBuffer> {
  return message(RTM_LINK.GET, 0, ifinfo(0), (writer) => writer.u32(IFLA.EXT_MASK, SKIP_STATS));
}

/** Asks for one device by name or index. */
export function getLink(which: string | number): Uint8Array<ArrayBuffer> {
  return message(RTM_LINK.GET, 0, ifinfo(typeof which === "number" ? which : 0), (writer) => {
    writer.u32(IFLA.EXT_MASK, SKIP_STATS);
    if (typeof which === "string") writer.string(IFLA.IFNAME, which);
  });
}

/** Makes a device; refused with EEXIST where there is one of that name. */
export function newLink(link: NewLink): Change {
  const { name, index = 0, parent, settings, ...rest } = link;
  return {
    operation: `create ${settings.kind} link ${name}`,
    message: message(
      RTM_LINK.NEW,
      NLM_F.CREATE | NLM_F.EXCL,
      ifinfo(index, flagsOf(rest)),
      (writer) => {
        writeCommon(writer, rest);
        if (parent !== undefined) writer.u32(IFLA.LINK, parent);
        writer.string(IFLA.IFNAME, name);
        const info = writer.nest(IFLA.LINKINFO);
        writeKind(writer, settings);
        writer.end(info);
      },
    ),
  };
}

export function setLink({ index, name }: LinkReference, change: LinkChange): Change {
  return {
    operation: `set link ${name} ${changeWords(change)}`,
    message: message(RTM_LINK.NEW, 0, ifinfo(index, flagsOf(change)), (writer) => {
      writeCommon(writer, change);
      if (change.name !== undefined) writer.string(IFLA.IFNAME, change.name);
      if (change.alias !== undefined) writer.bytes(IFLA.IFALIAS, aliasBytes(change.alias));
      if (change.settings === undefined && change.port === undefined) return;
      const info = writer.nest(IFLA.LINKINFO);
      if (change.settings !== undefined) writeKind(writer, change.settings);
      if (change.port !== undefined) writePort(writer, change.port);
      writer.end(info);
    }),
  };
}

/** Deletes a device that was made; the kernel refuses it (EOPNOTSUPP) for hardware. */
export function delLink({ index, name }: LinkReference): Change {
  return { operation: `delete link ${name}`, message: message(RTM_LINK.DEL, 0, ifinfo(index)) };
}

/** Reads the payload of an RTM_NEWLINK or RTM_DELLINK. Throws a `NetlinkDecodeError`. */
export function readLink(payload: Uint8Array): Link {
  if (payload.length < IFINFO) throw new NetlinkDecodeError(`a link of ${payload.length} bytes`);
  const attributes = new AttributeReader(payload, IFINFO);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const flags = view.getUint32(8, LITTLE_ENDIAN);
  const link: { -readonly [Key in keyof Link]: Link[Key] } = {
    index: view.getInt32(4, LITTLE_ENDIAN),
    name: "",
    type: view.getUint16(2, LITTLE_ENDIAN),
    up: (flags & IFF.UP) !== 0,
    carrier: (flags & IFF.LOWER_UP) !== 0,
    state: "unknown",
    promiscuous: (flags & IFF.PROMISC) !== 0,
    mtu: 0,
  };
  let other: number | undefined;
  while (attributes.next()) {
    switch (attributes.type) {
      case IFLA.IFNAME:
        link.name = attributes.string();
        break;
      case IFLA.MTU:
        link.mtu = attributes.u32();
        break;
      case IFLA.MIN_MTU:
        if (attributes.u32() > 0) link.minMtu = attributes.u32();
        break;
      case IFLA.MAX_MTU:
        if (attributes.u32() > 0) link.maxMtu = attributes.u32();
        break;
      case IFLA.ADDRESS:
        link.mac = formatMac(attributes.bytes());
        break;
      case IFLA.PERM_ADDRESS:
        link.hardwareMac = formatMac(attributes.bytes());
        break;
      case IFLA.IFALIAS:
        link.alias = attributes.string();
        break;
      case IFLA.OPERSTATE:
        link.state = STATES[attributes.u8()] ?? "unknown";
        break;
      case IFLA.LINK:
        other = attributes.u32();
        break;
      case IFLA.LINK_NETNSID:
        link.otherNamespace = attributes.i32();
        break;
      case IFLA.MASTER:
        link.controller = attributes.u32();
        break;
      case IFLA.LINKINFO:
        Object.assign(link, readLinkInfo(attributes.nested()));
    }
  }
  // A peer in a namespace that this one has no number for is listed as 0.
  if (other !== undefined && other > 0) link[link.kind === "veth" ? "peer" : "parent"] = other;
  if (link.mac === undefined) delete link.mac;
  if (link.hardwareMac === undefined) delete link.hardwareMac;
  return link;
}

function flagsOf({ up, promiscuous }: LinkChange): LinkFlags {
  const asked = [[IFF.UP, up], [IFF.PROMISC, promiscuous]] as const;
  const bits = (wanted: (value: boolean | undefined) => boolean) =>
    asked.reduce((sum, [bit, value]) => wanted(value) ? sum | bit : sum, 0);
  return { set: bits((value) => value === true), change: bits((value) => value !== undefined) };
}

/** What new links and those that are there take alike. */
function writeCommon(writer: AttributeWriter, { mtu, mac, controller, namespace }: LinkChange): void {
  if (mtu !== undefined) writer.u32(IFLA.MTU, mtu);
  if (mac !== undefined) writer.bytes(IFLA.ADDRESS, macBytes(mac));
  if (controller !== undefined) writer.u32(IFLA.MASTER, controller);
  if (namespace !== undefined) writer.u32(IFLA.NET_NS_PID, namespace);
}

/** A text without a zero byte; an empty one takes the alias away only as a single zero. */
function aliasBytes(alias: string): Uint8Array {
  return alias === "" ? new Uint8Array(1) : new TextEncoder().encode(alias);
}
