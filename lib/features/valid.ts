/** Objects held to their schemas. */
import type { z } from "zod";
import { type Finding, PatronusError } from "../model/error.ts";
import type { CollectionPath } from "./collections.ts";
import { SCHEMAS } from "./document.ts";
import { type Item, NOUNS } from "./objects.ts";

/** Checks an object against its schema. Throws an input error with every finding. */
export function validItem(path: CollectionPath, object: Readonly<Record<string, unknown>>): Item {
  const result = SCHEMAS[path].safeParse(object);
  if (result.success) return result.data as unknown as Item;
  throw invalid(
    NOUNS[path],
    result.error,
    (field) => `${path}[${String(object["name"] ?? object["id"] ?? "")}]${field}`,
  );
}

/** A schema's complaints as one error; `place` turns a field into a path of the document. */
export function invalid(noun: string, error: z.ZodError, place: (field: string) => string): PatronusError {
  const findings = error.issues.map((issue): Finding => {
    const field = issue.path.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`).join("");
    return { severity: "error", path: place(field), message: issue.message };
  });
  return new PatronusError("input", `the ${noun} is not valid`, { findings });
}
