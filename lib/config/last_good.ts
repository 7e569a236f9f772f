/** The last good copy: the newest confirmed version in its normal form, for the day the database cannot be read. */
import type { Document } from "../features/document.ts";
import { PatronusError } from "../model/error.ts";
import { failure } from "./failure.ts";
import { lastGoodPath } from "./paths.ts";

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
  const bytes = new TextEncoder().encode(JSON.stringify({ version, digest, document }));
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

/** Whether the copy is there and says that it is this version: its first bytes tell. */
export function hasLastGood(directory: string, { version, digest }: Pick<LastGood, "version" | "digest">): boolean {
  const head = JSON.stringify({ version, digest }).slice(0, -1);
  try {
    using file = Deno.openSync(lastGoodPath(directory), { read: true });
    const bytes = new Uint8Array(head.length);
    return file.readSync(bytes) === bytes.length && new TextDecoder().decode(bytes) === head;
  } catch {
    return false;
  }
}

/** Reads the copy; null where there is none. Throws where it is damaged. */
export async function readLastGood(directory: string): Promise<LastGood | null> {
  const path = lastGoodPath(directory);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw failure(path, error);
  }
  const copy = await parseLastGood(text);
  if (copy === null) {
    throw new PatronusError("failed", `the last good copy ${path} is damaged`, { hint: "the rescue rules still work" });
  }
  return copy;
}

/** Null where the text is no last good copy. */
export async function parseLastGood(text: string): Promise<LastGood | null> {
  // Whoever reads a copy has no time to win: the schemas are loaded here alone.
  const { document: schema } = await import("../features/document.ts");
  try {
    const value = JSON.parse(text);
    const parsed = schema.safeParse(value?.document);
    if (!parsed.success || !Number.isSafeInteger(value.version) || typeof value.digest !== "string") return null;
    return { version: value.version, digest: value.digest, document: parsed.data };
  } catch {
    return null;
  }
}
