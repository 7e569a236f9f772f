/** When something was last used. */
import type { People } from "./people.ts";

/** Milliseconds. Not each request is worth a write to the disk. */
const OFTEN_ENOUGH = 60_000;

/**
 * Notes the time of a use where the last one noted is more than a minute ago; `sql` takes the time as ?1 and a number as ?2.
 * A full or read-only disk keeps nobody out who only wants to look.
 */
export function touch({ database, now }: People, last: number | null, sql: string, number: number): void {
  const time = now();
  if (database.hindrance !== null || (last !== null && Math.abs(time - last) < OFTEN_ENOUGH)) return;
  try {
    database.run(sql, time, number);
  } catch { /* What is to be changed says it loud enough. */ }
}
