import { DatabaseSync } from "node:sqlite";
import { PatronusError } from "../../model/error.ts";
import { assertEquals, assertThrows } from "../../std/assert.ts";
import { databasePath } from "../paths.ts";
import { actorText } from "./actor.ts";
import { auditEntries, record, SYSTEM, verifyAudit } from "./audit.ts";
import { chainHash, ORIGIN, verifyChain } from "./audit_chain.ts";
import { ROOT, withPeople } from "./sample.ts";

Deno.test(
  "the log says who did what from where, with what outcome",
  withPeople(({ people, pass }) => {
    record(people, ROOT, { action: "config.apply", object: "", version: 7 });
    pass(1500);
    const ann = { actor: { kind: "user", name: "ann" }, address: "192.0.2.1" } as const;
    record(people, ann, { action: "config.edit", object: "firewall.rules[web]", outcome: "refused" });
    assertEquals(auditEntries(people, 10).map(({ hash: _hash, ...entry }) => entry), [
      {
        number: 2,
        time: "2026-01-01T00:00:01.500Z",
        actor: "user ann",
        address: "192.0.2.1",
        action: "config.edit",
        object: "firewall.rules[web]",
        outcome: "refused",
        version: null,
      },
      {
        number: 1,
        time: "2026-01-01T00:00:00.000Z",
        actor: "root (claims ann)",
        address: null,
        action: "config.apply",
        object: "",
        outcome: "done",
        version: 7,
      },
    ]);
    assertEquals(auditEntries(people, 10, 2).map(({ number }) => number), [1]);
    assertEquals(actorText({ kind: "token", user: "ann", prefix: "pat_abc" }), "token pat_abc of ann");
  }),
);

Deno.test(
  "the database refuses to change or delete entries, and to leave gaps",
  withPeople(({ people }) => {
    for (let count = 0; count < 3; count++) record(people, SYSTEM, { action: "test", object: "" });
    const forbidden = [
      "UPDATE audit SET actor = 'user eve' WHERE number = 2",
      "DELETE FROM audit WHERE number = 3",
      "DELETE FROM audit",
      "REPLACE INTO audit SELECT number, time, 'user eve', address, action, object, outcome, version, hash FROM audit WHERE number = 2",
      "INSERT INTO audit SELECT 9, time, actor, address, action, object, outcome, version, hash FROM audit WHERE number = 2",
    ];
    for (const sql of forbidden) assertThrows(() => people.database.run(sql), PatronusError, "append-only");
    assertThrows(() => people.database.run("INSERT INTO audit_checkpoints VALUES (2, 'forged')"), PatronusError);
    assertEquals(verifyAudit(people), { entries: 3, head: verifyAudit(people).head, broken: null });
  }),
);

Deno.test("whoever gets around the triggers breaks the chain, and it says where", async () => {
  const attacks: readonly (readonly [sql: string, at: number, reason: string])[] = [
    ["UPDATE audit SET actor = 'user eve' WHERE number = 4", 4, "altered"],
    ["UPDATE audit SET outcome = 'failed', version = 1 WHERE number = 1", 1, "altered"],
    ["UPDATE audit SET address = '192.0.2.9' WHERE number = 1100", 1100, "altered"],
    ["DELETE FROM audit WHERE number = 1001", 1001, "missing: the next one there is is 1002"],
    ["DELETE FROM audit WHERE number = 1", 1, "missing"],
    ["UPDATE audit SET hash = (SELECT hash FROM audit WHERE number = 2) WHERE number = 3", 3, "altered"],
  ];
  for (const [sql, at, reason] of attacks) {
    await withPeople(({ people, directory }) => {
      people.database.write(() => {
        for (let count = 0; count < 1200; count++) record(people, SYSTEM, { action: "test", object: `${count}` });
      });
      assertEquals(verifyAudit(people).broken, null);
      const file = new DatabaseSync(databasePath(directory));
      file.exec(`DROP TRIGGER audit_entries_stay; DROP TRIGGER audit_entries_remain; ${sql}`);
      file.close();
      const { broken, entries } = verifyAudit(people);
      assertEquals([broken?.number, broken?.reason.includes(reason), entries], [at, true, at - 1], sql);
    })();
  }
});

Deno.test("no field of an entry can pass for another", () => {
  const entry = {
    number: 1,
    time: "t",
    actor: "a",
    address: null,
    action: "x",
    object: "y",
    outcome: "done",
    version: null,
  } as const;
  const others = [
    { ...entry, action: "xy", object: "" },
    { ...entry, address: "null" },
    { ...entry, version: 0 },
    { ...entry, actor: `a","action":"x` },
  ];
  const hashes = [entry, ...others].map((each) => chainHash(ORIGIN.hash, each));
  assertEquals(new Set(hashes).size, hashes.length);
  assertEquals(verifyChain([]), { entries: 0, head: ORIGIN, broken: null });
});
