/** scrypt (RFC 7914), off the event loop and only so often at once. */
import { scrypt } from "node:crypto";
import { PatronusError } from "../../model/error.ts";

/** What one derivation costs: 128 * N * r bytes of memory, and N * r * p steps. */
export interface Cost {
  /** A power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and some 0.2 s: of the settings that OWASP's Password Storage Cheat Sheet calls equal, one that a small router can bear. */
export const COST: Cost = { N: 2 ** 15, r: 8, p: 3 };

/** Bytes that are derived. */
export const KEY_LENGTH = 32;

/** Derives a key from a password and its salt. */
export type Derive = (password: string, salt: Uint8Array, cost: Cost) => Promise<Uint8Array>;

/** Derivations that run at once, and that may wait: what logins can take of a router's memory is bounded. */
const AT_ONCE = 2;
const MOST_WAITING = 32;

/** scrypt that runs twice at once at most. Throws `throttled` where too many wait already. */
export function scryptQueue(work: Derive = derive): Derive {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (password, salt, cost) => {
    if (running < AT_ONCE) running++;
    else {
      if (waiting.length >= MOST_WAITING) {
        throw new PatronusError("throttled", "too many logins at once", { hint: "try again", retryAfter: 5 });
      }
      // Whoever ends hands its place on.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work(password, salt, cost);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

function derive(password: string, salt: Uint8Array, { N, r, p }: Cost): Promise<Uint8Array> {
  // Twice what RFC 7914 needs, for OpenSSL's limit counts its own buffers too.
  const options = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) =>
    scrypt(password, salt, KEY_LENGTH, options, (error, key) => error === null ? resolve(key) : reject(error))
  );
}
