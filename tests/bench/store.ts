/** One object edited among ten thousand: how long the store takes to keep it, and how much it grows. */
import { Store } from "../../lib/config/store.ts";
import { databasePath } from "../../lib/config/paths.ts";
import type { Benchmark } from "./benchmark.ts";
import { rounds } from "./measure.ts";
import { withPort } from "./change.ts";
import { withRules } from "./sample.ts";

const RULES = 10_000;
const ROUNDS = 15;
/** Edits of one round: the files grow by whole pages, which hold several. */
const EDITS = 20;

export const store: Benchmark = {
  title: "One object edited among 10,000, in the store",
  explanation:
    "A version that differs by one rule is committed, and is on disk. Then the write-ahead log is merged into " +
    "the database, and what both files grew by is divided by the number of edits. The reference is the document as JSON.",
  rows: [
    { key: "commit", title: "commit", unit: "ms", targets: [{ under: 50 }] },
    { key: "growth", title: "growth of the database's files, each", unit: "bytes" },
    { key: "document", title: "the whole document", unit: "bytes" },
  ],
  reference: "document",
  async measure(site) {
    const { stateDir } = site.place();
    const store = Store.open(stateDir);
    try {
      const author = { author: "bench", message: "", time: "2000-01-01T00:00:00Z" };
      let { number } = store.commit({ ...author, document: withRules(RULES), parent: null });
      const bytes = new TextEncoder().encode(JSON.stringify(store.document(number))).length;
      return await rounds(ROUNDS, async (round, index) => {
        const before = settledSize(store);
        for (let edit = 0; edit < EDITS; edit++) {
          // Another rule each time, spread over the document.
          const document = withPort(store.document(number), ((index * EDITS + edit) * 379) % RULES, 5000 + index);
          ({ number } = await round.time("commit", () => store.commit({ ...author, document, parent: number })));
        }
        round.note("growth", (settledSize(store) - before) / EDITS);
        round.note("document", bytes);
      });
    } finally {
      store.close();
    }
  },
};

/** Bytes of the database and its log, when all of the log is in the database. */
function settledSize({ database, directory }: Store): number {
  database.row("PRAGMA wal_checkpoint(TRUNCATE)");
  const path = databasePath(directory);
  return Deno.statSync(path).size + Deno.statSync(`${path}-wal`).size;
}
