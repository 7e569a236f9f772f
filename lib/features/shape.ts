/** What a schema says about its fields: kept apart, because zod tells it only in its own words. */
import { z } from "zod";

type Schema = z.core.$ZodType;

/** The schema below defaults, optionals and preprocessing. */
export function bare(schema: Schema): Schema {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "default":
    case "prefault":
    case "optional":
    case "nullable":
      return bare(def.innerType);
    case "pipe":
      return bare(def.out);
    default:
      return schema;
  }
}

/** Fields of an object schema by key; empty for any other. */
export function fields(schema: Schema): Readonly<Record<string, Schema>> {
  const { def } = (bare(schema) as z.core.$ZodTypes)._zod;
  return def.type === "object" ? def.shape : {};
}

/** The schema at a path of keys and indexes, or null. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | null {
  let here = bare(schema);
  for (const step of path) {
    const { def } = (here as z.core.$ZodTypes)._zod;
    const next = def.type === "array" ? def.element : def.type === "object" ? def.shape[String(step)] : undefined;
    if (next === undefined) return null;
    here = bare(next);
  }
  return here;
}

/** Whether a list may be written as its only element (`oneOrMany`: preprocessing in front of an array). */
export function takesSingle(schema: Schema): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "default" || def.type === "prefault" || def.type === "optional") return takesSingle(def.innerType);
  return def.type === "pipe";
}
