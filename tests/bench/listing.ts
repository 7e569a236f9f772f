/** A thousand rules listed by the whole process. */
import type { Benchmark } from "./benchmark.ts";
import { rounds } from "./measure.ts";
import { patronus, run } from "./program.ts";
import { withRules } from "./sample.ts";
import { openWith } from "./site.ts";

const RULES = 1000;
const ROUNDS = 15;

export const listing: Benchmark = {
  title: "List 1,000 rules, whole process",
  explanation: "Both print all rules with their counters, into a pipe.",
  rows: [
    { key: "patronus", title: "patronus firewall list", unit: "ms", targets: [{ under: 300 }] },
    { key: "nft", title: "nft list ruleset", unit: "ms" },
  ],
  reference: "nft",
  async measure(site) {
    const place = site.place();
    (await openWith(site, place, withRules(RULES))).close();
    return await rounds(ROUNDS, async (round) => {
      await round.time("patronus", () => patronus(place, ["firewall", "list"]));
      await round.time("nft", () => run(["nft", "list", "ruleset"]));
    });
  },
};
