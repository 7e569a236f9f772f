// needs: nft
/** What the compiler makes of a document is the same whether nft loads its text or Patronus loads it natively. */
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { readTableState } from "../../lib/engine/kernel.ts";
import { check } from "../../lib/features/check.ts";
import { compile } from "../../lib/features/compile.ts";
import { type Document, document } from "../../lib/features/document.ts";
import { diff } from "../../lib/nft/diff.ts";
import type { Netlink } from "../../lib/netlink/socket/connection.ts";
import type { Table } from "../../lib/nft/ruleset.ts";
import { connect, flush, listing, loadNatively, loadText, nft } from "./nft_harness.ts";
import { printTable } from "../../lib/nft/text.ts";
import { Random } from "./random.ts";
import { randomDocument, withoutErrors } from "./random_document.ts";

Deno.test("of 300 random documents, check refuses few rules, and nothing where those are left out", () => {
  const random = new Random();
  const count = ({ firewall, nat }: Document) => firewall.rules.length + nat.rules.length;
  let all = 0, left = 0;
  for (let round = 0; round < 300; round++) {
    const whole = randomDocument(random);
    const rest = withoutErrors(whole);
    assertEquals(check(rest).filter(({ severity }) => severity === "error"), [], `seed ${random.seed}, round ${round}`);
    all += count(whole);
    left += count(rest);
  }
  assert(left > all * 0.7, `${left} of ${all} rules left`);
});

Deno.test("1,000 random documents list identically from text and natively, and read back as they were either way", async () => {
  const random = new Random();
  using netlink = connect();
  flush();
  // Several documents in one load each way; a mismatch names its table.
  for (let round = 0; round < 50; round++) {
    const tables = Array.from(
      { length: 20 },
      (_, index) => ({ ...compile(withoutErrors(randomDocument(random))).table, name: `p${index}` }),
    );
    loadText(tables);
    const byText = listing();
    const where = `seed ${random.seed}, round ${round}`;
    // nft writes some of it in other expressions; what they say is the same.
    await assertNoDifference(netlink, tables, where);
    flush();
    await loadNatively(netlink, tables);
    const natively = listing();
    for (const [index, entry] of byText.entries()) assertEquals(natively[index], entry, where);
    assertEquals(natively.length, byText.length, where);
    await assertNoDifference(netlink, tables, where);
    flush();
  }
});

async function assertNoDifference(netlink: Netlink, tables: readonly Table[], where: string): Promise<void> {
  for (const table of tables) {
    const observed = await readTableState(netlink, table.family, table.name);
    assert(observed !== null);
    assertEquals(diff(observed, table), [], `${where}, ${table.name}`);
  }
}

Deno.test("nft accepts the text of a document with the firewall off as well", () => {
  const off = compile(document.parse({ firewall: { enabled: false } }));
  nft(["-c"], printTable(off.table));
  assertEquals(off.table.chains, []);
  assertEquals(off.sysctls, { "net.ipv4.ip_forward": "0", "net.ipv6.conf.all.forwarding": "0" });
});
