/** A hundred thousand addresses of a set, half of them new, as when a feed is refreshed. */
import { TABLE } from "../../lib/features/allocation.ts";
import { compile } from "../../lib/features/compile.ts";
import { dumpRequest, readRule } from "../../lib/nft/decode.ts";
import { printElement, printTable } from "../../lib/nft/text.ts";
import type { Benchmark } from "./benchmark.ts";
import { rounds } from "./measure.ts";
import { Neighbour } from "./neighbour.ts";
import { withAddresses } from "./sample.ts";
import { edit, openWith, rest, type Site } from "./site.ts";

const ADDRESSES = 100_000;
const ROUNDS = 7;

export const addresses: Benchmark = {
  title: "100,000 addresses refreshed in a set, half of them new",
  explanation: "The engine is up and nobody else changes the ruleset, but it has rested for more than a second. Edit " +
    "keeps the new addresses as the candidate; apply is compile, compare, store, load, verify, confirm. The handles of " +
    "all rules are the same behind it, or the run fails. `nft` flushes the same set in a network of its own and adds the " +
    "new addresses.",
  rows: [
    { key: "apply", title: "engine: apply", unit: "ms", targets: [{ under: 1000 }] },
    { key: "edit", title: "engine: edit, before it", unit: "ms" },
    { key: "nft", title: "nft -f, flush and add", unit: "ms" },
  ],
  reference: "nft",
  async measure(site) {
    // By turns: each shares half of its addresses with the other.
    const feeds = [withAddresses(ADDRESSES), withAddresses(ADDRESSES, ADDRESSES / 2)].map((document, index) => {
      const { table } = compile(document);
      const [set] = table.sets;
      if (set === undefined) throw new Error("the addresses are in no set");
      const elements = set.elements.map((element) => printElement(element, set.key)).join(", ");
      const path = `${TABLE.family} ${TABLE.name} ${set.name}`;
      return {
        document,
        table: site.file(`feed-${index}.nft`, printTable(table)),
        refresh: site.file(`refresh-${index}.nft`, `flush set ${path}\nadd element ${path} { ${elements} }\n`),
      };
    });
    const [first, second] = feeds;
    if (first === undefined || second === undefined) throw new Error("there are two feeds");
    const engine = await openWith(site, site.place(), first.document);
    try {
      await using neighbour = await Neighbour.open();
      await neighbour.nft(first.table);
      const before = await ruleHandles(site);
      return await rounds(ROUNDS, async (round, index) => {
        const { document, refresh } = index % 2 === 0 ? second : first;
        await round.time("edit", () => edit(engine, document));
        await round.time("apply", () => engine.apply());
        await round.time("nft", () => neighbour.nft(refresh));
        await rest();
        if (await ruleHandles(site) !== before) throw new Error("refreshing a set has touched rules");
      });
    } finally {
      engine.close();
    }
  },
};

/** Every rule of Patronus's table with its handle and comment, but for the stamp, which says the version. */
async function ruleHandles(site: Site): Promise<string> {
  const dump = await site.netlink.dump(dumpRequest("rules", TABLE.family, TABLE.name), "read the handles of rules");
  return dump.map(({ payload }) => readRule(payload))
    .filter(({ chain }) => chain !== "stamp")
    .map(({ chain, rule }) => `${chain} ${rule.handle} ${rule.comment}`).join("\n");
}
