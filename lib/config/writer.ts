/** Objects of the normal form as people write them. */
import { z } from "zod";
import { bare, fields, takesSingle } from "../features/shape.ts";

type Schema = z.core.$ZodType;

/** Turns a value of the normal form into its written form: defaults left out, single values without brackets. */
export function writer(schema: Schema): (value: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const writers = Object.entries(fields(schema)).map(([key, field]) => [key, fieldWriter(field)] as const);
  return (value) => {
    const written: Record<string, unknown> = {};
    for (const [key, write] of writers) {
      const shown = write(value[key]);
      if (shown !== undefined) written[key] = shown;
    }
    return written;
  };
}

function fieldWriter(field: Schema): (value: unknown) => unknown {
  const absent = z.safeParse(field, undefined);
  const isDefault = (value: unknown) => absent.success && JSON.stringify(value) === JSON.stringify(absent.data);
  const plain = scalar(field);
  const { def } = (bare(field) as z.core.$ZodTypes)._zod;
  let write = plain;
  if (def.type === "object") {
    const whole = writer(field);
    write = (value) => whole(value as Record<string, unknown>);
  } else if (def.type === "array") {
    const item = scalar(def.element);
    const single = takesSingle(field);
    write = (value) => {
      const items = (value as unknown[]).map(item);
      return single && items.length === 1 ? items[0] : items;
    };
  }
  return (value) => {
    if (value === undefined) return undefined;
    if (absent.success && Array.isArray(absent.data) && absent.data.length === 0) {
      return Array.isArray(value) && value.length === 0 ? undefined : write(value);
    }
    if (def.type === "object") {
      const shown = write(value) as Record<string, unknown>;
      return Object.keys(shown).length === 0 ? undefined : shown;
    }
    if (typeof value === "object" ? isDefault(value) : absent.success && value === absent.data) return undefined;
    return write(value);
  };
}

/** Text that reads as a number is printed as one where the field takes both for the same. */
function scalar(schema: Schema): (value: unknown) => unknown {
  const parsed = z.safeParse(schema, 80);
  if (!parsed.success || parsed.data !== "80") return (value) => value;
  return (value) => typeof value === "string" && /^(0|[1-9]\d{0,8})$/.test(value) ? Number(value) : value;
}
