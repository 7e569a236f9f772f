/**
 * The store: versions of the document, each user's candidate, and what the engine must not forget.
 *
 * Objects are kept once, by content; a version is the rows of `entries` that are valid at its number. An edit of one object
 * among thousands writes a handful of rows. Versions are only ever added. Documents that the store hands out are frozen:
 * build a changed one from the old one's objects, and what you take over unchanged costs nothing to compare.
 */
import type { Document } from "../features/document.ts";
import { PatronusError } from "../model/error.ts";
import * as candidates from "./candidates.ts";
import { Database, type Row } from "./database.ts";
import { deltas } from "./delta.ts";
import { hasLastGood, stageLastGood } from "./last_good.ts";
import { MIGRATIONS } from "./migrations.ts";
import { freeze, sorted } from "./parts.ts";
import { databasePath } from "./paths.ts";
import { refuseLoss } from "./recover.ts";
import { readDocument, readRanks, writeVersion } from "./versions.ts";

/** A committed version. */
export interface Version {
  readonly number: number;
  /** The version it was made from; null for the first. */
  readonly parent: number | null;
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly message: string;
  readonly confirmed: boolean;
  /** SHA-256 over the parent's digest and what this version changed, hexadecimal: no version can be altered unnoticed. */
  readonly digest: string;
}

/** What a commit is told. */
export interface Commit {
  readonly document: Document;
  /** The head it was made from; null for the first version. */
  readonly parent: number | null;
  readonly author: string;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Its content was confirmed before, as an older version. */
  readonly confirmed?: boolean;
}

/** A user's edits over a base version; base null: over an empty document. */
export interface Candidate {
  readonly base: number | null;
  readonly document: Document;
}

/** Packets and bytes that a rule counted. */
export interface Count {
  readonly packets: number;
  readonly bytes: number;
}

/** Documents kept in memory, newest use last. */
const KEPT = 3;

export class Store {
  readonly #documents = new Map<number, Document>();
  readonly #candidates: candidates.Cache = new Map();

  private constructor(readonly directory: string, readonly database: Database) {}

  /**
   * Opens the store in a directory, made (0700) where it is missing; where it cannot be written to, for reading only, as
   * `Database.open` says. Throws a `PatronusError` where the store is damaged, was
   * written by a newer program, or vanished while the last good copy is still there; `readLastGood` helps then.
   */
  static open(directory: string): Store {
    refuseLoss(directory);
    return new Store(directory, Database.open(databasePath(directory), MIGRATIONS));
  }

  /** The newest version. */
  head(): Version | null {
    return this.history(1)[0] ?? null;
  }

  /** Throws `nothing` where there is none of this number. */
  version(number: number): Version {
    const row = this.database.row("SELECT * FROM versions WHERE number = ?", number);
    if (row === null) {
      throw new PatronusError("nothing", `there is no version ${number}`, {
        hint: "patronus config history lists them",
      });
    }
    return version(row);
  }

  /** Whether there is a version of this number and digest: a number alone would fit a version of another store too. */
  has({ version, digest }: { readonly version: number; readonly digest: string }): boolean {
    return this.database.row("SELECT 1 FROM versions WHERE number = ? AND digest = ?", version, digest) !== null;
  }

  /** Newest first. */
  history(limit = 1_000_000): Version[] {
    return this.database.rows("SELECT * FROM versions ORDER BY number DESC LIMIT ?", limit).map(version);
  }

  /** The document of a version, frozen. */
  document(number: number): Document {
    const known = this.#documents.get(number);
    return this.#keep(
      number,
      known ?? freeze(this.database.read(() => readDocument(this.database, this.version(number).number))),
    );
  }

  /**
   * Adds a version in one transaction and freezes its document. Throws `conflict` where `parent` is not the head, `input`
   * where an object is not in normal form or an id occurs twice.
   */
  commit(commit: Commit): Version {
    const document = sorted(commit.document);
    const added = this.database.write(() => {
      const head = this.head();
      if ((head?.number ?? null) !== commit.parent) {
        throw new PatronusError(
          "conflict",
          `the configuration is at version ${head?.number ?? "none"} by now, not at ${commit.parent ?? "none"}`,
          {
            hint: "plan again: your changes are merged onto the newer version where they do not collide",
          },
        );
      }
      const before = head === null ? null : this.document(head.number);
      const changes = deltas(
        before,
        document,
        (collection) => readRanks(this.database, collection, head?.number ?? null),
      );
      return writeVersion(this.database, head, { ...commit, document }, changes);
    });
    this.#keep(added.number, freeze(document));
    return added;
  }

  /** A user's candidate, its document frozen; null where there is none. */
  candidate(user: string): Candidate | null {
    return this.database.read(() =>
      candidates.read(this.database, this.#candidates, user, (number) => this.document(number))
    );
  }

  /** Another text after each change of a user's candidate; null where there is none. */
  revision(user: string): string | null {
    const row = this.database.row("SELECT revision FROM candidates WHERE user = ?", user);
    return row === null ? null : String(row.revision);
  }

  /** Keeps a user's edits, in one small transaction for a small edit; freezes the document. */
  saveCandidate(user: string, base: number | null, document: Document): void {
    const whole = sorted(document);
    this.database.write(() =>
      candidates.save(
        this.database,
        this.#candidates,
        user,
        { base, document: whole },
        (number) => this.document(number),
      )
    );
  }

  /** Whether there was one. */
  discardCandidate(user: string): boolean {
    this.#candidates.delete(user);
    return this.database.run("DELETE FROM candidates WHERE user = ?", user) > 0;
  }

  /** Marks a version as confirmed and writes it as the last good copy. A full disk leaves both as they were. */
  confirm(number: number): Version {
    const version = this.version(number);
    const { digest } = version;
    if (version.confirmed && hasLastGood(this.directory, { version: number, digest })) return version;
    const copy = stageLastGood(this.directory, { version: number, digest, document: this.document(number) });
    try {
      this.database.run("UPDATE versions SET confirmed = 1 WHERE number = ?", number);
    } catch (error) {
      copy.drop();
      throw error;
    }
    copy.keep();
    return this.version(number);
  }

  /** The newest confirmed version. */
  lastConfirmed(): Version | null {
    const row = this.database.row("SELECT * FROM versions WHERE confirmed = 1 ORDER BY number DESC LIMIT 1");
    return row === null ? null : version(row);
  }

  /** What an unfinished apply left to be finished or undone; null when none is open. */
  intent(): unknown {
    return parsed(this.database.row("SELECT json FROM intent"));
  }

  /** On disk when this returns. The value must be JSON. */
  setIntent(value: unknown): void {
    const json = JSON.stringify(value);
    this.database.write(() => this.database.run("INSERT OR REPLACE INTO intent (row, json) VALUES (1, ?)", json));
  }

  clearIntent(): void {
    this.database.run("DELETE FROM intent");
  }

  /** A value kept under a key, outside the versions; null where there is none. */
  setting(key: string): unknown {
    return parsed(this.database.row("SELECT json FROM settings WHERE key = ?", key));
  }

  /** Keeps a JSON value under a key; null removes it. */
  setSetting(key: string, value: unknown): void {
    if (value === null) this.database.run("DELETE FROM settings WHERE key = ?", key);
    else this.database.run("INSERT OR REPLACE INTO settings (key, json) VALUES (?, ?)", key, JSON.stringify(value));
  }

  /** Adds what was counted since the last call to the totals of each configuration id. */
  addCounters(readings: ReadonlyMap<string, Count>): void {
    this.database.write(() => {
      for (const [id, { packets, bytes }] of readings) {
        this.database.run(
          `INSERT INTO counters (id, packets, bytes) VALUES (?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET packets = packets + excluded.packets, bytes = bytes + excluded.bytes`,
          id,
          BigInt(packets),
          BigInt(bytes),
        );
      }
    });
  }

  /** Totals by configuration id. */
  counters(): Map<string, Count> {
    const rows = this.database.rows(
      "SELECT id, CAST(packets AS TEXT) AS packets, CAST(bytes AS TEXT) AS bytes FROM counters",
    );
    return new Map(rows.map((row) => [String(row.id), { packets: Number(row.packets), bytes: Number(row.bytes) }]));
  }

  close(): void {
    this.#documents.clear();
    this.#candidates.clear();
    this.database.close();
  }

  #keep(number: number, document: Document): Document {
    this.#documents.delete(number);
    this.#documents.set(number, document);
    for (const oldest of this.#documents.keys()) {
      if (this.#documents.size <= KEPT) break;
      this.#documents.delete(oldest);
    }
    return document;
  }
}

function version(row: Row): Version {
  return {
    number: Number(row.number),
    parent: row.parent === null ? null : Number(row.parent),
    author: String(row.author),
    time: String(row.time),
    message: String(row.message),
    confirmed: row.confirmed === 1,
    digest: String(row.digest),
  };
}

function parsed(row: Row | null): unknown {
  return row === null ? null : JSON.parse(String(row.json));
}
