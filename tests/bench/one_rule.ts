/** One rule changed among ten thousand: the transaction alone, and everything around it. */
import { commit, readGenerationId, readTableState } from "../../lib/engine/kernel.ts";
import { withStamp } from "../../lib/engine/stamp.ts";
import { TABLE } from "../../lib/features/allocation.ts";
import type { Document } from "../../lib/features/document.ts";
import { compile } from "../../lib/features/compile.ts";
import type { Operation } from "../../lib/nft/batch.ts";
import { diff } from "../../lib/nft/diff.ts";
import { printRule } from "../../lib/nft/text.ts";
import { encode } from "../../lib/nft/wire.ts";
import { Store } from "../../lib/config/store.ts";
import type { Benchmark } from "./benchmark.ts";
import { rounds } from "./measure.ts";
import { nft } from "./program.ts";
import { withPort } from "./change.ts";
import { withRules } from "./sample.ts";
import { edit, openWith, rest } from "./site.ts";

const RULES = 10_000;
const ROUNDS = 21;
/** The rule that changes. */
const RULE = 5;

export const transaction: Benchmark = {
  title: "One rule changed among 10,000, warm: the transaction",
  explanation: "From the operations to the kernel's answer: the batch is encoded, bound to the generation, sent and " +
    "committed, and the kernel repeats the rules that it ended and took. The reference sends the same operations, ready as bytes, " +
    "and asks for nothing back.",
  rows: [
    { key: "commit", title: "engine: commit", unit: "ms", targets: [{ times: 1.5 }] },
    { key: "kernel", title: "kernel: the transaction", unit: "ms" },
    { key: "nft", title: "nft -f, whole process", unit: "ms" },
  ],
  reference: "kernel",
  async measure(site) {
    const document = withRules(RULES);
    const engine = await openWith(site, site.place(), document);
    const { digest } = engine.store.version(1);
    engine.close();
    const observed = await readTableState(site.netlink, TABLE.family, TABLE.name);
    const change = (port: number, version: number) => {
      const { table } = compile(withPort(document, RULE, port));
      const batch = { ...TABLE, table: TABLE.name, operations: diff(observed, withStamp(table, { version, digest })) };
      return {
        batch,
        encoded: encode(batch),
        text: site.file(`rule-${version}.nft`, printReplacements(batch.operations)),
      };
    };
    // By turns, so that each changes something. A replaced rule keeps its handle.
    const [odd, even] = [change(5001, 2), change(5002, 3)];
    return await rounds(ROUNDS, async (round, index) => {
      const { batch, encoded, text } = index % 2 === 0 ? even : odd;
      await site.pause();
      const generation = await readGenerationId(site.netlink);
      await round.time("commit", () => commit(site.netlink, batch, { generation, echo: "all" }));
      await site.pause();
      await round.time("kernel", () => site.netlink.batch(encoded.bytes, encoded.operation));
      await round.time("nft", () => nft(text));
    });
  },
};

/** Replaced rules in nft's syntax. Throws where there is another operation. */
function printReplacements(operations: readonly Operation[]): string {
  return operations.map((operation) => {
    if (operation.op !== "replace-rule") throw new Error(`one changed rule takes a ${operation.op}`);
    const { chain, handle, rule } = operation;
    return `replace rule ${TABLE.family} ${TABLE.name} ${chain} handle ${handle} ${printRule(rule)}\n`;
  }).join("");
}

export const edited: Benchmark = {
  title: "One rule changed among 10,000, warm: all of it",
  explanation: "Edit keeps the changed document as the candidate. Plan compares it with the running version and with " +
    "the kernel. Store commits the version to a store of its own, so that it can be timed alone. Apply is the engine's " +
    "whole answer: check, compare, store, load, verify, confirm; at once behind the plan, and without a plan after more " +
    "than a second in which nobody changed anything.",
  rows: [
    { key: "edit", title: "edit", unit: "ms" },
    { key: "plan", title: "plan", unit: "ms" },
    { key: "store", title: "store", unit: "ms" },
    { key: "together", title: "edit, plan and store together", unit: "ms", targets: [{ under: 100 }] },
    { key: "apply", title: "apply, at once", unit: "ms" },
    { key: "rested", title: "apply, after a rest", unit: "ms" },
  ],
  async measure(site) {
    const document = withRules(RULES);
    const engine = await openWith(site, site.place(), document);
    const store = Store.open(site.place().stateDir);
    try {
      const author = { author: "bench", message: "", time: "2000-01-01T00:00:00Z" };
      store.commit({ ...author, document, parent: null });
      return await rounds(ROUNDS, async (round, index) => {
        const port = 5000 + index;
        await round.time("edit", () => edit(engine, withPort(newest(engine.store), RULE, port)));
        await round.time("plan", () => engine.plan());
        const changed = { ...author, document: withPort(newest(store), RULE, port), parent: index + 1 };
        await round.time("store", () => store.commit(changed));
        round.note("together", round.last("edit") + round.last("plan") + round.last("store"));
        await round.time("apply", () => engine.apply());
        await rest();
        edit(engine, withPort(newest(engine.store), RULE, port + 1000));
        await round.time("rested", () => engine.apply());
      });
    } finally {
      store.close();
      engine.close();
    }
  },
};

function newest(store: Store): Document {
  const head = store.head();
  if (head === null) throw new Error("the store is empty");
  return store.document(head.number);
}
