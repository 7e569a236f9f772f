/** Tells people what went wrong, and gives the exit status for it. */
import { EXIT_STATUS, type Finding, PatronusError } from "../model/error.ts";
import type { Io } from "./io.ts";
import { paint, type Terminal } from "./terminal.ts";
import { printable } from "./width.ts";

const TONES = { error: "bad", warning: "warn", note: "accent" } as const;

/** A finding in one or two lines: severity, place, message, and what to do. */
export function findingLines(finding: Finding, terminal: Terminal): string[] {
  const severity = paint(finding.severity, TONES[finding.severity], terminal);
  const place = finding.path === "" ? "" : ` (${printable(finding.path)})`;
  const lines = [`${severity}: ${printable(finding.message)}${paint(place, "dim", terminal)}`];
  if (finding.hint !== undefined) lines.push(`  ${paint(printable(finding.hint), "dim", terminal)}`);
  return lines;
}

/** Writes an error to standard error. Gives the exit status. */
export function tellFailure(error: unknown, io: Io, debug: boolean): number {
  const known = error instanceof PatronusError ? error : refined(error);
  const name = paint("patronus:", "bad", io.stderr);
  const lines = [`${name} ${printable(known.message)}`];
  for (const finding of known.details.findings ?? []) {
    lines.push(...findingLines(finding, io.stderr).map((line) => `  ${line}`));
  }
  if (known.details.hint !== undefined) lines.push(`  ${printable(known.details.hint)}`);
  if (debug) lines.push(stackOf(error));
  io.writeError(`${lines.join("\n")}\n`);
  return EXIT_STATUS[known.code];
}

/** What other parts throw, as an error that people see. */
function refined(error: unknown): PatronusError {
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
