/** Connections that the kernel tracks, over ctnetlink (linux/netfilter/nfnetlink_conntrack.h). */
import type { Address } from "../../model/address.ts";
import { AttributeReader, AttributeWriter } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, AF, readInet } from "./inet.ts";
import { nfgenmsg, SUBSYSTEM_CONNTRACK } from "./nfnetlink.ts";

/** IPCTNL_MSG_CT_GET. */
const GET = (SUBSYSTEM_CONNTRACK << 8) | 1;
/** Bytes of struct nfgenmsg in front of the attributes. */
const HEADER = 4;
/** CTA_* of enum ctattr_type. */
const CTA = { TUPLE_ORIGINAL: 1, TUPLE_REPLY: 2, STATUS: 3, MARK: 8 } as const;
/** CTA_TUPLE_* of enum ctattr_tuple. */
const TUPLE = { IP: 1, PROTOCOL: 2 } as const;
/** CTA_IP_* of enum ctattr_ip, by IP version: source and destination. */
const IP = { 4: [1, 2], 6: [3, 4] } as const;
/** CTA_PROTO_* of enum ctattr_l4proto. */
const PROTOCOL = { NUMBER: 1, SOURCE_PORT: 2, DESTINATION_PORT: 3 } as const;

/** Packets of one direction of a connection. Ports are 0 where the protocol has none. */
export interface Tuple {
  readonly source: Address;
  readonly destination: Address;
  /** IANA number. */
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface TrackedConnection {
  /** The packet that began it, as it came. */
  readonly original: Tuple;
  /** Its answers, as they come: other ends than the original's turned round where it is translated. */
  readonly reply: Tuple;
  /** IPS_* of linux/netfilter/nf_conntrack_common.h. */
  readonly status: number;
  readonly mark: number;
}

/** Asks for the connection that packets like this one belong to, in either direction. The kernel says ENOENT for none. */
export function getConnection(tuple: Tuple): Uint8Array<ArrayBuffer> {
  const { source, destination, protocol, sourcePort, destinationPort } = tuple;
  const writer = new AttributeWriter(128);
  writer.message(GET, 0, nfgenmsg(AF[source.family]));
  const outer = writer.nest(CTA.TUPLE_ORIGINAL);
  const ip = writer.nest(TUPLE.IP);
  const [from, to] = IP[source.family];
  writer.bytes(from, addressBytes(source));
  writer.bytes(to, addressBytes(destination));
  writer.end(ip);
  const transport = writer.nest(TUPLE.PROTOCOL);
  writer.u8(PROTOCOL.NUMBER, protocol);
  writer.be16(PROTOCOL.SOURCE_PORT, sourcePort);
  writer.be16(PROTOCOL.DESTINATION_PORT, destinationPort);
  writer.end(transport);
  writer.end(outer);
  return writer.finish();
}

/** Reads the payload of an IPCTNL_MSG_CT_NEW. Throws a `NetlinkDecodeError`. */
export function readConnection(payload: Uint8Array): TrackedConnection {
  if (payload.length < HEADER) throw new NetlinkDecodeError(`a connection of ${payload.length} bytes`);
  const attributes = new AttributeReader(payload, HEADER);
  let original: Tuple | undefined;
  let reply: Tuple | undefined;
  let [status, mark] = [0, 0];
  while (attributes.next()) {
    if (attributes.type === CTA.TUPLE_ORIGINAL) original = readTuple(attributes.nested());
    else if (attributes.type === CTA.TUPLE_REPLY) reply = readTuple(attributes.nested());
    else if (attributes.type === CTA.STATUS) status = attributes.be32();
    else if (attributes.type === CTA.MARK) mark = attributes.be32();
  }
  if (original === undefined || reply === undefined) throw new NetlinkDecodeError("a connection without its tuples");
  return { original, reply, status, mark };
}

function readTuple(tuple: AttributeReader): Tuple {
  let source: Address | undefined;
  let destination: Address | undefined;
  let [protocol, sourcePort, destinationPort] = [0, 0, 0];
  while (tuple.next()) {
    const inner = tuple.nested();
    if (tuple.type === TUPLE.IP) {
      while (inner.next()) {
        if (inner.type === IP[4][0] || inner.type === IP[6][0]) source = readInet(inner.bytes());
        else if (inner.type === IP[4][1] || inner.type === IP[6][1]) destination = readInet(inner.bytes());
      }
    } else if (tuple.type === TUPLE.PROTOCOL) {
      while (inner.next()) {
        if (inner.type === PROTOCOL.NUMBER) protocol = inner.u8();
        else if (inner.type === PROTOCOL.SOURCE_PORT) sourcePort = inner.be16();
        else if (inner.type === PROTOCOL.DESTINATION_PORT) destinationPort = inner.be16();
      }
    }
  }
  if (source === undefined || destination === undefined) throw new NetlinkDecodeError("a tuple without addresses");
  return { source, destination, protocol, sourcePort, destinationPort };
}
