import type { Document } from "../features/document.ts";
import type { Finding } from "../model/error.ts";
export interface Reading {
  readonly document: Document | null;
  readonly findings: Finding[];
}
export function fromWritten(_value: unknown): Reading {
  return { document: null, findings: [] };
}
export function toWritten(document: Document): Record<string, unknown> {
  return { ...document };
}
