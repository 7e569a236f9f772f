/**
 * The tables of fields in docs/configuration.md. They stand between marks, as `<!-- fields firewall.rules -->` and
 * `<!-- end -->`; what is around them is written by hand.
 */
import { z } from "zod";
import { COLLECTIONS } from "../features/collections.ts";
import { SCHEMAS } from "../features/document.ts";
import { FIELDS } from "../features/nat/fields.ts";
import { bare, fields, takesSingle } from "../features/shape.ts";

type Schema = z.core.$ZodType;

const MARKED = /(<!-- fields ([a-z. -]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** What can stand behind `fields` in a mark: each list and each part of the document, and one more for the kinds of NAT. */
export const TABLES: readonly string[] = [...Object.keys(SCHEMAS), "by nat type"];

/** The page with its tables made anew. Throws for a mark that names nothing. */
export function withFieldTables(page: string): string {
  return page.replaceAll(MARKED, (_, start: string, what: string, end: string) => `${start}\n${table(what)}\n${end}`);
}

function table(what: string): string {
  if (what === "by nat type") return natTypes();
  const schema = (SCHEMAS as Readonly<Record<string, z.ZodObject | undefined>>)[what];
  if (schema === undefined) throw new RangeError(`the document has no ${what}`);
  const collection = COLLECTIONS.find(({ path }) => path === what);
  const made = collection?.kind === undefined ? "made from the comment" : "made from the name";
  const shown = rows(schema).filter(([path]) => !(collection?.keyed && path === "name"));
  return [
    "| field | type | default | meaning |",
    "|---|---|---|---|",
    ...shown.map(([path, field]) => {
      const cells = [`\`${path}\``, typeOf(field), path === "id" ? made : defaultOf(field), describe(field)];
      return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    }),
    "",
  ].join("\n");
}

/** Every field that holds a value, with its path. */
function rows(schema: Schema, before = ""): [path: string, field: Schema][] {
  return Object.entries(fields(schema)).flatMap(([key, field]): [string, Schema][] => {
    const path = `${before}${key}`;
    return Object.keys(fields(field)).length > 0 ? rows(field, `${path}.`) : [[path, field]];
  });
}

function typeOf(field: Schema): string {
  const { def } = (bare(field) as z.core.$ZodTypes)._zod;
  if (def.type !== "array") return scalar(field);
  return `${takesSingle(field) ? "one or a list" : "list"}: ${scalar(def.element)}`;
}

function scalar(schema: Schema): string {
  const { def } = (bare(schema) as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "enum":
      return Object.values(def.entries).map((word) => code(word)).join(", ");
    case "union":
      return def.options.map(scalar).join(", ");
    case "boolean":
      return "`true`, `false`";
    case "number":
      return "number";
    default:
      return z.safeParse(schema, 80).success ? "number or text" : "text";
  }
}

function defaultOf(field: Schema): string {
  const absent = z.safeParse(field, undefined);
  if (!absent.success) return "required";
  const { data } = absent;
  if (data === undefined || data === "" || (Array.isArray(data) && data.length === 0)) return "none";
  return [data].flat().map((value) => code(value)).join(", ");
}

function describe(field: Schema): string {
  const description = field instanceof z.ZodType ? field.description : undefined;
  if (description === undefined) throw new RangeError("a field of the document has no description");
  return description;
}

/** As TOML writes it; text that is a number may stand without quotes. */
function code(value: unknown): string {
  return `\`${typeof value === "string" && !/^\d+$/.test(value) ? JSON.stringify(value) : String(value)}\``;
}

function natTypes(): string {
  const list = Object.entries(FIELDS).map(([type, own]) =>
    `- \`${type}\`: ${own.map((field) => `\`${field}\``).join(", ")}`
  );
  return `${list.join("\n")}\n`;
}
