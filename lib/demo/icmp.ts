/** ICMP and ICMPv6 messages to send (RFC 792, RFC 4443). */
import type { Family } from "../model/address.ts";

/** RFC 792 and RFC 4443, section 4.1. */
export const ECHO_REQUEST: Readonly<Record<Family, number>> = { 4: 8, 6: 128 };

/** Type, code 0, checksum, identifier 0, sequence number 1 and some data. The kernel fills in the checksum of ICMPv6. */
export function icmpMessage(type: number, family: Family): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array([type, 0, 0, 0, 0, 0, 0, 1, ...new TextEncoder().encode("patronus")]);
  if (family === 4) new DataView(message.buffer).setUint16(2, checksum(message));
  return message;
}

/** The internet checksum (RFC 1071) of an even number of bytes. */
function checksum(bytes: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(bytes.buffer);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
