/** A small change of a document, made without the schemas: a process that is measured does not load them either. */
import type { Document } from "../../lib/features/document.ts";

/** The same document with one rule's port changed; all other objects are taken over. */
export function withPort(base: Document, index: number, port: number): Document {
  const rules = base.firewall.rules.map((rule, at) =>
    at === index ? { ...rule, destination_port: [String(port)] } : rule
  );
  return { ...base, firewall: { ...base.firewall, rules } };
}
