/**
 * The store's tables, as numbered migrations. A migration is never changed once it is released; the next one is added
 * below it. `PRAGMA user_version` holds how many have run.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- Versions are rows of entries that are valid at their number: from_version <= n < to_version.
  CREATE TABLE versions (
    number    INTEGER PRIMARY KEY,
    parent    INTEGER REFERENCES versions (number),
    author    TEXT NOT NULL,
    time      TEXT NOT NULL,
    message   TEXT NOT NULL,
    schema    INTEGER NOT NULL,
    digest    TEXT NOT NULL,
    confirmed INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE objects (
    number INTEGER PRIMARY KEY,
    hash   BLOB NOT NULL UNIQUE,
    json   TEXT NOT NULL
  ) STRICT;

  CREATE TABLE entries (
    collection   TEXT NOT NULL,
    id           TEXT NOT NULL,
    rank         TEXT NOT NULL,
    object       INTEGER NOT NULL REFERENCES objects (number),
    from_version INTEGER NOT NULL REFERENCES versions (number),
    to_version   INTEGER REFERENCES versions (number),
    PRIMARY KEY (collection, id, from_version)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX entries_current ON entries (collection, rank, id, object) WHERE to_version IS NULL;

  -- A candidate is an overlay over its base version; json NULL: deleted, rank NULL: where it was.
  CREATE TABLE candidates (
    user     TEXT PRIMARY KEY,
    base     INTEGER REFERENCES versions (number),
    schema   INTEGER NOT NULL,
    revision TEXT NOT NULL
  ) STRICT;
  CREATE TABLE candidate_entries (
    user       TEXT NOT NULL REFERENCES candidates (user) ON DELETE CASCADE,
    collection TEXT NOT NULL,
    id         TEXT NOT NULL,
    rank       TEXT,
    json       TEXT,
    PRIMARY KEY (user, collection, id)
  ) STRICT, WITHOUT ROWID;

  -- What follows is outside the versions: a rollback never brings any of it back.
  CREATE TABLE secrets (
    id      TEXT PRIMARY KEY,
    value   BLOB NOT NULL,
    changed TEXT NOT NULL
  ) STRICT;
  CREATE TABLE users (
    name     TEXT PRIMARY KEY,
    role     TEXT NOT NULL,
    password TEXT,
    totp     BLOB,
    enabled  INTEGER NOT NULL DEFAULT 1,
    created  TEXT NOT NULL
  ) STRICT;
  CREATE TABLE tokens (
    hash    BLOB PRIMARY KEY,
    user    TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT
  ) STRICT;
  CREATE TABLE sessions (
    hash    BLOB PRIMARY KEY,
    user    TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    created TEXT NOT NULL,
    expires TEXT NOT NULL
  ) STRICT;
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    time   TEXT NOT NULL,
    user   TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE TABLE counters (
    id      TEXT PRIMARY KEY,
    packets INTEGER NOT NULL,
    bytes   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE intent (
    row  INTEGER PRIMARY KEY CHECK (row = 1),
    json TEXT NOT NULL
  ) STRICT;
  CREATE TABLE settings (
    key  TEXT PRIMARY KEY,
    json TEXT NOT NULL
  ) STRICT;
  `,
];

/** Brings stored documents of an older schema up to date: entry n turns schema n into n + 1. */
export const DOCUMENT_MIGRATIONS: Readonly<
  Record<number, (document: Record<string, unknown>) => Record<string, unknown>>
> = {};
