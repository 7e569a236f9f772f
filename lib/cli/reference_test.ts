import { assert, assertEquals } from "../std/assert.ts";
import { COMMANDS } from "./commands.ts";
import { reference } from "./reference.ts";

Deno.test("docs/cli.md is what the command table says; deno task docs writes it", async () => {
  assertEquals(await Deno.readTextFile(new URL("../../docs/cli.md", import.meta.url)), await reference());
});

Deno.test("the page has a section for each command", async () => {
  const page = await reference();
  for (const { path, hidden } of COMMANDS.commands) {
    assertEquals(page.includes(`# patronus ${path.join(" ")}\n`), hidden !== true, path.join(" "));
  }
  for (const [status] of page.matchAll(/^\| \d \|.*$/gm)) assert(!status.endsWith("|  |"), status);
});
