/** Neighbours: which Ethernet address an IP address of a link has (linux/neighbour.h; RFC 826, RFC 4861). */
import { type Address, type Family, formatAddress } from "../../model/address.ts";
import { AttributeReader, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, AF, readInet } from "./inet.ts";
import { formatMac, macBytes } from "./mac.ts";
import { NLM_F } from "./message.ts";
import { type Change, message } from "./rtnetlink.ts";

/** RTM_* of linux/rtnetlink.h. */
const RTM = { NEWNEIGH: 28, DELNEIGH: 29, GETNEIGH: 30 } as const;
/** Bytes of struct ndmsg: family, padding, device index, state, flags, type. */
const HEADER = 12;
/** NDA_*. */
const NDA = { DST: 1, LLADDR: 2 } as const;
/** NUD_*. */
const STATES = {
  none: 0,
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noarp: 0x40,
  permanent: 0x80,
} as const;
/** NTF_*: answer for it; it is a router. */
const NTF = { PROXY: 0x08, ROUTER: 0x80 } as const;

export type NeighbourState = keyof typeof STATES;

/** A neighbour to add or to take away. */
export interface NewNeighbour {
  /** Index of the device. */
  readonly device: number;
  readonly address: Address;
  readonly mac?: string;
  /** Permanent where it is left out: it stays until somebody takes it away. */
  readonly state?: NeighbourState;
  /** IPv6: it routes packets of others. */
  readonly router?: boolean;
  /** This machine answers for it, on behalf of another link. */
  readonly proxy?: boolean;
}

/** A neighbour as the kernel lists it. */
export interface Neighbour extends NewNeighbour {
  readonly state: NeighbourState;
}

/** Asks for all neighbours, of one IP version or of both, or for those answered for by proxy; for `Netlink.dump`. */
export function neighbourDump(family?: Family, proxy = false): Uint8Array<ArrayBuffer> {
  return message(RTM.GETNEIGH, 0, header({ family, flags: proxy ? NTF.PROXY : 0 }));
}

/** Adds a neighbour or changes the one that is there. */
export function replaceNeighbour(neighbour: NewNeighbour): Change {
  return change("set", RTM.NEWNEIGH, NLM_F.CREATE | NLM_F.REPLACE, neighbour);
}

export function delNeighbour({ device, address, proxy }: NewNeighbour): Change {
  return change("delete", RTM.DELNEIGH, 0, { device, address, ...(proxy ? { proxy } : {}) });
}

/** Reads the payload of an RTM_NEWNEIGH or RTM_DELNEIGH of IPv4 or IPv6; null for other families. Throws a `NetlinkDecodeError`. */
export function readNeighbour(payload: Uint8Array): Neighbour | null {
  if (payload.length < HEADER) throw new NetlinkDecodeError(`a neighbour of ${payload.length} bytes`);
  if (payload[0] !== AF[4] && payload[0] !== AF[6]) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const [state, flags] = [view.getUint16(8, LITTLE_ENDIAN), view.getUint8(10)];
  const attributes = new AttributeReader(payload, HEADER);
  let address: Address | undefined;
  let mac: string | undefined;
  while (attributes.next()) {
    if (attributes.type === NDA.DST) address = readInet(attributes.bytes());
    else if (attributes.type === NDA.LLADDR) mac = formatMac(attributes.bytes());
  }
  if (address === undefined) throw new NetlinkDecodeError("a neighbour without an address");
  return {
    device: view.getInt32(4, LITTLE_ENDIAN),
    address,
    ...(mac === undefined ? {} : { mac }),
    state: stateOf(state),
    ...((flags & NTF.ROUTER) === 0 ? {} : { router: true }),
    ...((flags & NTF.PROXY) === 0 ? {} : { proxy: true }),
  };
}

/** The kernel says one state at a time. */
function stateOf(number: number): NeighbourState {
  const found = Object.entries(STATES).find(([, bit]) => bit !== 0 && (number & bit) !== 0);
  return found === undefined ? "none" : found[0] as NeighbourState;
}

function change(verb: string, type: number, messageFlags: number, neighbour: NewNeighbour): Change {
  const { device, address, mac, state = "permanent", router, proxy } = neighbour;
  const flags = (router ? NTF.ROUTER : 0) | (proxy ? NTF.PROXY : 0);
  return {
    operation: `${verb} neighbour ${formatAddress(address)} on device ${device}`,
    message: message(type, messageFlags, header({ family: address.family, device, state, flags }), (writer) => {
      writer.bytes(NDA.DST, addressBytes(address));
      if (mac !== undefined) writer.bytes(NDA.LLADDR, macBytes(mac));
    }),
  };
}

interface Header {
  readonly family?: Family;
  readonly device?: number;
  readonly state?: NeighbourState;
  readonly flags: number;
}

function header({ family, device = 0, state = "none", flags }: Header): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, family === undefined ? 0 : AF[family]);
  view.setInt32(4, device, LITTLE_ENDIAN);
  view.setUint16(8, STATES[state], LITTLE_ENDIAN);
  view.setUint8(10, flags);
  return bytes;
}
