/** What is left when the database is gone or damaged, and how people get on from there. */
import { dirname } from "node:path";
import { lastGoodPath } from "./paths.ts";

/** Version of the last good copy in a state directory; null where there is no copy that could be imported. */
export function lastGoodVersion(directory: string): number | null {
  try {
    const { version, digest, document } = JSON.parse(Deno.readTextFileSync(lastGoodPath(directory)));
    const whole = Number.isSafeInteger(version) && typeof digest === "string" && typeof document?.firewall === "object";
    return whole ? version : null;
  } catch {
    return null;
  }
}

/** What to do about a database that cannot be used any more. */
export function salvage(database: string): string {
  const directory = dirname(database);
  const copy = lastGoodPath(directory);
  const version = lastGoodVersion(directory);
  return version === null
    ? `put a backup in its place; ${copy} is of no help, it is missing or damaged. To begin anew, move both away`
    : `put a backup in its place; or move it away, move ${copy} elsewhere, and run patronus config import on that: ` +
      `it holds version ${version}`;
}
