/**
 * What went wrong, as the command line and the API answer it.
 *
 * - `failed`: the request could not be carried out (exit 1)
 * - `input`: the document, file or command is not valid (exit 1)
 * - `usage`: the command line itself is wrong (exit 2)
 * - `nothing`: nothing to do where something was expected (exit 3)
 * - `conflict`: somebody else's change or a pending confirmation stands in the way (exit 4)
 * - `permission`: the caller may not do this (exit 5)
 * - `unauthenticated`: nobody knows who the caller is: a wrong password or code, a session or token that has ended (exit 5)
 * - `throttled`: too many attempts; `details.retryAfter` says when to come back (exit 1)
 */
export type ErrorCode =
  | "failed"
  | "input"
  | "usage"
  | "nothing"
  | "conflict"
  | "permission"
  | "unauthenticated"
  | "throttled";

/** Exit status of the command line for each code (docs/cli.md lists them). */
export const EXIT_STATUS: Readonly<Record<ErrorCode, number>> = {
  failed: 1,
  input: 1,
  usage: 2,
  nothing: 3,
  conflict: 4,
  permission: 5,
  unauthenticated: 5,
  throttled: 1,
};

export interface ErrorDetails {
  /** What to do about it. */
  readonly hint?: string;
  readonly findings?: readonly Finding[];
  readonly cause?: unknown;
  /** Seconds until another attempt makes sense. */
  readonly retryAfter?: number;
}

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
    readonly details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}
