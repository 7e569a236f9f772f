// needs: nft ip
/** Dumps while others change what is dumped, and sets that packets fill. */
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { commit, readTableState } from "../../lib/engine/kernel.ts";
import { dumpRequest, readRule } from "../../lib/nft/decode.ts";
import { diff } from "../../lib/nft/diff.ts";
import { loadTable } from "../../lib/nft/load_table.ts";
import type { NamedSet, Rule, Statement, Table } from "../../lib/nft/ruleset.ts";
import { send } from "./datagrams.ts";
import { connect, flush, nft } from "./nft_harness.ts";
import { COUNTER } from "./random_table.ts";

const ACCEPT: Statement = { kind: "verdict", verdict: { type: "accept" } };

/** Enough rules for a dump of many datagrams. */
const COUNT = 10_000;
const aged = (age: number): Rule => ({ comment: `age ${age}`, statements: [COUNTER, ACCEPT] });
const LONG: Table = {
  family: "inet",
  name: "aged",
  chains: [{ name: "all", rules: Array.from({ length: COUNT }, () => aged(0)) }],
  sets: [],
};

Deno.test("a dump that changes interrupt begins again: it never mixes two states", async () => {
  using reader = connect();
  using writer = connect();
  flush();
  await commit(writer, { family: "inet", table: "aged", operations: loadTable(LONG) });
  const rules = (await readTableState(writer, "inet", "aged"))?.rules.get("all") ?? [];
  const ends = [rules[0]?.handle ?? 0n, rules[COUNT - 1]?.handle ?? 0n];
  /** The first rule and the last one are of the same age, always. */
  const ageBy = (age: number) =>
    commit(writer, {
      family: "inet",
      table: "aged",
      operations: ends.map((handle) => ({ op: "replace-rule", chain: "all", handle, rule: aged(age) })),
    });
  let moved = 0;
  for (let round = 1; round <= 20; round++) {
    const dumping = reader.dump(dumpRequest("rules", "inet", "aged"), "list rules");
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (let change = 0; change < 5; change++) await ageBy(round * 10 + change);
    const dumped = (await dumping).map(({ payload }) => readRule(payload).rule.comment);
    assertEquals([dumped.length, dumped[0]], [COUNT, dumped[COUNT - 1]], `round ${round}`);
    if (dumped[0] !== `age ${(round - 1) * 10 + 4}`) moved++;
  }
  assert(moved > 0, "no dump saw a change");
  flush();
});

Deno.test("elements that packets added, or that expire, are state: no drift, and they stay", async () => {
  using netlink = connect();
  flush();
  const sets: NamedSet[] = [
    { name: "seen", key: ["ipv4_addr"], dynamic: true, timeout: true, size: 1000, elements: [] },
    { name: "banned", key: ["ipv4_addr"], timeout: true, elements: [] },
    { name: "fixed", key: ["ipv4_addr"], elements: [{ key: [0x0a000001] }] },
  ];
  const table = (comment: string): Table => ({
    family: "inet",
    name: "stateful",
    chains: [{
      name: "in",
      base: { type: "filter", hook: "output", priority: 0, policy: "accept" },
      rules: [{ comment, statements: [COUNTER] }],
    }],
    sets,
  });
  const apply = async (desired: Table) => {
    const operations = diff(await readTableState(netlink, "inet", "stateful"), desired);
    if (operations.length > 0) await commit(netlink, { family: "inet", table: "stateful", operations });
    return operations.map(({ op }) => op);
  };
  await apply(table("one"));
  nft(["add", "rule", "inet", "stateful", "in", "update", "@seen", "{ ip daddr timeout 1h }"]);
  nft(["add", "element", "inet", "stateful", "banned", "{ 192.0.2.1 timeout 1h }"]);
  await send([9]);
  const elements = (set: string) => nft(["list", "set", "inet", "stateful", set]).includes("timeout 1h expires");
  assertEquals([elements("seen"), elements("banned")], [true, true], "there is something to lose");
  assertEquals(await apply(table("one")), ["delete-rule"], "only the rule added by hand is drift");
  assertEquals(await apply(table("one")), []);
  assertEquals(await apply(table("two")), ["delete-rule", "add-rule"]);
  assertEquals([elements("seen"), elements("banned")], [true, true], "changes of rules leave them alone");
  nft(["add", "element", "inet", "stateful", "fixed", "{ 192.0.2.2 }"]);
  assertEquals(await apply(table("two")), ["delete-elements"], "in a set of the document an added element is drift");
  flush();
});
