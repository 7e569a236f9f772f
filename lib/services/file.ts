/** Files that are there whole or not at all. */
import { dirname } from "node:path";
import { PatronusError } from "../model/error.ts";
import { systemError } from "../model/system_error.ts";

/**
 * Writes a file so that a crash at any moment leaves the old content or the new one: into a temporary file beside it, fsync,
 * rename, fsync of the directory (rename(2)). `mode` is the file's mode, whatever the umask. Throws a `PatronusError` that
 * names the file and the reason; the old file is then as it was and nothing is left beside it. What is no file (a device, a
 * link) is replaced by one.
 */
export function atomicWrite(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = `${path}.${Deno.pid}.new`;
  try {
    {
      using file = Deno.openSync(temporary, { create: true, write: true, truncate: true, mode });
      writeAll(file, content);
      Deno.chmodSync(temporary, mode);
      file.syncSync();
    }
    Deno.renameSync(temporary, path);
    using directory = Deno.openSync(dirname(path), { read: true });
    directory.syncSync();
  } catch (error) {
    remove(temporary);
    throw systemError(error, `cannot write ${path}`);
  }
}

/**
 * Writes to a path that somebody chose: a file as `atomicWrite` does, and the one that a link leads to; into a device or a
 * pipe as it stands there, for a rename would take it away. Throws a `PatronusError` that names the path and the reason.
 */
export function writeOut(path: string, content: string, mode: number): void {
  try {
    const standing = whatStands(path);
    if (standing === null) return atomicWrite(path, content, mode);
    if (standing.isFile) return atomicWrite(Deno.realPathSync(path), content, mode);
    // Under its own name: /dev/stdout leads to a pipe that has none.
    using file = Deno.openSync(path, { write: true });
    writeAll(file, content);
  } catch (error) {
    throw systemError(error, `cannot write ${path}`);
  }
}

/**
 * Writes a file that must not be there yet, on disk with its name when this returns. Throws a `PatronusError` that names the
 * file and the reason; nothing of it is left then.
 */
export function writeNew(path: string, content: string, mode: number): void {
  let made = false;
  try {
    using file = Deno.openSync(path, { createNew: true, write: true, mode });
    made = true;
    writeAll(file, content);
    file.syncSync();
    using directory = Deno.openSync(dirname(path), { read: true });
    directory.syncSync();
  } catch (error) {
    if (made) remove(path);
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new PatronusError("input", `${path} is there already`, { hint: "give another name" });
    }
    throw systemError(error, `cannot write ${path}`);
  }
}

/** What is at a path, behind all links; null where nothing is. */
function whatStands(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function writeAll(file: Deno.FsFile, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch { /* It was never made, or is renamed already. */ }
}
