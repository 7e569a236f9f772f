/** What the daemon's threads tell each other: the one that answers requests, and the one in which the engine lives. */
import type { Finding } from "../../model/error.ts";
import { type ErrorCode, PatronusError } from "../../model/error.ts";
import type { CallerSession } from "../session.ts";
import type { Operation, OperationArguments } from "./operations.ts";

/** Who asks. Roles are enforced where requests come in; the engine thread trusts what it is told. */
export interface Caller {
  /** Whose candidate it is, and who is the author of versions. */
  readonly user: string;
  /** For people and the audit log, as `root (claims ann)`. */
  readonly label: string;
  readonly role: "admin" | "operator" | "viewer";
  /** Where the caller's session comes from, for the lockout warning. */
  readonly session: CallerSession | null;
}

/** One question to the engine thread. */
export interface Call<O extends Operation = Operation> {
  readonly number: number;
  readonly operation: O;
  readonly caller: Caller;
  /** Entity tags of the state that a change is meant for; `*` is any. Null where nothing is changed. */
  readonly match: string | null;
  readonly arguments: OperationArguments<O>;
}

/** The answer: JSON as bytes, so that the thread that passes it on need not read it. */
export interface Answer {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Entity tag of the caller's candidate when the answer was made. */
  readonly tag: string;
}

/** An error on its way from one thread to the other. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly findings?: readonly Finding[];
  readonly reason?: Reason;
}

/** Why a request as such cannot be carried out; the status of the answer tells. */
export type Reason = "missing" | "stale" | "malformed";

export class RequestError extends PatronusError {
  constructor(readonly reason: Reason, message: string, hint?: string) {
    super(reason === "missing" ? "nothing" : reason === "stale" ? "conflict" : "usage", message, hint ? { hint } : {});
  }
}

/** What happens without being asked for. */
export type Notice =
  /** Another version is the newest, or it was confirmed. */
  | { readonly event: "version"; readonly data: { readonly version: number | null; readonly confirmed: number | null } }
  /** Each second while a confirmation is waited for; null when that is over. */
  | {
    readonly event: "pending";
    readonly data: { readonly version: number; readonly user: string; readonly secondsLeft: number } | null;
  }
  | { readonly event: "network"; readonly data: { readonly message: string } }
  /** Packets and bytes by the id of the document's rule, as long as somebody listens. */
  | {
    readonly event: "counters";
    readonly data: Readonly<Record<string, { readonly packets: number; readonly bytes: number }>>;
  };

/** Directories that the engine works with. */
export interface Directories {
  readonly stateDir: string;
  readonly runDir: string;
  readonly etcDir: string;
}

export type ToEngine =
  | { readonly begin: Directories }
  | { readonly call: Call }
  /** Whether anybody listens to what costs something to tell. */
  | { readonly listening: boolean }
  | { readonly end: true };

export type FromEngine =
  | { readonly ready: true }
  | { readonly failed: Fault }
  | { readonly number: number; readonly answer: Answer }
  | { readonly number: number; readonly fault: Fault }
  | { readonly notice: Notice }
  | { readonly ended: true };

export function faultOf(error: unknown): Fault {
  if (!(error instanceof PatronusError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: "failed", message, hint: "this should not happen; the daemon's log shows where it did" };
  }
  const { hint, findings } = error.details;
  return {
    code: error.code,
    message: error.message,
    ...(hint === undefined ? {} : { hint }),
    ...(findings === undefined ? {} : { findings }),
    ...(error instanceof RequestError ? { reason: error.reason } : {}),
  };
}

export function errorOf({ code, message, hint, findings, reason }: Fault): PatronusError {
  if (reason !== undefined) return new RequestError(reason, message, hint);
  return new PatronusError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(findings === undefined ? {} : { findings }),
  });
}
