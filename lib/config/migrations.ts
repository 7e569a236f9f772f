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
  `
  -- The first forms of these tables were never written to. Times are milliseconds since 1970 (UTC), except in the audit log.
  DROP TABLE tokens;
  DROP TABLE sessions;
  DROP TABLE users;
  DROP TABLE audit;

  -- A number is never given twice, so that what a deleted user left belongs to nobody.
  CREATE TABLE users (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL UNIQUE,
    role     TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password TEXT NOT NULL,
    enabled  INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created  INTEGER NOT NULL,
    password_changed INTEGER NOT NULL
  ) STRICT;
  -- The secret itself is the secret totp:NUMBER. accepted: the newest time step whose code was taken.
  CREATE TABLE totp (
    user     INTEGER PRIMARY KEY REFERENCES users (number) ON DELETE CASCADE,
    active   INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),
    accepted INTEGER NOT NULL DEFAULT -1
  ) STRICT;
  CREATE TRIGGER totp_secret_goes AFTER DELETE ON totp BEGIN
    DELETE FROM secrets WHERE id = 'totp:' || OLD.user;
  END;
  CREATE TABLE recovery_codes (
    user INTEGER NOT NULL REFERENCES users (number) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    PRIMARY KEY (user, hash)
  ) STRICT, WITHOUT ROWID;

  -- Of every bearer's secret only the SHA-256 is kept.
  CREATE TABLE setup (
    row     INTEGER PRIMARY KEY CHECK (row = 1),
    hash    BLOB NOT NULL,
    expires INTEGER NOT NULL
  ) STRICT;
  -- A session awaits 'code' between the password and the second factor; only one that awaits nothing is a login.
  CREATE TABLE sessions (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    hash    BLOB NOT NULL UNIQUE,
    user    INTEGER NOT NULL REFERENCES users (number) ON DELETE CASCADE,
    awaits  TEXT CHECK (awaits IN ('code')),
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_user ON sessions (user);
  CREATE TABLE tokens (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    hash    BLOB NOT NULL UNIQUE,
    user    INTEGER NOT NULL REFERENCES users (number) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    prefix  TEXT NOT NULL,
    scopes  TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    used    INTEGER,
    UNIQUE (user, name)
  ) STRICT;

  -- Whom login attempts are counted against, by hash: a name that was typed may be a password.
  CREATE TABLE login_failures (
    subject BLOB PRIMARY KEY,
    count   INTEGER NOT NULL,
    last    INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX login_failures_last ON login_failures (last);
  -- Devices and addresses that a user logged in from.
  CREATE TABLE known_places (
    user INTEGER NOT NULL REFERENCES users (number) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (user, hash)
  ) STRICT, WITHOUT ROWID;

  -- Each entry's hash covers the one before. Entries go only behind a checkpoint, which keeps the hash that the next one rests on.
  CREATE TABLE audit (
    number  INTEGER PRIMARY KEY,
    time    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    address TEXT,
    action  TEXT NOT NULL,
    object  TEXT NOT NULL,
    outcome TEXT NOT NULL,
    version INTEGER,
    hash    TEXT NOT NULL
  ) STRICT;
  CREATE TABLE audit_checkpoints (
    number INTEGER PRIMARY KEY,
    hash   TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
  END;
  CREATE TRIGGER audit_entries_remain BEFORE DELETE ON audit
  WHEN OLD.number > (SELECT ifnull(max(number), 0) FROM audit_checkpoints) BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
  END;
  CREATE TRIGGER audit_entries_follow BEFORE INSERT ON audit
  WHEN NEW.number <> 1 + max((SELECT ifnull(max(number), 0) FROM audit), (SELECT ifnull(max(number), 0) FROM audit_checkpoints)) BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
  END;
  CREATE TRIGGER audit_checkpoints_are_entries BEFORE INSERT ON audit_checkpoints
  WHEN NOT EXISTS (SELECT 1 FROM audit WHERE number = NEW.number AND hash = NEW.hash) BEGIN
    SELECT RAISE(ABORT, 'a checkpoint is the hash of an entry');
  END;
  CREATE TRIGGER audit_checkpoints_stay BEFORE UPDATE ON audit_checkpoints BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
  END;
  CREATE TRIGGER audit_checkpoints_remain BEFORE DELETE ON audit_checkpoints BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
  END;
  `,
];

/** Brings stored documents of an older schema up to date: entry n turns schema n into n + 1. */
export const DOCUMENT_MIGRATIONS: Readonly<
  Record<number, (document: Record<string, unknown>) => Record<string, unknown>>
> = {};
