/** Objects held to their schemas. */
import type { z } from "zod";
import { PatronusError } from "../model/error.ts";
import type { CollectionPath } from "./collections.ts";
import { complaints } from "./complaint.ts";
import { SCHEMAS } from "./document.ts";
import { type Item, NOUNS } from "./objects.ts";

/** Checks an object against its schema. Throws an input error with every finding. */
export function validItem(path: CollectionPath, object: Readonly<Record<string, unknown>>): Item {
  const place = `${path}[${String(object["name"] ?? object["id"] ?? "")}]`;
  return valid(NOUNS[path], SCHEMAS[path], object, place) as unknown as Item;
}

/** A value as its schema gives it back. Throws an input error with every finding; `place` is where the value stands. */
export function valid<T extends z.ZodType>(noun: string, schema: T, value: unknown, place: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const findings = result.error.issues.flatMap((issue) =>
    complaints(schema, issue, value, (path) => `${place}${fieldPath(path)}`)
  );
  throw new PatronusError("input", `the ${noun} is not valid`, { findings });
}

/** A path inside an object: `.source[0]`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`).join("");
}
