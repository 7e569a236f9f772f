// needs: nft
/**
 * The two renderers and the decoder are held to the real thing: for each case, loading the text with `nft -f` and
 * loading natively list identically, and what the kernel dumps decodes to the case's own data.
 */
import { assertEquals } from "../../lib/std/assert.ts";
import { readTableState } from "../../lib/engine/kernel.ts";
import { decodeTable } from "../../lib/nft/decode_rule.ts";
import { printRule } from "../../lib/nft/text.ts";
import { table } from "./nft_cases.ts";
import { connect, flush, listing, loadNatively, loadText, nft, readBack } from "./nft_harness.ts";

Deno.test("every statement, chain and set loads natively as nft loads its text, and decodes to itself", async () => {
  const desired = table();
  const count = desired.chains.reduce((sum, chain) => sum + chain.rules.length, desired.sets.length);
  assertEquals(count >= 200, true, `only ${count} cases`);
  using netlink = connect();
  flush();
  loadText([desired]);
  const byText = listing();
  flush();
  await loadNatively(netlink, [desired]);
  const natively = listing();
  for (const [index, entry] of byText.entries()) assertEquals(natively[index], entry);
  assertEquals(natively.length, byText.length);
  const read = await readBack(netlink, desired);
  for (const [index, chain] of desired.chains.entries()) {
    for (const [at, rule] of chain.rules.entries()) assertEquals(read?.chains[index]?.rules[at], rule);
  }
  assertEquals(read?.sets, desired.sets);
  flush();
});

Deno.test("fields that nft reads at once and ranges that it compares end by end are taken apart", async () => {
  using netlink = connect();
  flush();
  const text = (lines: readonly string[]) => `table inet others {\n chain in {\n${lines.join("\n")}\n }\n}\n`;
  const rules = [
    "meta l4proto udp udp sport 67 udp dport 68 accept",
    "meta nfproto ipv4 icmp type 8 icmp code 1 accept",
    "meta nfproto ipv4 ip ttl 64 ip protocol 6 accept",
    "meta l4proto tcp tcp sport 1024-65535 tcp dport 80 accept",
  ];
  nft([], text(rules));
  const observed = await readTableState(netlink, "inet", "others");
  const read = observed === null ? [] : decodeTable(observed).chains[0]?.rules ?? [];
  assertEquals(read.map((rule) => printRule(rule)), [
    "udp sport 67 udp dport 68 accept",
    "icmp type 8 icmp code 1 accept",
    "ip ttl 64 ip protocol tcp accept",
    "tcp sport 1024-65535 tcp dport 80 accept",
  ]);
  flush();
});

Deno.test("behind an expression that is not known, no register is taken for what it was before", async () => {
  using netlink = connect();
  flush();
  // Three bytes are no field of a header.
  nft([], "table inet others { chain in { meta l4proto udp @th,0,24 5 accept; }\n}\n");
  const observed = await readTableState(netlink, "inet", "others");
  const [rule] = observed === null ? [] : decodeTable(observed).chains[0]?.rules ?? [];
  const kinds = rule?.statements.map(({ kind }) => kind);
  assertEquals(kinds, ["match", "unknown", "unknown", "verdict"]);
  flush();
});
