import { PatronusError } from "../../model/error.ts";
import { assert, assertEquals, assertThrows } from "../../std/assert.ts";
import type { People } from "./people.ts";
import { withPeople } from "./sample.ts";
import { beginAttempt, delay, type Subject } from "./throttle.ts";

const ANN: Subject = { kind: "account", name: "ann" };
const HOST: Subject = { kind: "address", name: "192.0.2.7" };

/** Seconds that an attempt would have to wait; 0: it went, and failed. */
function fail(people: People, ...subjects: Subject[]): number {
  try {
    beginAttempt(people, subjects);
    return 0;
  } catch (error) {
    assert(error instanceof PatronusError && error.code === "throttled", String(error));
    return error.details.retryAfter ?? NaN;
  }
}

Deno.test("the wait doubles, up to a cap", () => {
  assertEquals([0, 4, 5, 6, 7, 13, 14, 1000].map((failures) => delay("account", failures) / 1000), [
    0,
    0,
    1,
    2,
    4,
    256,
    300,
    300,
  ]);
  assertEquals(["place", "address", "code"].map((kind) => delay(kind as Subject["kind"], 99) / 1000), [60, 900, 300]);
});

Deno.test(
  "who fails on waits longer, who asks too early waits no longer for that, and all is forgotten in a day",
  withPeople(({ people, pass }) => {
    const waits: number[] = [];
    for (let failures = 1; failures <= 16; failures++) {
      assertEquals(fail(people, ANN), 0, `failure ${failures}`);
      if (failures < 5) continue;
      const wait = fail(people, ANN);
      assertEquals(fail(people, ANN), wait);
      waits.push(wait);
      pass(wait * 1000 - 1);
      assertEquals(fail(people, ANN), 1);
      pass(1);
    }
    assertEquals(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    pass(24 * 3600_000);
    for (let free = 0; free < 5; free++) assertEquals(fail(people, ANN), 0);
    assertEquals(fail(people, ANN), 1);
  }),
);

Deno.test(
  "subjects wait apart, and an attempt waits for the slowest of its own",
  withPeople(({ people }) => {
    for (let count = 0; count < 5; count++) fail(people, ANN);
    assertEquals(fail(people, { kind: "account", name: "bob" }), 0);
    assertEquals(fail(people, { kind: "code", name: "ann" }), 0);
    assertEquals(fail(people, HOST, ANN), 1);
    assertEquals(fail(people, HOST), 0, "what had to wait counts against nobody");
    assertEquals(people.database.row("SELECT count FROM login_failures ORDER BY count DESC")?.count, 5);
  }),
);

Deno.test(
  "success forgets what a user did, but of an address only the attempt itself",
  withPeople(({ people, pass }) => {
    for (let count = 0; count < 9; count++) {
      fail(people, HOST, ANN);
      pass(60_000);
    }
    beginAttempt(people, [HOST, ANN]).succeed();
    const counts = () => people.database.rows("SELECT count FROM login_failures").map(({ count }) => count);
    assertEquals(counts(), [9]);
    beginAttempt(people, [HOST, ANN]).withdraw();
    assertEquals(counts().sort(), [0, 9]);
  }),
);

Deno.test(
  "attempts at the same time count before any of them is decided",
  withPeople(({ people }) => {
    const begun = Array.from({ length: 100 }, () => fail(people, ANN));
    assertEquals(begun.filter((wait) => wait === 0).length, 5);
  }),
);

Deno.test(
  "a clock that is set back makes nobody wait longer than the cap",
  withPeople(({ people, pass }) => {
    for (let count = 0; count < 30; count++) {
      fail(people, ANN);
      pass(300_000);
    }
    fail(people, ANN);
    pass(-3600_000);
    assertEquals(fail(people, ANN), 0);
    pass(-10 * 365 * 24 * 3600_000);
    assertEquals(fail(people, ANN), 0);
  }),
);

Deno.test(
  "names that are made up without end do not fill the disk",
  withPeople(({ people, pass }) => {
    const kept = () => people.database.row("SELECT count(*) AS n, min(last) AS oldest FROM login_failures");
    const start = people.now();
    people.database.run(
      `WITH RECURSIVE made (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM made WHERE n < 25000)
       INSERT INTO login_failures SELECT CAST(n AS BLOB), 1, ? + n FROM made`,
      start,
    );
    pass(25_001);
    fail(people, ANN);
    assertEquals(kept(), { n: 20_000, oldest: start + 5002 });
    pass(24 * 3600_000 - 1);
    assertEquals(fail(people, HOST), 0);
    assertEquals(kept()?.n, 2);
    assertThrows(() => {
      for (let count = 0; count < 5; count++) beginAttempt(people, [{ kind: "account", name: "ann" }]);
    }, PatronusError);
  }),
);
