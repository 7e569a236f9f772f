/** Addresses of devices over rtnetlink (linux/rtnetlink.h, if_addr.h). */
import { type Address, type Family, formatPrefix } from "../../model/address.ts";
import { AttributeReader, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, AF, readInet } from "./inet.ts";
import { NLM_F } from "./message.ts";
import { type Change, message } from "./rtnetlink.ts";

/** RTM_* of linux/rtnetlink.h. */
const RTM = { NEWADDR: 20, DELADDR: 21, GETADDR: 22 } as const;
/** Bytes of struct ifaddrmsg: family, prefix length, flags, scope, device index. */
const HEADER = 8;
/** IFA_* of linux/if_addr.h. */
const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, BROADCAST: 4, CACHEINFO: 6, FLAGS: 8, METRIC: 9 } as const;
/** IFA_F_* of linux/if_addr.h. */
const IFA_F = {
  SECONDARY: 0x01,
  NODAD: 0x02,
  DADFAILED: 0x08,
  DEPRECATED: 0x20,
  TENTATIVE: 0x40,
  PERMANENT: 0x80,
  NOPREFIXROUTE: 0x200,
} as const;
/** RT_SCOPE_* of linux/rtnetlink.h. */
const SCOPES = { global: 0, site: 200, link: 253, host: 254 } as const;
/** Bytes of struct ifa_cacheinfo: seconds left preferred and valid, two time stamps. */
const CACHEINFO = 16;
/** INFINITY_LIFE_TIME. */
const FOREVER = 0xffffffff;

export type AddressScope = keyof typeof SCOPES;

/** Seconds; what is left out is without an end. */
export interface Lifetime {
  /** Until the address is taken away. */
  readonly valid?: number;
  /** Until nothing new begins from it; at most `valid`. */
  readonly preferred?: number;
}

/** An address to add or take away, with the prefix length of the network around it. */
export interface NewAddress {
  /** Index of the device. */
  readonly device: number;
  /** Its own address; on a point-to-point link `peer` is the other side's, and `length` belongs to that. */
  readonly address: Address;
  readonly length: number;
  readonly peer?: Address;
  /** What it is good for; the kernel's own choice where it is left out. */
  readonly scope?: AddressScope;
  /** IPv4 only. */
  readonly broadcast?: Address;
  /** IPv4 only: a name that begins with that of the device. */
  readonly label?: string;
  readonly lifetime?: Lifetime;
  /** IPv6 only: usable at once, without asking whether somebody else has it. */
  readonly unchecked?: boolean;
  /** No route to the network around it comes with it. */
  readonly noPrefixRoute?: boolean;
  /** Of the route that comes with it. */
  readonly metric?: number;
}

/** What says which address of all devices is meant. */
export type AddressKey = Pick<NewAddress, "device" | "address" | "length" | "peer">;

/** An address as the kernel lists it. */
export interface DeviceAddress extends Omit<NewAddress, "scope"> {
  readonly scope: AddressScope | "other";
  /** Never runs out, as one that an administrator set. */
  readonly permanent: boolean;
  /** Not usable yet: whether somebody else has it is being asked (duplicate address detection, RFC 4862). */
  readonly tentative: boolean;
  /** Somebody else has it. */
  readonly duplicate: boolean;
  /** No longer preferred. */
  readonly deprecated: boolean;
  /** IPv4: of the same network as another one, and gone with it. IPv6: temporary (RFC 8981). */
  readonly secondary: boolean;
}

/** Asks for the addresses of all devices or of one, of one IP version or of both; for `Netlink.dump`. */
export function addressDump(family?: Family, device = 0): Uint8Array<ArrayBuffer> {
  return message(RTM.GETADDR, 0, header({ family, device }));
}

/** Adds an address; refused with EEXIST where the device has it. */
export function newAddress(address: NewAddress): Change {
  return adding("add", NLM_F.CREATE | NLM_F.EXCL, address);
}

/** Adds an address, or changes lifetime, metric and flags of the one that is there. */
export function replaceAddress(address: NewAddress): Change {
  return adding("set", NLM_F.CREATE | NLM_F.REPLACE, address);
}

/** Takes an address away. */
export function delAddress({ device, address, length, peer }: AddressKey): Change {
  return {
    operation: `delete ${addressWords({ device, address, length })}`,
    message: message(RTM.DELADDR, 0, header({ family: address.family, length, device }), (writer) => {
      writer.bytes(IFA.LOCAL, addressBytes(address));
      writer.bytes(IFA.ADDRESS, addressBytes(peer ?? address));
    }),
  };
}

/** Reads the payload of an RTM_NEWADDR or RTM_DELADDR of IPv4 or IPv6; null for other families. Throws a `NetlinkDecodeError`. */
export function readAddress(payload: Uint8Array): DeviceAddress | null {
  if (payload[0] !== AF[4] && payload[0] !== AF[6]) return null;
  if (payload.length < HEADER) throw new NetlinkDecodeError(`an address message of ${payload.length} bytes`);
  const attributes = new AttributeReader(payload, HEADER);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  // The header has room for the first eight flags; newer kernels repeat them all in IFA_FLAGS.
  let flags = view.getUint8(2);
  let local: Address | undefined;
  let other: Address | undefined;
  const more: { -readonly [Key in "broadcast" | "label" | "lifetime" | "metric"]?: NewAddress[Key] } = {};
  while (attributes.next()) {
    switch (attributes.type) {
      case IFA.LOCAL:
        local = readInet(attributes.bytes());
        break;
      case IFA.ADDRESS:
        other = readInet(attributes.bytes());
        break;
      case IFA.BROADCAST:
        more.broadcast = readInet(attributes.bytes());
        break;
      case IFA.LABEL:
        more.label = attributes.string();
        break;
      case IFA.METRIC:
        more.metric = attributes.u32();
        break;
      case IFA.CACHEINFO: {
        const lifetime = readLifetime(attributes.bytes());
        if (lifetime !== null) more.lifetime = lifetime;
        break;
      }
      case IFA.FLAGS:
        flags = attributes.u32();
    }
  }
  const address = local ?? other;
  if (address === undefined) throw new NetlinkDecodeError("a device's address without an address");
  return {
    device: view.getUint32(4, LITTLE_ENDIAN),
    address,
    length: view.getUint8(1),
    ...(other === undefined || other.value === address.value ? {} : { peer: other }),
    ...more,
    ...((flags & IFA_F.NODAD) === 0 ? {} : { unchecked: true }),
    ...((flags & IFA_F.NOPREFIXROUTE) === 0 ? {} : { noPrefixRoute: true }),
    scope: scopeOf(view.getUint8(3)),
    permanent: (flags & IFA_F.PERMANENT) !== 0,
    tentative: (flags & IFA_F.TENTATIVE) !== 0,
    duplicate: (flags & IFA_F.DADFAILED) !== 0,
    deprecated: (flags & IFA_F.DEPRECATED) !== 0,
    secondary: (flags & IFA_F.SECONDARY) !== 0,
  };
}

function scopeOf(number: number): AddressScope | "other" {
  const found = Object.entries(SCOPES).find(([, value]) => value === number);
  return found === undefined ? "other" : found[0] as AddressScope;
}

/** Null for what never runs out, as most addresses. */
function readLifetime(bytes: Uint8Array): Lifetime | null {
  if (bytes.length < CACHEINFO) throw new NetlinkDecodeError(`an address's lifetime of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [preferred, valid] = [view.getUint32(0, LITTLE_ENDIAN), view.getUint32(4, LITTLE_ENDIAN)];
  if (valid === FOREVER && preferred === FOREVER) return null;
  return { ...(valid === FOREVER ? {} : { valid }), ...(preferred === FOREVER ? {} : { preferred }) };
}

function lifetimeBytes({ valid = FOREVER, preferred = valid }: Lifetime): Uint8Array {
  const bytes = new Uint8Array(CACHEINFO);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, preferred, LITTLE_ENDIAN);
  view.setUint32(4, valid, LITTLE_ENDIAN);
  return bytes;
}

function adding(verb: string, messageFlags: number, wanted: NewAddress): Change {
  const { device, address, length, peer, scope, broadcast, label, lifetime, metric } = wanted;
  const flags = (wanted.unchecked ? IFA_F.NODAD : 0) | (wanted.noPrefixRoute ? IFA_F.NOPREFIXROUTE : 0);
  const start = header({ family: address.family, length, flags, scope, device });
  return {
    operation: `${verb} ${addressWords(wanted)}`,
    message: message(RTM.NEWADDR, messageFlags, start, (writer) => {
      writer.bytes(IFA.LOCAL, addressBytes(address));
      if (label !== undefined) writer.string(IFA.LABEL, label);
      if (metric !== undefined) writer.u32(IFA.METRIC, metric);
      if (flags > 0xff) writer.u32(IFA.FLAGS, flags);
      writer.bytes(IFA.ADDRESS, addressBytes(peer ?? address));
      if (broadcast !== undefined) writer.bytes(IFA.BROADCAST, addressBytes(broadcast));
      if (lifetime !== undefined) writer.bytes(IFA.CACHEINFO, lifetimeBytes(lifetime));
    }),
  };
}

interface Header {
  readonly family?: Family;
  readonly length?: number;
  readonly flags?: number;
  readonly scope?: AddressScope;
  readonly device: number;
}

function header({ family, length = 0, flags = 0, scope = "global", device }: Header): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  bytes.set([family === undefined ? 0 : AF[family], length, flags & 0xff, SCOPES[scope]]);
  new DataView(bytes.buffer).setUint32(4, device, LITTLE_ENDIAN);
  return bytes;
}

function addressWords({ address, length, device }: AddressKey): string {
  return `address ${formatPrefix({ ...address, length })} on device ${device}`;
}
