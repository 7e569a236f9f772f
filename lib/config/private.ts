/**
 * The state directory is nobody else's business: 0700, its files 0600. It may have been made by hand, or unpacked from a
 * backup, with any modes.
 */
import { PatronusError } from "../model/error.ts";
import { isOwnFile } from "./paths.ts";

/** Bits of group and others; those of them that let write; the sticky bit, as /tmp has it (stat(2)). */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** Somebody else could change the state: nothing may be written to it. */
export class NotPrivate extends PatronusError {}

/**
 * Takes away from others what they may do in the directory and with Patronus's files in it. A directory that holds other
 * things too is left as it is, for it may be everybody's. Throws `NotPrivate` where somebody else could still put
 * other files in the place of these.
 */
export function makePrivate(directory: string): void {
  const { mode, uid } = Deno.statSync(directory);
  if (mode === null || uid === null) return;
  if (uid !== Deno.uid() && uid !== 0) {
    throw new NotPrivate("failed", `the state directory ${directory} belongs to user ${uid}, who could change it`, {
      hint: `give it to whoever changes the firewall: chown -R ${Deno.uid()} ${directory}`,
    });
  }
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  for (const name of names.filter(isOwnFile)) tighten(`${directory}/${name}`, 0o600);
  if ((mode & OTHERS) === 0 || uid !== Deno.uid()) return;
  if (names.every(isOwnFile) && (mode & STICKY) === 0) Deno.chmodSync(directory, 0o700);
  else if ((mode & OTHERS_WRITE) !== 0) {
    throw new NotPrivate("failed", `others may write to the state directory ${directory}`, {
      hint: "set PATRONUS_STATE_DIR to a directory of its own",
    });
  }
}

function tighten(path: string, mode: number): void {
  try {
    const { mode: now, isFile, uid } = Deno.lstatSync(path);
    if (isFile && uid === Deno.uid() && now !== null && (now & OTHERS) !== 0) Deno.chmodSync(path, mode);
  } catch (error) {
    // Another process has closed the database, and its log is gone.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
