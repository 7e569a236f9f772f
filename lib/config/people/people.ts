/**
 * What all functions about people work on: the store's database, a clock, randomness, and how passwords are hashed.
 * Users, sessions, tokens and the audit log are outside the versions: no rollback brings any of them back.
 */
import type { Database } from "../database.ts";
import { COST, type Cost, type Derive, scryptQueue } from "./scrypt.ts";

export interface People {
  readonly database: Database;
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
  /** So many random bytes, good enough for keys. */
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  /** What a new password hash costs. */
  readonly cost: Cost;
  readonly derive: Derive;
}

/** One for the whole process, whose memory it bounds. */
const DERIVE = scryptQueue();

/** The people of a store, with this machine's clock and randomness. */
export function peopleOf({ database }: { readonly database: Database }): People {
  return {
    database,
    now: () => Date.now(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    cost: COST,
    derive: DERIVE,
  };
}
