import { check } from "../features/check.ts";
import { assert, assertEquals, assertThrows } from "../std/assert.ts";
import { TABLES, withFieldTables } from "./field_tables.ts";
import { read } from "./format.ts";

const page = (name: string) => Deno.readTextFileSync(new URL(`../../${name}`, import.meta.url));
const configuration = page("docs/configuration.md");

Deno.test("the tables of docs/configuration.md are what the schemas say; deno task docs writes them", () => {
  assertEquals(configuration, withFieldTables(configuration));
});

Deno.test("each part of the document has its table", () => {
  for (const what of TABLES) assert(configuration.includes(`<!-- fields ${what} -->\n\n`), what);
  assertThrows(() => withFieldTables("<!-- fields nowhere -->\n<!-- end -->"), RangeError);
});

Deno.test("every document that the docs show is one without errors or warnings", () => {
  for (const name of ["README.md", "docs/architecture.md", "docs/configuration.md", "docs/kernel.md"]) {
    for (const [block, toml = ""] of page(name).matchAll(/^```toml\n([\s\S]*?)^```$/gm)) {
      const { document, findings } = read(toml, "toml");
      assertEquals(findings, [], `${name}: ${block}`);
      assert(document !== null);
      assertEquals(check(document).filter(({ severity }) => severity !== "note"), [], `${name}: ${block}`);
    }
  }
  assert(configuration.includes("```toml\n"));
});
