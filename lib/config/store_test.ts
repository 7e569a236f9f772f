import { DatabaseSync } from "node:sqlite";
import { document } from "../features/document.ts";
import { PatronusError } from "../model/error.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "../std/assert.ts";
import { readLastGood } from "./last_good.ts";
import { canonical } from "./parts.ts";
import { databasePath, lastGoodPath } from "./paths.ts";
import { commented, manyRules, random, randomDocument, withRules } from "./sample.ts";
import { hasState } from "./recover.ts";
import { Store } from "./store.ts";

const COMMIT = { author: "ann", message: "", time: "2026-01-01T00:00:00Z" };

function temporary(test: (directory: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const directory = Deno.makeTempDirSync();
    try {
      await test(`${directory}/state`);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  };
}

Deno.test(
  "versions come back as they were, from memory and from disk",
  temporary((directory) => {
    const versions = Array.from({ length: 12 }, (_, seed) => randomDocument(seed));
    const store = Store.open(directory);
    assertEquals([store.head(), store.lastConfirmed(), store.intent()], [null, null, null]);
    for (const [index, document] of versions.entries()) {
      const { number } = store.commit({ ...COMMIT, document, parent: index === 0 ? null : index });
      assertEquals(number, index + 1);
    }
    store.close();
    const again = Store.open(directory);
    for (const [index, document] of versions.entries()) {
      assertEquals(canonical(again.document(index + 1)), canonical(document), `version ${index + 1}`);
    }
    assertEquals(again.history(2).map(({ number, parent }) => [number, parent]), [[12, 11], [11, 10]]);
    assertEquals(assertThrows(() => again.document(99), PatronusError, "no version 99").code, "nothing");
    again.close();
  }),
);

Deno.test(
  "random edits and moves keep the order of rules, also through a candidate from another process",
  temporary((directory) => {
    const next = random(7);
    const store = Store.open(directory), other = Store.open(directory);
    let document = manyRules(40);
    store.commit({ ...COMMIT, document, parent: null });
    for (let round = 1; round <= 60; round++) {
      const rules = [...document.firewall.rules];
      const [rule] = rules.splice(Math.floor(next() * rules.length), 1);
      if (rule === undefined) break;
      if (next() < 0.7) {
        rules.splice(Math.floor(next() * rules.length), 0, next() < 0.5 ? rule : { ...rule, log: !rule.log });
      }
      if (next() < 0.5) rules.splice(Math.floor(next() * rules.length), 0, { ...rule, id: `new-${round}` });
      document = withRules(document, rules);
      const [writer, reader] = next() < 0.5 ? [store, other] : [other, store];
      writer.saveCandidate("ann", round > 30 ? 1 : null, document);
      assertEquals(canonical(reader.candidate("ann")?.document), canonical(document), `candidate ${round}`);
      const { number } = writer.commit({ ...COMMIT, document, parent: round });
      assertEquals(canonical(reader.document(number)), canonical(document), `version ${number}`);
    }
    assertEquals(store.document(1).firewall.rules.length, 40);
    assert(store.discardCandidate("ann"));
    assertEquals([other.candidate("ann"), other.discardCandidate("ann")], [null, false]);
    store.close();
    other.close();
  }),
);

Deno.test(
  "an edit of one object among 10,000 adds little to the database, as a candidate and as a version",
  temporary((directory) => {
    const store = Store.open(directory);
    store.commit({ ...COMMIT, document: manyRules(10_000), parent: null });
    const bytes = () => {
      store.database.row("PRAGMA wal_checkpoint(TRUNCATE)");
      return Deno.statSync(databasePath(directory)).size;
    };
    const before = bytes();
    const edited = commented(store.document(1), "r5000", "changed");
    store.saveCandidate("ann", 1, edited);
    store.commit({ ...COMMIT, document: edited, parent: 1 });
    const rules = [...edited.firewall.rules];
    rules.unshift(...rules.splice(9000, 1));
    store.saveCandidate("ann", 2, withRules(edited, rules));
    store.commit({ ...COMMIT, document: withRules(edited, rules), parent: 2 });
    const added = bytes() - before;
    assert(added < 64 * 1024, `${added} bytes`);
    assertEquals(store.document(3).firewall.rules[0]?.id, "r9000");
    store.close();
  }),
);

Deno.test(
  "a commit onto an older version is a conflict and changes nothing",
  temporary((directory) => {
    const store = Store.open(directory), other = Store.open(directory);
    store.commit({ ...COMMIT, document: manyRules(3), parent: null });
    other.commit({ ...COMMIT, document: manyRules(2), parent: 1 });
    const error = assertThrows(
      () => store.commit({ ...COMMIT, document: manyRules(1), parent: 1 }),
      PatronusError,
      "version 2",
    );
    assertEquals([error.code, store.head()?.number, store.document(2).firewall.rules.length], ["conflict", 2, 2]);
    store.close();
    other.close();
  }),
);

Deno.test(
  "a document with an id twice is refused whole",
  temporary((directory) => {
    const store = Store.open(directory);
    const [rule] = manyRules(1).firewall.rules;
    assert(rule !== undefined);
    const twice = withRules(manyRules(0), [rule, { ...rule }]);
    assertEquals(
      assertThrows(() => store.commit({ ...COMMIT, document: twice, parent: null }), PatronusError, "twice").code,
      "input",
    );
    assertEquals([store.head(), store.database.rows("SELECT * FROM objects")], [null, []]);
    store.close();
  }),
);

Deno.test(
  "documents of the store are frozen, and unchanged objects are shared",
  temporary((directory) => {
    const store = Store.open(directory);
    store.commit({ ...COMMIT, document: manyRules(3), parent: null });
    const [rule] = store.document(1).firewall.rules;
    assertThrows(() => {
      if (rule !== undefined) rule.comment = "behind its back";
    }, TypeError);
    store.saveCandidate("ann", 1, commented(store.document(1), "r2", "x"));
    assertStrictEquals(store.candidate("ann")?.document.firewall.rules[0], rule);
    store.close();
  }),
);

Deno.test(
  "confirm marks the version and writes the last good copy, which reads back without the database",
  temporary(async (directory) => {
    const store = Store.open(directory);
    const first = randomDocument(3);
    const { digest } = store.commit({ ...COMMIT, document: first, parent: null });
    store.commit({ ...COMMIT, document: randomDocument(4), parent: 1 });
    assertEquals(store.confirm(1).confirmed, true);
    assertEquals([store.lastConfirmed()?.number, store.head()?.confirmed], [1, false]);
    assertThrows(() => store.confirm(9), PatronusError, "no version 9");
    store.close();
    const copy = await readLastGood(directory);
    assertEquals([copy?.version, copy?.digest, canonical(copy?.document)], [1, digest, canonical(first)]);
    for (const file of ["patronus.db", "last-good.json"]) {
      assertEquals((Deno.statSync(`${directory}/${file}`).mode ?? 0) & 0o777, 0o600);
    }
    assertEquals((Deno.statSync(directory).mode ?? 0) & 0o777, 0o700);

    Deno.writeTextFileSync(lastGoodPath(directory), '{"version": 1, "docu');
    await assertRejects(() => readLastGood(directory), PatronusError, "is damaged");
    Deno.removeSync(lastGoodPath(directory));
    assertEquals(await readLastGood(directory), null);
  }),
);

Deno.test(
  "intent, settings and counters are kept outside the versions",
  temporary((directory) => {
    const store = Store.open(directory);
    store.setIntent({ steps: [1] });
    store.setIntent({ steps: [2] });
    store.setSetting("pending", { until: 5 });
    store.addCounters(new Map([["web", { packets: 2, bytes: 100 }], ["dns", { packets: 1, bytes: 1 }]]));
    store.addCounters(new Map([["web", { packets: 1, bytes: 2 ** 52 }]]));
    store.close();
    const again = Store.open(directory);
    assertEquals([again.intent(), again.setting("pending"), again.setting("other")], [
      { steps: [2] },
      { until: 5 },
      null,
    ]);
    assertEquals(again.counters().get("web"), { packets: 3, bytes: 2 ** 52 + 100 });
    again.clearIntent();
    again.setSetting("pending", null);
    assertEquals([again.intent(), again.setting("pending")], [null, null]);
    again.close();
  }),
);

/** A store with one confirmed version, closed. */
function made(directory: string): string {
  const store = Store.open(directory);
  store.commit({ ...COMMIT, document: manyRules(500), parent: null });
  store.confirm(1);
  store.close();
  return databasePath(directory);
}

const DAMAGE: readonly [name: string, damage: (path: string) => void, words: string][] = [
  ["garbage", (path) => Deno.writeFileSync(path, new Uint8Array(100_000).fill(7)), "is not a database"],
  ["cut in half", (path) => Deno.truncateSync(path, Math.floor(Deno.statSync(path).size / 2)), "is damaged"],
  ["cut to nothing", (path) => Deno.truncateSync(path, 0), "gone or empty"],
  ["removed", (path) => Deno.removeSync(path), "gone or empty"],
  ["a directory", (path) => (Deno.removeSync(path), Deno.mkdirSync(path)), "is a directory"],
  ["of a newer program", (path) => execute(path, "PRAGMA user_version = 999"), "newer patronus"],
  ["of another program", (path) => execute(path, "PRAGMA application_id = 1"), "another program"],
];

for (const [name, damage, words] of DAMAGE) {
  Deno.test(
    `a store that is ${name} is refused and left alone, and the last good copy still reads`,
    temporary(async (directory) => {
      const path = made(directory);
      damage(path);
      const bytes = () => {
        try {
          return Deno.readFileSync(path);
        } catch {
          return null;
        }
      };
      const before = bytes();
      const error = assertThrows(() => Store.open(directory), PatronusError, words);
      assert(error.message.includes(path) && error.details.hint !== undefined, error.message);
      assertEquals(bytes(), before);
      assertEquals((await readLastGood(directory))?.document.firewall.rules.length, 500);
    }),
  );
}

function execute(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

Deno.test(
  "garbage in the middle of the file is an error when it is read, not another document",
  temporary((directory) => {
    const path = made(directory);
    const bytes = Deno.readFileSync(path);
    bytes.fill(0xa5, 4096 * 4, bytes.length - 4096);
    Deno.writeFileSync(path, bytes);
    const error = assertThrows(
      () => {
        const store = Store.open(directory);
        try {
          store.document(1);
        } finally {
          store.close();
        }
      },
      PatronusError,
      path,
    );
    assert(/damaged|not a database|failed/.test(error.message), error.message);
  }),
);

Deno.test(
  "an empty first version is a version",
  temporary((directory) => {
    const store = Store.open(directory);
    store.commit({ ...COMMIT, document: document.parse({}), parent: null });
    assertEquals(canonical(store.document(1)), canonical(document.parse({})));
    store.close();
  }),
);

Deno.test(
  "what to do about a damaged store depends on the copy beside it",
  temporary((directory) => {
    const path = made(directory);
    Deno.writeFileSync(path, new Uint8Array(100_000).fill(7));
    const hint = () => assertThrows(() => Store.open(directory), PatronusError).details.hint ?? "";
    assert(hint().includes(`config import`) && hint().endsWith("it holds version 1"), hint());
    for (const garbage of ["", "{", "null", "[]", '{"version": 1}', '{"version": "1", "digest": "", "document": {}}']) {
      Deno.writeTextFileSync(lastGoodPath(directory), garbage);
      assert(hint().includes("it is missing or damaged") && !hint().includes("config import"), `${garbage}: ${hint()}`);
    }
    Deno.removeSync(lastGoodPath(directory));
    assert(hint().includes("it is missing or damaged"), hint());
  }),
);

/** Copies of databases among the temporary files. */
function copies(): string[] {
  const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
  return [...Deno.readDirSync(temporary)].map(({ name }) => `${temporary}/${name}/copy.db`).filter((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

Deno.test(
  "a store that cannot be written to is read from a copy, which leaves nothing behind",
  temporary((directory) => {
    made(directory);
    Deno.writeTextFileSync(`${directory}/other`, "");
    Deno.chmodSync(directory, 0o777);
    const store = Store.open(directory);
    assertEquals(store.document(1).firewall.rules.length, 500);
    assertEquals(copies(), []);
    const changes: (() => unknown)[] = [
      () => store.commit({ ...COMMIT, document: manyRules(1), parent: 1 }),
      () => store.saveCandidate("ann", 1, manyRules(1)),
      () => store.discardCandidate("ann"),
      () => store.setIntent({}),
    ];
    for (const change of changes) assertThrows(change, PatronusError, "others may write");
    assertEquals(store.head()?.number, 1);
    store.close();
    Deno.chmodSync(directory, 0o700);
  }),
);

Deno.test(
  "a state directory that is none is said to be none",
  temporary((directory) => {
    Deno.writeTextFileSync(directory, "");
    for (const work of [() => Store.open(directory), () => hasState(directory)]) {
      const error = assertThrows(work, PatronusError, databasePath(directory));
      assertEquals(error.details.hint !== undefined, true, error.message);
    }
  }),
);
