import type { Finding } from "../model/error.ts";
import type { Document } from "./document.ts";

export function check(_document: Document): Finding[] {
  return [];
}
