/** Codes of an authenticator: TOTP (RFC 6238) with what all of them know: SHA-1, 30 seconds, 6 digits. */
import { createHmac } from "node:crypto";
import { encodeBase32 } from "./base32.ts";
import { sameBytes } from "./same_bytes.ts";

/** Milliseconds that a code is shown. */
const STEP = 30_000;
const DIGITS = 6;
/** Bytes of a secret: as long as the hash (RFC 4226, R6). */
export const TOTP_SECRET_LENGTH = 20;
/** A code counts one step early and late (RFC 6238, 5.2): for typing, and for clocks that are half a minute off. */
const WINDOW = 1;

/** The code of a time step (RFC 4226, 5.3). */
export function codeOf(secret: Uint8Array, step: number): string {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = createHmac("sha1", secret).update(new Uint8Array(counter.buffer)).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  const number = (mac.readUInt32BE(at) & 0x7fffffff) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, "0");
}

/** The time step of a moment, in milliseconds since 1970. */
export function stepAt(now: number): number {
  return Math.floor(now / STEP);
}

/**
 * The step whose code this is, if it is one of those that count now and comes after `accepted`, the newest step that a code
 * was taken of; else null. No code is good twice (RFC 6238, 5.2), nor is one older than a code that was taken.
 */
export function matchingStep(secret: Uint8Array, code: string, now: number, accepted: number): number | null {
  const typed = new TextEncoder().encode(code);
  for (let step = stepAt(now) - WINDOW; step <= stepAt(now) + WINDOW; step++) {
    if (step > accepted && step >= 0 && sameBytes(new TextEncoder().encode(codeOf(secret, step)), typed)) return step;
  }
  return null;
}

/** What a QR code holds for an authenticator to scan (the otpauth format of Google Authenticator's wiki). */
export function otpauthUri(secret: Uint8Array, user: string, host: string): string {
  const issuer = encodeURIComponent(`Patronus ${host}`);
  const label = `${issuer}:${encodeURIComponent(user)}`;
  return `otpauth://totp/${label}?secret=${
    encodeBase32(secret)
  }&issuer=${issuer}&algorithm=SHA1&digits=${DIGITS}&period=${STEP / 1000}`;
}
