/** A thousand rules into an empty ruleset, from an engine that is up. */
import { TABLE } from "../../lib/features/allocation.ts";
import { compile } from "../../lib/features/compile.ts";
import { withStamp } from "../../lib/engine/stamp.ts";
import { bigMemory } from "../../lib/netlink/socket/memory.ts";
import { loadTable } from "../../lib/nft/load_table.ts";
import { printTable } from "../../lib/nft/text.ts";
import { encode } from "../../lib/nft/wire.ts";
import type { Benchmark } from "./benchmark.ts";
import { rounds } from "./measure.ts";
import { nft } from "./program.ts";
import { withPort } from "./change.ts";
import { withRules } from "./sample.ts";
import { edit, openWith } from "./site.ts";

const RULES = 1000;
const ROUNDS = 21;

export const fullApply: Benchmark = {
  title: "Full apply, 1,000 rules, warm engine",
  explanation: "The engine is up, the table is not in the kernel, and the new version differs from the last by one " +
    "rule. The whole table is compiled, compared, loaded, read back and verified, and the version is on disk. The " +
    "reference is what the kernel alone takes for the same transaction, ready as bytes.",
  rows: [
    { key: "engine", title: "engine: apply", unit: "ms", targets: [{ under: 100 }, { times: 2 }] },
    { key: "kernel", title: "kernel: the transaction", unit: "ms" },
    { key: "nft", title: "nft -f, whole process", unit: "ms" },
  ],
  reference: "kernel",
  async measure(site) {
    const document = withRules(RULES);
    const engine = await openWith(site, site.place(), document);
    try {
      const stamped = withStamp(compile(document).table, { version: 1, digest: engine.store.version(1).digest });
      const text = site.file("full_apply.nft", printTable(stamped));
      // In memory of the kind that the engine sends from.
      const { bytes, operation } = encode(
        { family: TABLE.family, table: TABLE.name, operations: loadTable(stamped) },
        { allocate: bigMemory },
      );
      return await rounds(ROUNDS, async (round, index) => {
        edit(engine, withPort(document, 5, 5000 + index));
        await site.flush();
        await round.time("engine", () => engine.apply());
        await site.flush();
        await round.time("kernel", () => site.netlink.batch(bytes, operation));
        await site.flush();
        await round.time("nft", () => nft(text));
      });
    } finally {
      engine.close();
    }
  },
};
