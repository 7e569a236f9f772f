/** What SQLite and the file system say, as people should see it. */
import { type ErrorCode, PatronusError } from "../model/error.ts";
import { NotPrivate } from "./private.ts";
import { salvage } from "./salvage.ts";

interface Failure {
  /** Of SQLite's own words (sqlite3_errstr and its messages), of the system's (strerror), or of ours. */
  readonly pattern: RegExp;
  readonly words: string;
  readonly hint: string | ((path: string) => string);
  readonly code?: ErrorCode;
  /** It hinders writing; what is there can perhaps be read all the same. */
  readonly readable?: boolean;
}

const FAILURES: readonly Failure[] = [
  { pattern: /is not a database/, words: "is not a database, or was overwritten", hint: salvage },
  { pattern: /malformed/, words: "is damaged", hint: salvage },
  { pattern: /is a directory/i, words: "is a directory, not a file", hint: salvage },
  {
    pattern: /not a directory|file exists/i,
    words: "cannot be opened: it is not in a directory",
    hint: "set PATRONUS_STATE_DIR to a directory",
  },
  {
    // SQLITE_IOERR_SHMSIZE is what a disk without room for the index of the write-ahead log comes to.
    pattern: /disk is full|no space left|errcode 4874/i,
    words: "cannot be written: the disk is full",
    hint: "nothing was changed: make room and try again",
    readable: true,
  },
  {
    pattern: /readonly|read-only file system/i,
    words: "cannot be written: it is read-only",
    hint: "nothing was changed: make the file and its directory writable; what only reads works all the same",
    readable: true,
  },
  {
    pattern: /locked/,
    words: "is in use by another process",
    hint: "try again when the other change is done",
    code: "conflict",
  },
  {
    pattern: /permission denied|operation not permitted/i,
    words: "cannot be written: permission denied",
    hint: "run as root, or set PATRONUS_STATE_DIR",
    code: "permission",
    readable: true,
  },
  {
    pattern: /unable to open|no such file|not a directory|symbolic links|name too long|file exists/i,
    words: "cannot be opened",
    hint: "PATRONUS_STATE_DIR has to name a directory that can be written",
    readable: true,
  },
  {
    pattern: /disk I\/O error/,
    words: "cannot be read or written: the disk reports an error",
    hint: "check the disk (dmesg)",
    readable: true,
  },
];

/** An error of SQLite or the file system about a file, in words. */
export function failure(path: string, error: unknown): PatronusError {
  if (error instanceof PatronusError) return error;
  const reason = reasonOf(error);
  const { words = "failed", hint, code = "failed" } = known(error) ?? {};
  return new PatronusError(code, `the store ${path} ${words} (${reason})`, {
    cause: error,
    ...(hint === undefined ? {} : { hint: typeof hint === "string" ? hint : hint(path) }),
  });
}

/** Whether an error, perhaps in words already, hinders writing only. */
export function isReadable(error: unknown): boolean {
  if (error instanceof NotPrivate) return true;
  return known(error instanceof PatronusError ? error.details.cause : error)?.readable === true;
}

function known(error: unknown): Failure | undefined {
  const code = error instanceof Error && "errcode" in error ? ` errcode ${error.errcode}` : "";
  return FAILURES.find(({ pattern }) => pattern.test(reasonOf(error) + code));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
