/** Addresses as attributes carry them: 4 or 16 bytes in network order. */
import type { Address } from "../../model/address.ts";
import { NetlinkDecodeError } from "./error.ts";

/** AF_* of linux/socket.h, by IP version. */
export const AF = { 4: 2, 6: 10 } as const;

/** The bytes of an address, the first one first. */
export function addressBytes({ family, value }: Address): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  for (let [at, left] = [bytes.length - 1, value]; at >= 0; at--, left >>= 8n) bytes[at] = Number(left & 255n);
  return bytes;
}

/** Reads 4 or 16 bytes; throws a `NetlinkDecodeError` on any other number of them. */
export function readInet(bytes: Uint8Array): Address {
  if (bytes.length !== 4 && bytes.length !== 16) {
    throw new NetlinkDecodeError(`an address of ${bytes.length} bytes`);
  }
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: bytes.length === 4 ? 4 : 6, value };
}
