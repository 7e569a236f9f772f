/** Bodies of requests, as the thread that takes them hands them on: bytes. */
import type { Finding } from "../../model/error.ts";
import { PatronusError } from "../../model/error.ts";
import { hazards } from "../../config/hazards.ts";
import { repeatedKeys } from "../../config/json_keys.ts";
import { RequestError } from "./protocol.ts";

export type Body = Uint8Array<ArrayBuffer>;

/** UTF-8 as text. Throws `malformed`. */
export function textOf(body: Body): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new RequestError("malformed", "the body is not UTF-8");
  }
}

/** A JSON object. Throws `malformed` where it is none, `input` where it holds what no object of the document may. */
export function objectOf(body: Body): Readonly<Record<string, unknown>> {
  const text = textOf(body);
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RequestError("malformed", "the body is not a JSON object");
  }
  const twice = repeatedKeys(text).map(({ place, key }): Finding => ({
    severity: "error",
    path: place,
    message: `the key ${key} stands twice in one object`,
  }));
  const findings = [...hazards(value), ...twice];
  if (findings.length > 0) throw new PatronusError("input", "the body is not valid", { findings });
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestError("malformed", `the body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
