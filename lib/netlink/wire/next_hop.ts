/** Where packets of a route go next: struct rtnexthop and the attributes that stand for a single one (linux/rtnetlink.h). */
import { type Address, type Family, formatAddress } from "../../model/address.ts";
import { AttributeReader, type AttributeWriter, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, AF, readInet } from "./inet.ts";

/** RTA_*. */
export const RTA_HOP = { OIF: 4, GATEWAY: 5, VIA: 18 } as const;
/** RTNH_F_*. */
export const RTNH_F = { DEAD: 0x1, ONLINK: 0x4, LINKDOWN: 0x10 } as const;
/** Bytes of struct rtnexthop: length, flags, hops, device index. */
const NEXT_HOP = 8;
/** Bytes of struct rtvia in front of the address: the family. */
const VIA = 2;

/** Where packets go next: to a gateway, out of a device, or both. */
export interface NextHop {
  /** Index of the device. */
  readonly device?: number;
  /** May be of IPv6 for a route of IPv4 (RFC 8950). */
  readonly gateway?: Address;
  /** 1 to 256: its share where a route has several; 1 where it is left out. */
  readonly weight?: number;
  /** The gateway is on the link although no address of the device says so. */
  readonly onLink?: boolean;
}

/** Writes the gateway of a hop, for a route of that family. */
export function writeGateway(writer: AttributeWriter, family: Family, gateway: Address | undefined): void {
  if (gateway === undefined) return;
  if (gateway.family === family) writer.bytes(RTA_HOP.GATEWAY, addressBytes(gateway));
  else writer.bytes(RTA_HOP.VIA, viaBytes(gateway));
}

/** Writes several hops, one struct rtnexthop behind the other. */
export function writeHops(writer: AttributeWriter, family: Family, hops: readonly NextHop[]): void {
  for (const { device = 0, gateway, weight = 1, onLink } of hops) {
    const start = writer.length;
    const header = new Uint8Array(NEXT_HOP);
    const view = new DataView(header.buffer);
    view.setUint8(2, onLink ? RTNH_F.ONLINK : 0);
    view.setUint8(3, weight - 1);
    view.setInt32(4, device, LITTLE_ENDIAN);
    writer.raw(header);
    writeGateway(writer, family, gateway);
    writer.end(start);
  }
}

/** Reads what `writeHops` writes. Throws a `NetlinkDecodeError`. */
export function readHops(bytes: Uint8Array): NextHop[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const hops: NextHop[] = [];
  for (let at = 0; at + NEXT_HOP <= bytes.length;) {
    const length = view.getUint16(at, LITTLE_ENDIAN);
    if (length < NEXT_HOP || at + length > bytes.length) {
      throw new NetlinkDecodeError(`a next hop says ${length} bytes where ${bytes.length - at} are left`);
    }
    const attributes = new AttributeReader(bytes, at + NEXT_HOP, at + length);
    let gateway: Address | undefined;
    while (attributes.next()) gateway = readGateway(attributes) ?? gateway;
    const weight = view.getUint8(at + 3) + 1;
    hops.push({
      device: view.getInt32(at + 4, LITTLE_ENDIAN),
      ...(gateway === undefined ? {} : { gateway }),
      ...(weight === 1 ? {} : { weight }),
      ...((view.getUint8(at + 2) & RTNH_F.ONLINK) === 0 ? {} : { onLink: true }),
    });
    at += (length + 3) & ~3;
  }
  return hops;
}

/** The gateway that the current attribute names, if it names one. */
export function readGateway(attributes: AttributeReader): Address | undefined {
  if (attributes.type === RTA_HOP.GATEWAY) return readInet(attributes.bytes());
  if (attributes.type === RTA_HOP.VIA) return readInet(attributes.bytes().subarray(VIA));
  return undefined;
}

function viaBytes(gateway: Address): Uint8Array {
  const address = addressBytes(gateway);
  const bytes = new Uint8Array(VIA + address.length);
  new DataView(bytes.buffer).setUint16(0, AF[gateway.family], LITTLE_ENDIAN);
  bytes.set(address, VIA);
  return bytes;
}

/** As ` by 192.168.1.1 on device 3`. */
export function hopWords({ gateway, device }: NextHop): string {
  const by = gateway === undefined ? "" : ` by ${formatAddress(gateway)}`;
  return `${by}${device === undefined ? "" : ` on device ${device}`}`;
}
