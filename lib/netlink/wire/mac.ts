/** Ethernet addresses as text, as `02:42:ac:11:00:02`, and as the six bytes that attributes carry. */

/** Bytes of an Ethernet address. */
export const MAC_SIZE = 6;

/** The bytes of an Ethernet address. Throws a `RangeError` where the text is none. */
export function macBytes(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) {
    throw new RangeError(`${text} is no Ethernet address; write six pairs of digits, as 02:42:ac:11:00:02`);
  }
  return Uint8Array.from(text.split(":"), (pair) => parseInt(pair, 16));
}

/** An Ethernet address as text; undefined where the bytes are something else, as an address of a tunnel. */
export function formatMac(bytes: Uint8Array): string | undefined {
  if (bytes.length !== MAC_SIZE) return undefined;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
