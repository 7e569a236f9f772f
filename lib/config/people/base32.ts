/** Base32 without padding (RFC 4648, section 6): what people copy into an authenticator, or read aloud. */

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let [value, bits] = [0, 0];
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += DIGITS[(value >> (bits - 5)) & 31];
    value &= 0xff;
  }
  return bits === 0 ? text : text + DIGITS[(value << (5 - bits)) & 31];
}
