/**
 * Command line options that derive from a schema: their names, texts, values and defaults stand there and nowhere else.
 */
import { z } from "zod";
import type { Completion, Input, Option } from "../model/command.ts";
import type { ReferenceKind, References } from "./collections.ts";

/** What a schema cannot say about its options. */
export interface OptionNotes {
  /** Fields that are no options. */
  readonly leave?: readonly string[];
  /** Other spellings by field, as `{ destination_port: ["dport"] }`. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  readonly references?: References;
  /** For an edit nothing is required and no default fills in. */
  readonly edit?: boolean;
}

/** What a field holds, with its wrappers taken off. */
interface Shape {
  readonly kind: "boolean" | "text" | "object";
  readonly list: boolean;
  readonly required: boolean;
  readonly description: string;
  readonly default?: unknown;
  readonly values?: readonly string[];
  readonly open: boolean;
  /** Whole numbers and booleans are legal beside text. */
  readonly number: boolean;
  readonly onOff: boolean;
  readonly object?: z.ZodObject;
}

function shapeOf(field: unknown): Shape {
  let inner = field;
  let list = false;
  let required = true;
  let description: string | undefined;
  let fallback: unknown;
  while (inner instanceof z.ZodType) {
    description ??= inner.description;
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
      required = false;
      fallback ??= inner.def.defaultValue;
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodOptional) {
      required = false;
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodPipe) inner = inner.def.out;
    else if (inner instanceof z.ZodArray) {
      list = true;
      inner = inner.def.element;
    } else break;
  }
  const parts: readonly unknown[] = inner instanceof z.ZodUnion ? inner.def.options : [inner];
  const words = parts.flatMap((part) => part instanceof z.ZodEnum ? part.options.map(String) : []);
  const onOff = parts.length > 1 && parts.some((part) => part instanceof z.ZodBoolean);
  const values = onOff ? ["on", "off", ...words] : words;
  return {
    kind: inner instanceof z.ZodObject ? "object" : inner instanceof z.ZodBoolean ? "boolean" : "text",
    list,
    required,
    description: description ?? "",
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(values.length === 0 ? {} : { values }),
    open: parts.some((part) => !(part instanceof z.ZodEnum || part instanceof z.ZodBoolean)),
    number: parts.some((part) => part instanceof z.ZodNumber),
    onOff,
    ...(inner instanceof z.ZodObject ? { object: inner } : {}),
  };
}

/** Each leaf field of a schema with its path and option name: `anti_lockout.in` is `--anti-lockout-in`. */
function* leaves(
  schema: z.ZodObject,
  prefix: readonly string[] = [],
  required = true,
): Generator<{ path: string[]; shape: Shape }> {
  for (const [key, field] of Object.entries(schema.shape)) {
    const read = shapeOf(field);
    // What an object must have it must have only where the object itself is there.
    const shape = { ...read, required: read.required && required };
    const path = [...prefix, key];
    if (shape.object !== undefined && !shape.list) yield* leaves(shape.object, path, shape.required);
    else yield { path, shape };
  }
}

const optionName = (path: readonly string[]) => path.join("-").replaceAll("_", "-");

/** The options of a schema's fields, in their order. */
export function schemaOptions(schema: z.ZodObject, notes: OptionNotes = {}): Option[] {
  const options: Option[] = [];
  for (const { path, shape } of leaves(schema)) {
    const field = path.join(".");
    if (notes.leave?.includes(field)) continue;
    const kinds = notes.references?.[field];
    const aliases = notes.aliases?.[field];
    const fallback = printDefault(shape.default);
    const completes = kinds === undefined ? undefined : completionOf(kinds, field);
    options.push({
      name: optionName(path),
      type: shape.kind === "boolean" ? "flag" : shape.list ? "list" : "text",
      description: shape.description,
      ...(aliases === undefined ? {} : { aliases }),
      ...(shape.kind === "boolean" ? {} : { value: valueName(path) }),
      ...(shape.values === undefined ? {} : { values: shape.values, open: shape.open }),
      ...(fallback === undefined || (notes.edit && shape.kind !== "boolean") ? {} : { default: fallback }),
      ...(shape.required && !notes.edit ? { required: true } : {}),
      ...(completes === undefined ? {} : { completes }),
    });
  }
  return options;
}

/** The fields that options were given for, as the written form of an object; `any` empties a list. */
export function givenFields(schema: z.ZodObject, input: Input): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const { path, shape } of leaves(schema)) {
    const name = optionName(path);
    const value = input.flag(name) ?? input.text(name) ??
      (input.options[name] === undefined ? undefined : input.list(name));
    if (value === undefined) continue;
    const [key = "", inner] = path;
    const read = readValue(shape, value);
    if (inner === undefined) fields[key] = read;
    else fields[key] = { ...(fields[key] as Record<string, unknown> | undefined), [inner]: read };
  }
  return fields;
}

function readValue(shape: Shape, value: boolean | string | readonly string[]): unknown {
  if (typeof value === "object") {
    return value.filter((item) => item !== "any").map((item) => readValue({ ...shape, list: false }, item));
  }
  if (shape.onOff && (value === "on" || value === "off")) return value === "on";
  return typeof value === "string" && shape.number && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

function printDefault(value: unknown): string | undefined {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(",");
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** What help calls the value: the last word of the field's name, or what people would say. */
function valueName(path: readonly string[]): string {
  const last = path.at(-1) ?? "";
  if (last === "in" || last === "out" || last === "hairpin") return "PLACE";
  if (last === "source" || last === "destination" || last === "to") return "ADDRESS";
  if (last === "comment" || last === "description") return "TEXT";
  if (last.endsWith("port") || last === "ports") return "PORT";
  return (last.split("_").at(-1) ?? last).replace(/(?<=s)es$|(?<!s)s$/, "").toUpperCase();
}

function completionOf(kinds: readonly ReferenceKind[], field: string): Completion {
  if (kinds.includes("chain")) return "chain";
  if (kinds.includes("zone")) return "place";
  if (kinds.includes("interface")) return "interface";
  return field === "members" ? "alias" : field.endsWith("port") ? "port-alias" : "address-alias";
}
