import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertThrows } from "../../std/assert.ts";
import { auditEntries, checkpoint, hasLink, record, SYSTEM, verifyAudit } from "./audit.ts";
import { archiveAudit } from "./audit_archive.ts";
import { type ChainedEntry, verifyChain } from "./audit_chain.ts";
import type { People } from "./people.ts";
import { ROOT, withPeople } from "./sample.ts";

const add = (people: People, count: number) => {
  for (let index = 0; index < count; index++) record(people, SYSTEM, { action: "test", object: `${index}` });
};

Deno.test(
  "archives and the log are one chain, and the numbers go on",
  withPeople(({ people }) => {
    const archives: ChainedEntry[][] = [];
    const archive = (keep: number) => archiveAudit(people, ROOT, keep, (entries) => archives.push([...entries]));
    add(people, 10);
    assertEquals(archive(3).through.number, 7);
    add(people, 4);
    assertEquals(archive(0).through.number, 15);
    assertEquals(archives.map((entries) => entries.length), [7, 8]);
    const [first = [], second = []] = archives;
    const head = verifyChain(first).head;
    assertEquals(verifyChain(second, head), { entries: 8, head: checkpoint(people), broken: null });
    const [last] = auditEntries(people, 1);
    assert(last !== undefined && last.object.endsWith(checkpoint(people).hash));
    assertEquals([last.action, last.object.split(" ")[0]], ["audit.archive", "audit[8-15]"]);
    assertEquals([head, checkpoint(people), last].map((link) => hasLink(people, link)), [true, true, true]);
    assertEquals(hasLink(people, { ...last, hash: head.hash }), false);
    add(people, 2);
    assertEquals(verifyAudit(people), { entries: 3, head: verifyAudit(people).head, broken: null });
    assertThrows(() => people.database.run("DELETE FROM audit"), PatronusError, "append-only");
    assertThrows(() => people.database.run("DELETE FROM audit_checkpoints"), PatronusError, "append-only");
  }),
);

Deno.test(
  "what cannot be written stays, nothing is archived where there is nothing, and a broken chain is not hidden",
  withPeople(({ people }) => {
    add(people, 5);
    const full = () => {
      throw new PatronusError("failed", "the disk is full");
    };
    assertThrows(() => archiveAudit(people, ROOT, 2, full), PatronusError, "disk is full");
    assertEquals(auditEntries(people, 9).length, 5);
    const error = assertThrows(() => archiveAudit(people, ROOT, 5, full), PatronusError, "no more than 5");
    assertEquals(error.code, "nothing");
    people.database.connection.exec(
      "DROP TRIGGER audit_entries_stay; UPDATE audit SET actor = 'user eve' WHERE number = 2",
    );
    assertThrows(() => archiveAudit(people, ROOT, 0, full), PatronusError, "broken at entry 2");
  }),
);
