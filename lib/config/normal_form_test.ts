import { assertEquals, assertThrows } from "../std/assert.ts";
import { document } from "../features/document.ts";
import type { Document } from "../features/document.ts";
import { PatronusError } from "../model/error.ts";
import { refuseMalformed } from "./normal_form.ts";

const BASE = document.parse({ firewall: { rules: [{ id: "a", action: "accept" }, { id: "b", action: "drop" }] } });

function withRule(change: Readonly<Record<string, unknown>>): Document {
  const rules = BASE.firewall.rules.map((rule) => rule.id === "b" ? { ...rule, ...change } as typeof rule : rule);
  return { ...BASE, firewall: { ...BASE.firewall, rules } };
}

Deno.test("what differs is held to the schema, and to its normal form", () => {
  refuseMalformed(null, BASE);
  refuseMalformed(BASE, withRule({ comment: "fine" }));
  const cases: readonly Readonly<Record<string, unknown>>[] = [
    { action: "fly" },
    { destination_port: 80 },
    { unheard: "of" },
    { id: "B" },
  ];
  for (const change of cases) {
    const error = assertThrows(() => refuseMalformed(BASE, withRule(change)), PatronusError, "firewall.rules[");
    assertEquals(error.code, "input", JSON.stringify(change));
  }
});
