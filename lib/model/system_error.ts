/** What the operating system refuses: full disks, wrong paths, closed doors. Everyday trouble, and no fault of the program. */
import { PatronusError } from "./error.ts";

/** Reason and remedy by error number (asm-generic/errno-base.h and errno.h, as in netlink/wire/errno.ts). */
const REASONS: Readonly<Record<number, readonly [reason: string, remedy?: string]>> = {
  1: ["not permitted", "run it as root, as sudo patronus …"],
  2: ["there is no such file or directory", "make the directory first"],
  5: ["the device reports an error", "check the disk (dmesg)"],
  13: ["permission denied", "run it as root, or name a path of yours"],
  17: ["a file of that name is in the way", "choose another name"],
  20: ["a part of the path is a file, not a directory", "name a path below a directory"],
  21: ["it is a directory", "name a file"],
  24: ["too many files are open", "close some, or raise the limit (ulimit -n)"],
  27: ["it would be too large", "raise the limit (ulimit -f)"],
  28: ["the disk is full", "make room and try again"],
  30: ["the file system is read-only", "name a path that can be written"],
  36: ["the name is too long", "a name has up to 255 bytes"],
  40: ["its symbolic links lead in a circle", "ls -l shows where they lead"],
  122: ["the disk quota is used up", "make room and try again"],
};

const DENIED: readonly number[] = [1, 13];

/** The error number of what the system refused, and what Deno says of it; null for any other error. */
function refusal(
  error: unknown,
): { readonly errno: number; readonly words: string; readonly operation: string } | null {
  if (!(error instanceof Error) || error instanceof PatronusError) return null;
  // As `Not a directory (os error 20): stat '/etc/hosts/x'`; reading from an open file tells no operation.
  const [, words, errno, operation = ""] = /^(.*) \(os error (\d+)\)(?:: (.*))?$/s.exec(error.message) ?? [];
  return words === undefined ? null : { errno: Number(errno), words, operation };
}

/** Whether an error is the operating system's. */
export function isSystemError(error: unknown): boolean {
  return refusal(error) !== null;
}

/**
 * An error of the operating system as people should see it. `failed` says what could not be done and where, as
 * `cannot read /etc/x`; without it stands what Deno was doing. Other errors keep their message.
 */
export function systemError(error: unknown, failed?: string, hint?: string): PatronusError {
  if (error instanceof PatronusError) return error;
  const { errno, words, operation } = refusal(error) ??
    { errno: 0, words: error instanceof Error ? error.message : String(error), operation: "" };
  const [reason = words, remedy] = REASONS[errno] ?? [];
  const what = failed ?? (operation === "" ? undefined : `cannot ${operation}`);
  const advice = hint ?? remedy;
  return new PatronusError(
    DENIED.includes(errno) ? "permission" : "failed",
    what === undefined ? reason : `${what}: ${reason}`,
    { cause: error, ...(advice === undefined ? {} : { hint: advice }) },
  );
}
