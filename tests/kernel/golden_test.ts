// needs: nft
/** nft takes the golden rulesets as they stand, and lists them no differently than those loaded natively. */
import { compile } from "../../lib/features/compile.ts";
import { assertEquals } from "../../lib/std/assert.ts";
import { goldens } from "../golden.ts";
import { connect, flush, listing, loadNatively, nft } from "./nft_harness.ts";

Deno.test("golden rulesets load as text and natively alike", async (test) => {
  using netlink = connect();
  for (const { name, document, ruleset } of goldens()) {
    await test.step(name, async () => {
      flush();
      nft([], Deno.readTextFileSync(ruleset));
      const byText = listing();
      flush();
      await loadNatively(netlink, [compile(document).table]);
      assertEquals(listing(), byText);
    });
  }
  flush();
});
