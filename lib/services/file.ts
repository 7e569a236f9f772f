/** Files that are there whole or not at all. */
import { dirname } from "node:path";
import { PatronusError } from "../model/error.ts";

/**
 * Writes a file so that a crash at any moment leaves the old content or the new one: into a temporary file beside it, fsync,
 * rename, fsync of the directory (rename(2)). `mode` is the file's mode, whatever the umask. Throws a `PatronusError` that
 * names the file and the reason; the old file is then as it was and nothing is left beside it.
 */
export function atomicWrite(path: string, content: string | Uint8Array, mode: number): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = `${path}.${Deno.pid}.new`;
  try {
    {
      using file = Deno.openSync(temporary, { create: true, write: true, truncate: true, mode });
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      Deno.chmodSync(temporary, mode);
      file.syncSync();
    }
    Deno.renameSync(temporary, path);
    using directory = Deno.openSync(dirname(path), { read: true });
    directory.syncSync();
  } catch (error) {
    remove(temporary);
    throw new PatronusError("failed", `cannot write ${path}: ${reason(error)}`, { cause: error, hint: remedy(error) });
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "its directory does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  const message = error instanceof Error ? error.message : String(error);
  return /ENOSPC|os error 28/.test(message) ? "the disk is full" : message;
}

function remedy(error: unknown): string | undefined {
  if (error instanceof Deno.errors.NotFound) return "make the directory first";
  return undefined;
}
