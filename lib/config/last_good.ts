/** The last good copy: the newest confirmed version in the written form, for the day the database cannot be read. */
import type { Document } from "../features/document.ts";
import { PatronusError } from "../model/error.ts";
import { failure } from "./database.ts";
import { lastGoodPath } from "./paths.ts";
import { fromWritten, toWritten } from "./written.ts";

export interface LastGood {
  readonly version: number;
  readonly digest: string;
  readonly document: Document;
}

/** A copy that is on disk beside the old one and not yet in its place. */
export interface Staged {
  /** Puts it in the place of the old one. */
  keep(): void;
  drop(): void;
}

/**
 * Writes the copy so that a crash leaves the old one or the new one: temporary file and fsync here, rename and fsync of the
 * directory in `keep`.
 */
export function stageLastGood(directory: string, { version, digest, document }: LastGood): Staged {
  const path = lastGoodPath(directory);
  const temporary = `${path}.new`;
  const drop = () => {
    try {
      Deno.removeSync(temporary);
    } catch { /* It was never made, or is renamed already. */ }
  };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      drop();
      throw failure(path, error);
    }
  };
  const bytes = new TextEncoder().encode(JSON.stringify({ version, digest, document: toWritten(document) }));
  attempt(() => {
    using file = Deno.openSync(temporary, { create: true, write: true, truncate: true, mode: 0o600 });
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
  });
  const keep = () =>
    attempt(() => {
      Deno.renameSync(temporary, path);
      using folder = Deno.openSync(directory, { read: true });
      folder.syncSync();
    });
  return { keep, drop };
}

/** Reads the copy; null where there is none. Throws where it is damaged. */
export function readLastGood(directory: string): LastGood | null {
  const path = lastGoodPath(directory);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw failure(path, error);
  }
  const damaged = (cause?: unknown) =>
    new PatronusError("failed", `the last good copy ${path} is damaged`, {
      cause,
      hint: "the rescue rules still work",
    });
  let value: { version?: unknown; digest?: unknown; document?: unknown } | null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(error);
  }
  const { document } = fromWritten(value?.document);
  if (document === null || !Number.isSafeInteger(value?.version)) throw damaged();
  return { version: Number(value?.version), digest: String(value?.digest), document };
}
