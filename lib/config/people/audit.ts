/** The audit log: who did what from where. Entries are only added; triggers in the database refuse all else. */
import type { Row } from "../database.ts";
import { type Actor, actorText, type Caller } from "./actor.ts";
import {
  type AuditEntry,
  type ChainedEntry,
  chainHash,
  type Link,
  ORIGIN,
  type Verdict,
  verifyChain,
} from "./audit_chain.ts";
import type { People } from "./people.ts";

/** What is recorded; number, time and hash come with it. */
export interface Deed extends Pick<AuditEntry, "action" | "object"> {
  readonly outcome?: AuditEntry["outcome"];
  readonly version?: number;
}

/** Adds an entry. Inside a transaction it is kept or lost with what else is done there. */
export function record(people: People, { actor, address }: Caller, deed: Deed): ChainedEntry {
  const { database } = people;
  return database.write(() => {
    const before = newestLink(people);
    const entry: AuditEntry = {
      number: before.number + 1,
      time: new Date(people.now()).toISOString(),
      actor: actorText(actor),
      address,
      action: deed.action,
      object: deed.object,
      outcome: deed.outcome ?? "done",
      version: deed.version ?? null,
    };
    const hash = chainHash(before.hash, entry);
    database.run(
      `INSERT INTO audit (number, time, actor, address, action, object, outcome, version, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      entry.number,
      entry.time,
      entry.actor,
      entry.address,
      entry.action,
      entry.object,
      entry.outcome,
      entry.version,
      hash,
    );
    return { ...entry, hash };
  });
}

/** What the system does of its own accord. */
export const SYSTEM: Caller = { actor: { kind: "system" } satisfies Actor, address: null };

/** What the next entry rests on. */
function newestLink(people: People): Link {
  const row = people.database.row("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
  return row === null ? checkpoint(people) : link(row);
}

/** Where the chain of what is still here begins. */
export function checkpoint({ database }: People): Link {
  const row = database.row("SELECT number, hash FROM audit_checkpoints ORDER BY number DESC LIMIT 1");
  return row === null ? ORIGIN : link(row);
}

/** The newest entries first: those below `before`, at most `limit`. */
export function auditEntries({ database }: People, limit: number, before = Number.MAX_SAFE_INTEGER): ChainedEntry[] {
  return database.rows("SELECT * FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?", before, limit).map(audited);
}

/** Whether an entry that was noted elsewhere is in the log as it was, or is what it rests on. */
export function hasLink({ database }: People, { number, hash }: Link): boolean {
  return database.row(
    `SELECT 1 FROM audit WHERE number = ?1 AND hash = ?2
     UNION ALL SELECT 1 FROM audit_checkpoints WHERE number = ?1 AND hash = ?2`,
    number,
    hash,
  ) !== null;
}

/** Entries that are read at once: a long log does not have to fit in memory. */
const BATCH = 1000;

/** Follows the whole chain from the newest checkpoint on, as the log is at one moment. */
export function verifyAudit(people: People): Verdict {
  return people.database.read(() => {
    const from = checkpoint(people);
    return verifyChain(entriesAfter(people, from.number), from);
  });
}

/** All entries behind a number, oldest first. */
export function* entriesAfter({ database }: People, number: number): Generator<ChainedEntry> {
  for (let last = number;;) {
    const rows = database.rows("SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?", last, BATCH);
    if (rows.length === 0) return;
    yield* rows.map(audited);
    last = Number(rows.at(-1)?.number);
  }
}

function link(row: Row): Link {
  return { number: Number(row.number), hash: String(row.hash) };
}

function audited(row: Row): ChainedEntry {
  return {
    ...link(row),
    time: String(row.time),
    actor: String(row.actor),
    address: row.address === null ? null : String(row.address),
    action: String(row.action),
    object: String(row.object),
    outcome: String(row.outcome) as AuditEntry["outcome"],
    version: row.version === null ? null : Number(row.version),
  };
}
