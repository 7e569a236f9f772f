/** When the database is gone or cannot be read. */
import { PatronusError } from "../model/error.ts";
import { failure } from "./failure.ts";
import { databasePath, lastGoodPath } from "./paths.ts";
import { salvage } from "./salvage.ts";

/**
 * Makes the state directory where it is missing, and refuses to begin an empty store where there was one: a database that
 * vanished or was cut to nothing must not look like a machine without configuration.
 */
export function refuseLoss(directory: string): void {
  const path = databasePath(directory);
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (size(path) > 0 || size(lastGoodPath(directory)) === 0) return;
  } catch (error) {
    throw failure(path, error);
  }
  throw new PatronusError(
    "failed",
    `the store ${path} is gone or empty, but ${lastGoodPath(directory)} shows that there was one`,
    { hint: salvage(path) },
  );
}

/**
 * Whether a directory holds a store, or what is left of one: a database or its last good copy, whatever state it is in.
 * Throws a `PatronusError` where that cannot be said, `permission` where the caller may not look.
 */
export function hasState(directory: string): boolean {
  return [databasePath, lastGoodPath].some((path) => exists(path(directory)));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw failure(path, error);
  }
}

/** Size of a file in bytes; 0 where there is none. */
function size(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
