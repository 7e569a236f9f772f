/** How the daemon answers while its engine is busy. */
import { withPort } from "./change.ts";
import type { Benchmark } from "./benchmark.ts";
import { quantile, type Round, rounds } from "./measure.ts";
import { Daemon } from "./program.ts";
import { withRules } from "./sample.ts";

const RULES = 10_000;
/** Milliseconds between two requests of the client that asks for the status. */
const PACE = 2;

export const daemon: Benchmark = {
  title: "The daemon while 10,000 rules are imported and applied",
  explanation: "One client imports a document of 10,000 rules and applies it, from no rule on, while another asks " +
    "`GET /api/v1/status` over and over on a connection of its own. The quantiles are those of one import and apply; " +
    "memory is VmRSS of the daemon (proc(5)) when all is done.",
  rows: [
    { key: "import", title: "import into the candidate", unit: "ms" },
    { key: "apply", title: "apply", unit: "ms" },
    { key: "p50", title: "status meanwhile, p50", unit: "ms" },
    { key: "p99", title: "status meanwhile, p99", unit: "ms", targets: [{ under: 50 }] },
    { key: "max", title: "status meanwhile, slowest", unit: "ms" },
    { key: "memory", title: "memory of the daemon", unit: "MB", targets: [{ under: 128 }] },
  ],
  async measure(site) {
    await site.flush();
    await using daemon = await Daemon.start(site.place());
    const samples = await rounds(5, async (round, index) => {
      await daemon.ask("PUT", "/candidate?form=normal", JSON.stringify(withRules(0)));
      await daemon.ask("POST", "/apply", "{}");
      const body = JSON.stringify(withPort(withRules(RULES), 5, 2000 + index));
      await whileAsking(round, daemon, async () => {
        await round.time("import", () => daemon.ask("PUT", "/candidate?form=normal", body));
        await round.time("apply", () => daemon.ask("POST", "/apply", "{}"));
      });
      round.note("memory", daemon.residentMegabytes());
    });
    await site.flush();
    return samples;
  },
};

/** Asks for the status as long as the work goes on, and notes how long the answers took. */
async function whileAsking(round: Round, daemon: Daemon, work: () => Promise<void>): Promise<void> {
  const took: number[] = [];
  let working = true;
  const asking = (async () => {
    while (working) {
      const start = performance.now();
      await daemon.ask("GET", "/status");
      took.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, PACE));
    }
  })();
  try {
    await work();
  } finally {
    working = false;
    await asking;
  }
  round.note("p50", quantile(took, 0.5));
  round.note("p99", quantile(took, 0.99));
  round.note("max", quantile(took, 1));
}
