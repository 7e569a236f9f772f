/** Ten thousand rules by the whole process, from its start to its end, beside `nft` doing the same. */
import { TABLE } from "../../lib/features/allocation.ts";
import { compile } from "../../lib/features/compile.ts";
import { commit } from "../../lib/engine/kernel.ts";
import { withStamp } from "../../lib/engine/stamp.ts";
import { loadTable } from "../../lib/nft/load_table.ts";
import { printTable } from "../../lib/nft/text.ts";
import type { Benchmark, Target } from "./benchmark.ts";
import { rounds } from "./measure.ts";
import { nft, patronus, type Place } from "./program.ts";
import { withRules } from "./sample.ts";
import { openWith, type Site } from "./site.ts";

const RULES = 10_000;
const ROUNDS = 9;
const TARGETS: readonly Target[] = [{ times: 1.5 }, { faster: true }];

/** Exit status of a command that had nothing to do. */
const NOTHING = 3;

export const intoEmpty: Benchmark = {
  title: "Full apply, 10,000 rules, whole process, into an empty table",
  explanation:
    "Every contender starts as a process, loads the rules and ends. Patronus also reads its store, compiles " +
    "the document, and reads the table back to verify it. `apply` finds the table gone and repairs it.",
  rows: [
    { key: "boot", title: "patronus apply --boot", unit: "ms", targets: TARGETS },
    { key: "apply", title: "patronus apply", unit: "ms", targets: TARGETS },
    { key: "nft", title: "nft -f", unit: "ms" },
  ],
  reference: "nft",
  async measure(site) {
    const { place, text } = await prepare(site);
    return await rounds(ROUNDS, async (round) => {
      await site.flush();
      await round.time("boot", () => patronus(place, ["apply", "--boot"]));
      await site.flush();
      await round.time("nft", () => nft(text));
      await site.flush();
      await round.time("apply", () => patronus(place, ["apply"]));
    });
  },
};

export const ontoSame: Benchmark = {
  title: "Full apply, 10,000 rules, whole process, onto the same ruleset",
  explanation: "The rules are in the kernel already. Patronus reads them, compares all of them with the document and " +
    "finds nothing to do. The file for `nft` flushes the table first and loads the same rules again.",
  rows: [
    { key: "boot", title: "patronus apply --boot", unit: "ms", targets: TARGETS },
    { key: "apply", title: "patronus apply", unit: "ms", targets: TARGETS },
    { key: "nft", title: "nft -f, flush and load", unit: "ms" },
  ],
  reference: "nft",
  async measure(site) {
    const { place, text, load } = await prepare(site);
    const again = site.file(
      "again.nft",
      `flush table ${TABLE.family} ${TABLE.name}\n${Deno.readTextFileSync(text)}`,
    );
    return await rounds(ROUNDS, async (round) => {
      await round.time("boot", () => patronus(place, ["apply", "--boot"]));
      await round.time("nft", () => nft(again));
      // nft puts a match on two ports that stand beside each other into one expression: no longer the same ruleset.
      await site.flush();
      await load();
      await round.time("apply", () => patronus(place, ["apply"], NOTHING));
    });
  },
};

/** What both benchmarks begin with. */
interface Prepared {
  /** Its newest version is in the kernel. */
  readonly place: Place;
  /** Path of a file for `nft` with the same rules, stamp included. */
  readonly text: string;
  /** Loads the same rules into an empty ruleset, without measuring. */
  readonly load: () => Promise<unknown>;
}

async function prepare(site: Site): Promise<Prepared> {
  const document = withRules(RULES);
  const place = site.place();
  const engine = await openWith(site, place, document);
  const stamped = withStamp(compile(document).table, { version: 1, digest: engine.store.version(1).digest });
  engine.close();
  const batch = { family: TABLE.family, table: TABLE.name, operations: loadTable(stamped) };
  return {
    place,
    text: site.file("whole_process.nft", printTable(stamped)),
    load: () => commit(site.netlink, batch),
  };
}
