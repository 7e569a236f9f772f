/** A SQLite database that fails in words: every error says what is wrong, where, and what to do. */
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { PatronusError } from "../model/error.ts";
import { failure, isReadable } from "./failure.ts";
import { makePrivate } from "./private.ts";
import { openCopy } from "./reading_copy.ts";

/** "Ptrn": tells a store from other SQLite files. */
const APPLICATION_ID = 0x5074726e;
/** How long a writer waits for another one, in milliseconds. */
const BUSY_TIMEOUT = 5000;

/** What a statement takes and gives. */
export type Value = string | number | bigint | null | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

export class Database {
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  private constructor(
    readonly path: string,
    readonly connection: DatabaseSync,
    /** Why nothing can be written; null where everything can. */
    readonly hindrance: PatronusError | null,
  ) {}

  /**
   * Opens the file, makes it where it is missing (0600), and runs the migrations it lacks in one transaction. Where it cannot
   * be written to, a copy is opened: reading works as it was at that moment, and each change throws what hinders it. A file of a
   * newer program, of another program, or damaged is refused and left as it is.
   */
  static open(path: string, migrations: readonly string[]): Database {
    try {
      makePrivate(dirname(path));
      Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
      return Database.#connect(path, path, migrations, null);
    } catch (error) {
      const hindrance = failure(path, error);
      if (!isReadable(error)) throw hindrance;
      return Database.#openCopy(path, migrations, hindrance);
    }
  }

  static #openCopy(path: string, migrations: readonly string[], hindrance: PatronusError): Database {
    try {
      return openCopy(path, (copy) => Database.#connect(path, copy, migrations, hindrance));
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) {
        throw new PatronusError("permission", `not permitted to read the store ${path}`, {
          hint: "run it as root, or set PATRONUS_STATE_DIR to a directory of yours",
          cause: error,
        });
      }
      throw error instanceof PatronusError ? error : hindrance;
    }
  }

  /** Errors name `path`, whatever file is opened. */
  static #connect(
    path: string,
    file: string,
    migrations: readonly string[],
    hindrance: PatronusError | null,
  ): Database {
    let connection: DatabaseSync;
    try {
      connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT });
    } catch (error) {
      throw failure(path, error);
    }
    const database = new Database(path, connection, hindrance);
    try {
      // A copy needs no journal, and its file is about to go.
      database.#prepare(migrations, hindrance === null ? "WAL" : "MEMORY");
      return database;
    } catch (error) {
      database.close();
      throw failure(path, error);
    }
  }

  #prepare(migrations: readonly string[], journal: "WAL" | "MEMORY"): void {
    const applied = Number(this.row("PRAGMA user_version")?.user_version ?? 0);
    const owner = Number(this.row("PRAGMA application_id")?.application_id ?? 0);
    const tables = Number(this.row("SELECT count(*) AS n FROM sqlite_schema")?.n ?? 0);
    if (owner !== APPLICATION_ID && (tables > 0 || applied > 0)) {
      throw new PatronusError("failed", `${this.path} is a database of another program`, {
        hint: "move the file away, or set PATRONUS_STATE_DIR to another directory",
      });
    }
    if (applied > migrations.length) {
      throw new PatronusError(
        "failed",
        `${this.path} was written by a newer patronus (store version ${applied}, this program knows ${migrations.length})`,
        { hint: "install that version again; nothing was changed" },
      );
    }
    this.connection.exec(
      `PRAGMA journal_mode = ${journal}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON`,
    );
    if (applied === migrations.length) return;
    this.#transaction("BEGIN IMMEDIATE", () => {
      // Another process may have been first.
      const now = Number(this.row("PRAGMA user_version")?.user_version ?? 0);
      for (const migration of migrations.slice(now)) this.connection.exec(migration);
      this.connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`);
    });
  }

  /** First row of a query, or null. */
  row(sql: string, ...values: Value[]): Row | null {
    return this.#run(() => (this.#statement(sql).get(...values) as Row | undefined) ?? null);
  }

  rows(sql: string, ...values: Value[]): Row[] {
    return this.#run(() => this.#statement(sql).all(...values) as Row[]);
  }

  /** The only column of a query: for long lists, of which an object for each row would be half the work. */
  column(sql: string, ...values: Value[]): Value[] {
    return this.#run(() => {
      // Node's types know it, those of this Deno do not.
      const statement = this.#statement(sql) as StatementSync & { setReturnArrays(enabled: boolean): void };
      statement.setReturnArrays(true);
      return (statement.all(...values) as unknown as Value[][]).map(([value]) => value ?? null);
    });
  }

  /** Runs a change; gives the number of rows changed. */
  run(sql: string, ...values: Value[]): number {
    this.refuseReadOnly();
    return this.#run(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** All reads of `work` see one state. */
  read<T>(work: () => T): T {
    return this.#transaction("BEGIN", work);
  }

  /** All changes of `work` happen, on disk when this returns, or none. */
  write<T>(work: () => T): T {
    this.refuseReadOnly();
    return this.#transaction("BEGIN IMMEDIATE", work);
  }

  /** Throws what hinders writing, if anything does. */
  refuseReadOnly(): void {
    if (this.hindrance !== null) throw this.hindrance;
  }

  close(): void {
    this.#statements.clear();
    if (this.connection.isOpen) this.connection.close();
  }

  #transaction<T>(begin: string, work: () => T): T {
    if (this.#depth > 0) return work();
    return this.#run(() => {
      this.connection.exec(begin);
      this.#depth++;
      try {
        const result = work();
        this.connection.exec("COMMIT");
        return result;
      } catch (error) {
        // SQLite ends the transaction itself on some errors (disk full, I/O).
        if (this.connection.isTransaction) this.connection.exec("ROLLBACK");
        throw error;
      } finally {
        this.#depth--;
      }
    });
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #run<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw failure(this.path, error);
    }
  }
}
