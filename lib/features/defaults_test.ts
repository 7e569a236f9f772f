import { assertEquals } from "../std/assert.ts";
import type { CollectionPath } from "./collections.ts";
import { DEFAULTS } from "./defaults.ts";
import { SCHEMAS } from "./document.ts";

Deno.test("defaults are those of the schemas", () => {
  for (const [path, defaults] of Object.entries(DEFAULTS)) {
    const found: Record<string, unknown> = {};
    for (const [field, schema] of Object.entries(SCHEMAS[path as CollectionPath].shape)) {
      const parsed = (schema as { safeParse(value: unknown): { success: boolean; data?: unknown } }).safeParse(
        undefined,
      );
      if (parsed.success && parsed.data !== undefined) found[field] = parsed.data;
    }
    assertEquals({ ...defaults }, found, path);
  }
});
