/** Addresses of devices over rtnetlink (linux/rtnetlink.h, if_addr.h). */
import type { Address, Family } from "../../model/address.ts";
import { AttributeReader, AttributeWriter, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, AF, readInet } from "./inet.ts";
import { NLM_F } from "./message.ts";

/** RTM_* of linux/rtnetlink.h. */
const RTM = { NEWADDR: 20, DELADDR: 21, GETADDR: 22 } as const;
/** Bytes of struct ifaddrmsg: family, prefix length, flags, scope, device index. */
const HEADER = 8;
/** IFA_* of linux/if_addr.h. */
const IFA = { ADDRESS: 1, LOCAL: 2, FLAGS: 8 } as const;
/** IFA_F_* of linux/if_addr.h. */
const IFA_F = { NODAD: 0x02, DADFAILED: 0x08, TENTATIVE: 0x40, PERMANENT: 0x80 } as const;
/** RT_SCOPE_* of linux/rtnetlink.h. */
const SCOPES: Readonly<Record<number, AddressScope>> = { 0: "global", 200: "site", 253: "link", 254: "host" };

export type AddressScope = "global" | "site" | "link" | "host";

/** An address of a device, with the prefix length of the network around it. */
export interface DeviceAddress {
  /** Index of the device. */
  readonly device: number;
  /** Its own address; on a point-to-point link `peer` is the other side's. */
  readonly address: Address;
  readonly length: number;
  readonly peer?: Address;
  readonly scope: AddressScope | "other";
  /** Never runs out, as one that an administrator set. */
  readonly permanent: boolean;
  /** Not usable yet: whether somebody else has it is being asked (duplicate address detection, RFC 4862). */
  readonly tentative: boolean;
  /** Somebody else has it. */
  readonly duplicate: boolean;
}

/** An address to add or take away. */
export interface NewAddress {
  readonly device: number;
  readonly address: Address;
  readonly length: number;
  /** Usable at once, without asking whether somebody else has it (IPv6). */
  readonly unchecked?: boolean;
}

/** Asks for the addresses of all devices, of one IP version or of both; for `Netlink.dump`. */
export function addressDump(family?: Family): Uint8Array<ArrayBuffer> {
  const writer = new AttributeWriter(64);
  writer.message(RTM.GETADDR, 0, [family === undefined ? 0 : AF[family], ...new Uint8Array(HEADER - 1)]);
  return writer.finish();
}

export function newAddress(address: NewAddress): Uint8Array<ArrayBuffer> {
  return message(RTM.NEWADDR, NLM_F.CREATE | NLM_F.EXCL, address);
}

export function delAddress(address: NewAddress): Uint8Array<ArrayBuffer> {
  return message(RTM.DELADDR, 0, address);
}

/** Reads the payload of an RTM_NEWADDR of IPv4 or IPv6; null for other families. Throws a `NetlinkDecodeError`. */
export function readAddress(payload: Uint8Array): DeviceAddress | null {
  if (payload[0] !== AF[4] && payload[0] !== AF[6]) return null;
  if (payload.length < HEADER) throw new NetlinkDecodeError(`an address message of ${payload.length} bytes`);
  const attributes = new AttributeReader(payload, HEADER);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  // The header has room for the first eight flags; newer kernels repeat them all in IFA_FLAGS.
  let flags = view.getUint8(2);
  let local: Address | undefined;
  let other: Address | undefined;
  while (attributes.next()) {
    if (attributes.type === IFA.LOCAL) local = readInet(attributes.bytes());
    else if (attributes.type === IFA.ADDRESS) other = readInet(attributes.bytes());
    else if (attributes.type === IFA.FLAGS) flags = attributes.u32();
  }
  const address = local ?? other;
  if (address === undefined) throw new NetlinkDecodeError("a device's address without an address");
  return {
    device: view.getUint32(4, LITTLE_ENDIAN),
    address,
    length: view.getUint8(1),
    ...(other === undefined || other.value === address.value ? {} : { peer: other }),
    scope: SCOPES[view.getUint8(3)] ?? "other",
    permanent: (flags & IFA_F.PERMANENT) !== 0,
    tentative: (flags & IFA_F.TENTATIVE) !== 0,
    duplicate: (flags & IFA_F.DADFAILED) !== 0,
  };
}

function message(
  type: number,
  flags: number,
  { device, address, length, unchecked }: NewAddress,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER);
  header.set([AF[address.family], length, unchecked ? IFA_F.NODAD : 0]);
  new DataView(header.buffer).setUint32(4, device, LITTLE_ENDIAN);
  const writer = new AttributeWriter(64);
  writer.message(type, flags, header);
  writer.bytes(IFA.LOCAL, addressBytes(address));
  writer.bytes(IFA.ADDRESS, addressBytes(address));
  return writer.finish();
}
