/** `payload`: bytes of a header (enum nft_payload_attributes, nft_payload_bases). */
import type { AttributeReader, AttributeWriter } from "../../netlink/wire/attribute.ts";
import { NFPROTO_IPV4, NFPROTO_IPV6 } from "../datatype.ts";
import type { Datatype, PayloadField } from "../ruleset.ts";
import { writeExpression } from "./expression.ts";

const DREG = 1;
const BASE = 2;
const OFFSET = 3;
const LENGTH = 4;

/** NFT_PAYLOAD_LL_HEADER, _NETWORK_HEADER, _TRANSPORT_HEADER. */
const LINK = 0;
const NETWORK = 1;
const TRANSPORT = 2;

export interface PayloadInfo {
  readonly base: number;
  /** Bytes from the header's start. */
  readonly offset: number;
  readonly length: number;
  readonly type: Datatype;
  /** Network protocol (NFPROTO_*) that the field belongs to. */
  readonly nfproto?: number;
  /** Transport protocol (IANA number) that the field belongs to. */
  readonly l4proto?: number;
}

/** Offsets from RFC 791 (IPv4), RFC 8200 (IPv6), RFC 9293 (TCP), RFC 792 and 4443 (ICMP), IEEE 802.3. */
export const PAYLOAD_FIELDS: Readonly<Record<PayloadField, PayloadInfo>> = {
  "ip saddr": { base: NETWORK, offset: 12, length: 4, type: "ipv4_addr", nfproto: NFPROTO_IPV4 },
  "ip daddr": { base: NETWORK, offset: 16, length: 4, type: "ipv4_addr", nfproto: NFPROTO_IPV4 },
  "ip protocol": { base: NETWORK, offset: 9, length: 1, type: "inet_proto", nfproto: NFPROTO_IPV4 },
  "ip dscp": { base: NETWORK, offset: 1, length: 1, type: "dscp", nfproto: NFPROTO_IPV4 },
  "ip ttl": { base: NETWORK, offset: 8, length: 1, type: "icmp_code", nfproto: NFPROTO_IPV4 },
  "ip length": { base: NETWORK, offset: 2, length: 2, type: "inet_service", nfproto: NFPROTO_IPV4 },
  "ip frag-off": { base: NETWORK, offset: 6, length: 2, type: "inet_service", nfproto: NFPROTO_IPV4 },
  "ip6 saddr": { base: NETWORK, offset: 8, length: 16, type: "ipv6_addr", nfproto: NFPROTO_IPV6 },
  "ip6 daddr": { base: NETWORK, offset: 24, length: 16, type: "ipv6_addr", nfproto: NFPROTO_IPV6 },
  "ip6 nexthdr": { base: NETWORK, offset: 6, length: 1, type: "inet_proto", nfproto: NFPROTO_IPV6 },
  "ip6 hoplimit": { base: NETWORK, offset: 7, length: 1, type: "icmp_code", nfproto: NFPROTO_IPV6 },
  "th sport": { base: TRANSPORT, offset: 0, length: 2, type: "inet_service" },
  "th dport": { base: TRANSPORT, offset: 2, length: 2, type: "inet_service" },
  "tcp flags": { base: TRANSPORT, offset: 13, length: 1, type: "tcp_flag", l4proto: 6 },
  "icmp type": { base: TRANSPORT, offset: 0, length: 1, type: "icmp_type", nfproto: NFPROTO_IPV4, l4proto: 1 },
  "icmp code": { base: TRANSPORT, offset: 1, length: 1, type: "icmp_code", nfproto: NFPROTO_IPV4, l4proto: 1 },
  "icmpv6 type": { base: TRANSPORT, offset: 0, length: 1, type: "icmpv6_type", nfproto: NFPROTO_IPV6, l4proto: 58 },
  "icmpv6 code": { base: TRANSPORT, offset: 1, length: 1, type: "icmpv6_code", nfproto: NFPROTO_IPV6, l4proto: 58 },
  "ether saddr": { base: LINK, offset: 6, length: 6, type: "ether_addr" },
  "ether daddr": { base: LINK, offset: 0, length: 6, type: "ether_addr" },
  "ether type": { base: LINK, offset: 12, length: 2, type: "inet_service" },
};

/** `length` less than the field's reads its leading bytes: a prefix of whole bytes. */
export function writePayload(writer: AttributeWriter, field: PayloadField, register: number, length?: number): void {
  const info = PAYLOAD_FIELDS[field];
  writeExpression(writer, "payload", (data) => {
    data.be32(DREG, register);
    data.be32(BASE, info.base);
    data.be32(OFFSET, info.offset);
    data.be32(LENGTH, length ?? info.length);
  });
}

/** Protocols that a rule has matched so far, which tell fields of the same place apart. */
export interface ProtocolContext {
  nfproto?: number;
  l4proto?: number;
}

/** Bytes of a header in a register. */
export interface PayloadLoad {
  readonly into: number;
  /** Bytes read. */
  readonly length: number;
  /** One field, perhaps only its leading bytes; or several that stand one behind the other, each of them whole. */
  readonly fields: readonly PayloadField[];
}

/** Reads the expression; null for bytes that are no fields known here. */
export function readPayload(data: AttributeReader, context: ProtocolContext): PayloadLoad | null {
  let into = 0;
  let base = -1;
  let offset = -1;
  let length = -1;
  while (data.next()) {
    if (data.type === DREG) into = data.be32();
    else if (data.type === BASE) base = data.be32();
    else if (data.type === OFFSET) offset = data.be32();
    else if (data.type === LENGTH) length = data.be32();
  }
  const fields = fieldsOf(base, offset, length, context);
  return fields === null ? null : { into, length, fields };
}

function fieldsOf(base: number, offset: number, length: number, context: ProtocolContext): PayloadField[] | null {
  const whole = wholeFields(base, offset, length, context);
  if (whole !== null) return whole;
  const begun = fieldsAt(base, offset, context).find((field) =>
    PAYLOAD_FIELDS[field].length > length && PAYLOAD_FIELDS[field].nfproto === context.nfproto && field.endsWith("addr")
  );
  return begun === undefined ? null : [begun];
}

/** Whole fields that fill `length` bytes; null where none do. */
function wholeFields(base: number, offset: number, length: number, context: ProtocolContext): PayloadField[] | null {
  for (const field of fieldsAt(base, offset, context)) {
    const size = PAYLOAD_FIELDS[field].length;
    if (size === length) return [field];
    const rest = size < length ? wholeFields(base, offset + size, length - size, context) : null;
    if (rest !== null) return [field, ...rest];
  }
  return null;
}

/** Fields that begin at a byte of a header: those of the matched protocol itself where it has one there. */
function fieldsAt(base: number, offset: number, { nfproto, l4proto }: ProtocolContext): PayloadField[] {
  const here = Object.entries(PAYLOAD_FIELDS).filter(([, info]) =>
    info.base === base && info.offset === offset && (info.l4proto === undefined || info.l4proto === l4proto) &&
    (info.nfproto === undefined || nfproto === undefined || info.nfproto === nfproto)
  );
  const own = here.filter(([, info]) => info.l4proto !== undefined);
  return (own.length > 0 ? own : here).map(([field]) => field as PayloadField);
}
