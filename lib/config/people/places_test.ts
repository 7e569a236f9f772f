import { assertEquals } from "../../std/assert.ts";
import { addressKey, isDevice, knownPlace, rememberPlace } from "./places.ts";
import { addPeople, withPeople } from "./sample.ts";

Deno.test("IPv6 counts by its network, IPv4 by its address, in whatever form", () => {
  const keys = {
    "192.0.2.7": "192.0.2.7",
    "::ffff:192.0.2.7": "192.0.2.7",
    "2001:db8:0:1:ffff::1": "2001:db8:0:1::",
    "2001:DB8:0:1::2": "2001:db8:0:1::",
    "fe80::1%eth0": "fe80::",
    "not an address": "not an address",
  };
  assertEquals(Object.keys(keys).map(addressKey), Object.values(keys));
});

Deno.test(
  "a place is known to its own user, the browser before the address, and for 90 days",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    rememberPlace(people, 1, "192.0.2.7", "mark");
    const known = (user: number, address: string, device: string | null) => knownPlace(people, user, address, device);
    assertEquals(known(1, "192.0.2.7", "mark"), "device mark");
    assertEquals(known(1, "203.0.113.1", "mark"), "device mark");
    assertEquals(known(1, "192.0.2.7", "other"), "address 192.0.2.7");
    assertEquals([known(1, "203.0.113.1", null), known(2, "192.0.2.7", "mark")], [null, null]);
    assertEquals([isDevice(people, "mark"), isDevice(people, "other")], [true, false]);
    pass(90 * 24 * 3600_000);
    assertEquals(known(1, "192.0.2.7", "mark"), null);
  }),
);

Deno.test(
  "the oldest places go when there are too many",
  withPeople(async ({ people, pass }) => {
    await addPeople(people);
    for (let place = 0; place < 40; place++) {
      pass(1000);
      rememberPlace(people, 1, `192.0.2.${place}`, `mark ${place}`);
    }
    assertEquals(people.database.row("SELECT count(*) AS n FROM known_places")?.n, 50);
    assertEquals(["mark 0", "mark 39"].map((device) => isDevice(people, device)), [false, true]);
  }),
);
