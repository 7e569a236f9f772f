/** Tells people what went wrong, and gives the exit status for it. */
import { EXIT_STATUS, PatronusError } from "../model/error.ts";
import { isSystemError, systemError } from "../model/system_error.ts";
import { visible } from "../model/visible.ts";
import type { Io } from "./io.ts";
import { renderText } from "./render.ts";
import { paint } from "./terminal.ts";
import { findingBlocks } from "./verbs/findings.ts";

/** Writes an error to standard error. Gives the exit status. */
export function tellFailure(error: unknown, io: Io, debug: boolean): number {
  const known = error instanceof PatronusError ? error : refined(error);
  const name = paint("patronus:", "bad", io.stderr);
  const lines = [`${name} ${visible(known.message)}`];
  const findings = renderText({ blocks: findingBlocks(known.details.findings ?? []) }, io.stderr);
  lines.push(...findings.split("\n").filter((line) => line !== "").map((line) => `  ${line}`));
  if (known.details.hint !== undefined) lines.push(`  ${visible(known.details.hint)}`);
  if (debug) lines.push(...stackOf(error).split("\n").map(visible));
  io.writeError(`${lines.join("\n")}\n`);
  return EXIT_STATUS[known.code];
}

/** What other parts throw, as an error that people see. */
function refined(error: unknown): PatronusError {
  if (isSystemError(error)) return systemError(error);
  const message = error instanceof Error ? error.message : String(error);
  const errno = error instanceof Error && "code" in error ? error.code : undefined;
  const refused = error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
    errno === "EPERM" || errno === "EACCES";
  if (refused) {
    return new PatronusError("permission", `not permitted: ${message}`, { hint: "run it as root, as sudo patronus …" });
  }
  const kind = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
  return new PatronusError("failed", `${kind}${message.split("\n")[0]}`, {
    hint: "this should not happen; PATRONUS_DEBUG=1 shows where it did",
  });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
