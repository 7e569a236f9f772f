/** Errors as problem details (RFC 9457). */
import { HTTPException } from "hono/http-exception";
import { type Fault, faultOf, RequestError } from "../engine/service/protocol.ts";
import { type ErrorCode, PatronusError } from "../model/error.ts";

/** Status of each code of error, for requests that change something and for those that look. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  failed: 500,
  input: 422,
  usage: 400,
  nothing: 409,
  conflict: 409,
  permission: 403,
  unauthenticated: 401,
  throttled: 429,
};

/** Codes of what is refused before anybody looks into it; others are `usage`. */
const CODES: Readonly<Record<number, ErrorCode>> = { 401: "unauthenticated", 403: "permission", 412: "conflict" };

const TITLES: Readonly<Record<number, string>> = {
  400: "Malformed request",
  401: "Not logged in",
  403: "Not permitted",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  412: "Changed meanwhile",
  413: "Too large",
  415: "Unsupported media type",
  422: "Not valid",
  428: "Entity tag required",
  429: "Too many tries",
  500: "Failed",
};

/** Body of a problem. */
export interface Problem extends Omit<Fault, "reason"> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

/** An answer that says what is wrong with a request before anybody looks into it. */
export function problem(status: number, detail: string, hint?: string, headers: HeadersInit = {}): Response {
  const code = CODES[status] ?? "usage";
  return respond(status, { code, message: detail, ...(hint === undefined ? {} : { hint }) }, headers);
}

/** The answer that an error makes. */
export function problemOf(error: unknown, method: string): Response {
  if (error instanceof HTTPException) return problem(error.status, error.message);
  const fault = faultOf(error);
  if (!(error instanceof PatronusError)) console.error(error);
  return respond(statusOf(error, fault, method), fault);
}

function statusOf(error: unknown, { code }: Fault, method: string): number {
  if (error instanceof RequestError) return { missing: 404, stale: 412, malformed: 400 }[error.reason];
  return code === "nothing" && method === "GET" ? 404 : STATUS[code];
}

function respond(status: number, { code, message, hint, findings }: Fault, headers: HeadersInit = {}): Response {
  const body = {
    type: `urn:patronus:problem:${code}`,
    title: TITLES[status] ?? "Problem",
    status,
    detail: message,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(findings === undefined ? {} : { findings }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...Object.fromEntries(new Headers(headers)), "content-type": "application/problem+json" },
  });
}
