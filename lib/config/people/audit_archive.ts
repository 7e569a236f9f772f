/** Taking old entries out of the audit log, so that it does not grow for ever, and the chain still holds. */
import { PatronusError } from "../../model/error.ts";
import type { Caller } from "./actor.ts";
import { checkpoint, entriesAfter, record, verifyAudit } from "./audit.ts";
import type { ChainedEntry, Link } from "./audit_chain.ts";
import type { People } from "./people.ts";

export interface Archived {
  readonly entries: number;
  /** The last entry that was taken out: the archive ends with it, and the log rests on it. */
  readonly through: Link;
}

/**
 * Hands all entries but the newest `keep` to `write`, oldest first, and deletes them when it returns: it must have them on
 * disk by then. That is recorded, with the hash of the last one. Throws `nothing` where there are no more than `keep`, and
 * `failed` where the chain is broken, which an archive would hide.
 */
export function archiveAudit(
  people: People,
  by: Caller,
  keep: number,
  write: (entries: readonly ChainedEntry[]) => void,
): Archived {
  const { database } = people;
  return database.write(() => {
    const { head, broken } = verifyAudit(people);
    if (broken !== null) {
      throw new PatronusError("failed", `the audit log is broken at entry ${broken.number}: ${broken.reason}`, {
        hint: "nothing was archived; keep a copy of the store, and look who could write to it",
      });
    }
    const from = checkpoint(people);
    const entries = [...entriesAfter(people, from.number)].slice(0, Math.max(0, head.number - from.number - keep));
    const last = entries.at(-1);
    if (last === undefined) {
      throw new PatronusError("nothing", `the audit log has no more than ${keep} entries`, {
        hint: "nothing was archived",
      });
    }
    write(entries);
    const through = { number: last.number, hash: last.hash };
    database.run("INSERT INTO audit_checkpoints (number, hash) VALUES (?, ?)", through.number, through.hash);
    database.run("DELETE FROM audit WHERE number <= ?", through.number);
    record(people, by, {
      action: "audit.archive",
      object: `audit[${from.number + 1}-${through.number}] ${through.hash}`,
    });
    return { entries: entries.length, through };
  });
}
