/**
 * What went wrong, as the command line and the API answer it.
 *
 * - `failed`: the request could not be carried out (exit 1)
 * - `input`: the document, file or command is not valid (exit 1)
 * - `usage`: the command line itself is wrong (exit 2)
 * - `nothing`: nothing to do where something was expected (exit 3)
 * - `conflict`: somebody else's change or a pending confirmation stands in the way (exit 4)
 * - `permission`: the caller may not do this (exit 5)
 */
export type ErrorCode = "failed" | "input" | "usage" | "nothing" | "conflict" | "permission";

/** Exit status of the command line for each code (docs/cli.md lists them). */
export const EXIT_STATUS: Readonly<Record<ErrorCode, number>> = {
  failed: 1,
  input: 1,
  usage: 2,
  nothing: 3,
  conflict: 4,
  permission: 5,
};

/** One thing that is wrong or worth knowing at one place of the document. */
export interface Finding {
  readonly severity: "error" | "warning" | "note";
  /** Place in the document, as `firewall.rules[allow-web].source[0]`. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** An error that people see: says what failed and what to do, and carries findings where there are several. */
export class PatronusError extends Error {
  override readonly name: string = "PatronusError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: { readonly hint?: string; readonly findings?: readonly Finding[]; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}
