/** Secrets that whoever holds them is let in with: session and set-up tokens, API tokens, device marks. Only hashes are kept. */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { encodeBase64Url } from "./base64.ts";
import type { People } from "./people.ts";

/** 256 bits: nobody guesses one, so a plain hash keeps it as well as a slow one would. */
const LENGTH = 32;

/** A new secret, in 43 characters that fit in cookies, headers and links. */
export function newBearer({ random }: Pick<People, "random">): string {
  return encodeBase64Url(random(LENGTH));
}

/** What the store keeps of a secret, and looks it up by. */
export function hashBearer(secret: string): Uint8Array {
  return sha256(utf8ToBytes(secret));
}
