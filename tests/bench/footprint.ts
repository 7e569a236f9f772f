/** What Patronus takes when it does nothing: time to start, memory to stay. */
import type { Benchmark } from "./benchmark.ts";
import { rounds } from "./measure.ts";
import { child, patronus, run } from "./program.ts";
import { withRules } from "./sample.ts";
import { openWith } from "./site.ts";

const RULES = 10_000;

export const start: Benchmark = {
  title: "Start and end of a process",
  explanation: "What every command takes at least.",
  rows: [
    { key: "patronus", title: "patronus version", unit: "ms" },
    { key: "nft", title: "nft --version", unit: "ms" },
  ],
  reference: "nft",
  async measure(site) {
    const place = site.place();
    return await rounds(15, async (round) => {
      await round.time("patronus", () => patronus(place, ["version"]));
      await round.time("nft", () => run(["nft", "--version"]));
    });
  },
};

export const memory: Benchmark = {
  title: "Resident memory, 10,000 rules, warm engine",
  explanation:
    "VmRSS of a process of its own (proc(5)) that has opened the engine and planned a change of one rule, and " +
    "then has applied it.",
  rows: [
    { key: "planned", title: "after the plan", unit: "MB" },
    { key: "applied", title: "after the apply", unit: "MB" },
  ],
  async measure(site) {
    const place = site.place();
    (await openWith(site, place, withRules(RULES))).close();
    return await rounds(5, async (round, index) => {
      const printed = await child("resident.ts", [JSON.stringify(place), String(5000 + index)]);
      const { planned, applied } = JSON.parse(printed) as { readonly planned: number; readonly applied: number };
      round.note("planned", planned);
      round.note("applied", applied);
    });
  },
};
