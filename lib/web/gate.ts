/** What a request must be before it is looked into: of bearable size, text in UTF-8, and of a kind that is understood. */
import { problem } from "./problem.ts";

const MIB = 2 ** 20;

/** Most bytes of a body: those of an import, and others. */
export interface Limits {
  readonly import: number;
  readonly other: number;
}

/** For everybody. */
export const LIMITS: Limits = { import: 8 * MIB, other: MIB };
/** For the local root, whose documents come from files: as `config import` takes them. */
export const ADMIN_LIMITS: Limits = { import: 64 * MIB, other: MIB };

const JSON_TYPES = ["application/json", "application/merge-patch+json"];

/** The request with its body read, or the answer that refuses it. */
export async function admit(request: Request, limits: Limits): Promise<Request | Response> {
  if (request.method === "GET" || request.method === "HEAD") return request;
  const isImport = request.method === "PUT";
  const most = isImport ? limits.import : limits.other;
  const body = await bounded(request, most);
  if (body === null) {
    return problem(413, `the body is longer than ${most / MIB} MiB`, undefined, { connection: "close" });
  }
  if (body.length > 0) {
    const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    const known = isImport ? [...JSON_TYPES, "application/toml"] : JSON_TYPES;
    if (!known.includes(type)) {
      return problem(415, `a body of type ${type || "unknown"} is not understood`, `send ${known.join(" or ")}`);
    }
    if (!isUtf8(body)) return problem(400, "the body is not UTF-8");
  }
  const { method, headers } = request;
  return new Request(request.url, { method, headers, ...(body.length === 0 ? {} : { body }) });
}

/** Null where it is longer than `most` bytes: the rest is not read. */
async function bounded(request: Request, most: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get("content-length") ?? 0) > most) {
    await request.body?.cancel();
    return null;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > most) return null;
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
