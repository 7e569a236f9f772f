import { assertEquals } from "../std/assert.ts";
import { Database } from "./database.ts";
import { deltas } from "./delta.ts";
import { MIGRATIONS } from "./migrations.ts";
import { canonical } from "./parts.ts";
import { databasePath } from "./paths.ts";
import { manyRules } from "./sample.ts";
import { Store } from "./store.ts";
import { writeVersion } from "./versions.ts";

Deno.test("a store of the first form keeps all it had", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const old = Database.open(databasePath(directory), MIGRATIONS.slice(0, 1));
    const document = manyRules(20);
    const commit = { document, parent: null, author: "ann", message: "first", time: "2026-01-01T00:00:00Z" };
    const version = old.write(() => writeVersion(old, null, commit, deltas(null, document, () => new Map())));
    old.run("UPDATE versions SET confirmed = 1");
    old.run("INSERT INTO secrets VALUES ('key', x'0102', '2026-01-01T00:00:00Z')");
    old.run("INSERT INTO counters VALUES ('r1', 5, 500)");
    old.run("INSERT INTO settings VALUES ('pending', '[1]')");
    old.run("INSERT INTO intent VALUES (1, '{\"a\":1}')");
    old.run("INSERT INTO candidates VALUES ('ann', 1, 1, 'r')");
    old.run("INSERT INTO candidate_entries VALUES ('ann', 'firewall.rules', 'r3', NULL, NULL)");
    old.close();

    const store = Store.open(directory);
    assertEquals(store.history(), [{ ...version, confirmed: true }]);
    assertEquals(canonical(store.document(1)), canonical(document));
    assertEquals(store.candidate("ann")?.document.firewall.rules.length, 19);
    assertEquals([store.intent(), store.setting("pending")], [{ a: 1 }, [1]]);
    assertEquals(store.counters(), new Map([["r1", { packets: 5, bytes: 500 }]]));
    assertEquals(store.database.row("SELECT value FROM secrets WHERE id = 'key'")?.value, Uint8Array.of(1, 2));
    assertEquals(store.database.row("PRAGMA user_version")?.user_version, MIGRATIONS.length);
    assertEquals(store.database.rows("PRAGMA foreign_key_check"), []);
    const tables = (database: Database) =>
      database.rows("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name");
    const fresh = Store.open(`${directory}/fresh`);
    assertEquals(tables(store.database), tables(fresh.database));
    store.close();
    fresh.close();
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
