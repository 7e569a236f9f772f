/** What each document compiles to, as nft prints it. `PATRONUS_UPDATE=1` writes the rulesets anew. */
import { printTable } from "../nft/text.ts";
import { assert, assertEquals } from "../std/assert.ts";
import { goldens } from "../../tests/golden.ts";
import { compile } from "./compile.ts";

const UPDATE = Deno.env.get("PATRONUS_UPDATE") === "1";

for (const { name, document, ruleset, errors } of goldens()) {
  Deno.test(`the document ${name} compiles to its ruleset`, () => {
    assertEquals(errors, []);
    const text = printTable(compile(document).table);
    if (UPDATE) Deno.writeTextFileSync(ruleset, text);
    assertEquals(text, Deno.readTextFileSync(ruleset));
  });
}

Deno.test("forwarding is switched for both families, one or none", () => {
  const [{ document } = { document: null }] = goldens();
  assert(document !== null);
  const cases = [[true, "1", "1"], ["ipv4", "1", "0"], ["ipv6", "0", "1"], [false, "0", "0"]] as const;
  for (const [forwarding, ipv4, ipv6] of cases) {
    const { sysctls } = compile({ ...document, firewall: { ...document.firewall, forwarding } });
    assertEquals(sysctls, { "net.ipv4.ip_forward": ipv4, "net.ipv6.conf.all.forwarding": ipv6 });
  }
});
