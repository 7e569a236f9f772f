/** The chain of the audit log: each entry's hash covers its content and the hash of the entry before. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonical } from "../parts.ts";

export interface AuditEntry {
  /** From 1, without gaps. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** As `actorText` prints it. */
  readonly actor: string;
  /** Where it came from; null: from this machine. */
  readonly address: string | null;
  /** `user.add`, `config.apply`. */
  readonly action: string;
  /** What it was done to: a path of the document, `users[ann]`, or nothing. */
  readonly object: string;
  readonly outcome: "done" | "refused" | "failed";
  /** The version of the configuration that came of it, if one did. */
  readonly version: number | null;
}

export interface ChainedEntry extends AuditEntry {
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** A place in the chain: what the next entry rests on. */
export interface Link {
  readonly number: number;
  readonly hash: string;
}

/** What the first entry rests on. */
export const ORIGIN: Link = { number: 0, hash: "0".repeat(64) };

/** The hash of an entry behind the one with hash `before`: over canonical JSON, so that no field can pass for another. */
export function chainHash(before: string, entry: AuditEntry): string {
  const { number, time, actor, address, action, object, outcome, version } = entry;
  return bytesToHex(
    sha256(utf8ToBytes(canonical({ before, number, time, actor, address, action, object, outcome, version }))),
  );
}

export interface Verdict {
  /** Entries that hold. */
  readonly entries: number;
  /** The newest that holds. Kept elsewhere, it shows later whether the log was cut off or written anew. */
  readonly head: Link;
  /** The first entry that does not follow from those before it; null where all do. */
  readonly broken: { readonly number: number; readonly reason: string } | null;
}

/** Follows the chain from a place on. */
export function verifyChain(entries: Iterable<ChainedEntry>, from: Link = ORIGIN): Verdict {
  let head = from;
  for (const entry of entries) {
    const number = head.number + 1;
    const reason = entry.number !== number
      ? `it is missing: the next one there is is ${entry.number}`
      : entry.hash !== chainHash(head.hash, entry)
      ? "it or the one before was altered"
      : null;
    if (reason !== null) return { entries: head.number - from.number, head, broken: { number, reason } };
    head = { number, hash: entry.hash };
  }
  return { entries: head.number - from.number, head, broken: null };
}
