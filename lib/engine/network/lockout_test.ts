import { assertEquals } from "../../std/assert.ts";
import type { Operation } from "./operation.ts";
import { networkLockouts } from "./lockout.ts";

const OBSERVED = {
  links: new Map([["eth0", {
    device: "eth0",
    index: 2,
    up: true,
    mtu: 1500,
    addresses: ["192.168.1.1/24", "192.168.9.1/24"],
    controller: null,
  }]]),
  routes: [],
  others: [],
};
const SESSION = { from: "192.168.1.50", to: "192.168.1.1", port: 22 };

function by(...operations: readonly Operation[]): string[] {
  return networkLockouts(OBSERVED, { links: [], gone: [], routes: [] }, operations, SESSION).map(({ connection, by }) =>
    `${connection} ${by}`
  );
}

Deno.test("a change of the network that cuts the session's way in is found", () => {
  const cases: readonly [Operation, string][] = [
    [{ op: "remove-address", device: "eth0", address: "192.168.1.1/24" }, "taking the address away from eth0"],
    [{ op: "set", device: "eth0", fields: { up: false }, before: { up: true } }, "setting eth0 down"],
    [{ op: "join", device: "eth0", controller: "br0", before: null }, "making eth0 part of br0"],
    [{ op: "delete", device: "eth0" }, "deleting the device eth0"],
  ];
  for (const [operation, cause] of cases) assertEquals(by(operation), [`established ${cause}`, `new ${cause}`]);
});

Deno.test("a change that leaves the session's way in alone is none", () => {
  assertEquals(by({ op: "remove-address", device: "eth0", address: "192.168.9.1/24" }), []);
  assertEquals(by({ op: "set", device: "eth0", fields: { mtu: 1400 }, before: { mtu: 1500 } }), []);
  assertEquals(by({ op: "set", device: "eth1", fields: { up: false }, before: { up: true } }), []);
  assertEquals(
    by(
      { op: "remove-address", device: "eth0", address: "192.168.1.1/24" },
      { op: "add-address", device: "br0", address: "192.168.1.1/24" },
    ),
    [],
    "the address goes elsewhere",
  );
});

Deno.test("a client behind a router is cut off without the route to it", () => {
  const gone = {
    destination: "0.0.0.0/0",
    type: "unicast",
    hops: [{ gateway: "192.168.1.254" }],
    metric: 0,
    table: 254,
  } as const;
  const operation: Operation = { op: "remove-route", route: gone };
  const far = { ...SESSION, from: "203.0.113.9" };
  const found = (session: typeof SESSION, ...operations: readonly Operation[]) =>
    networkLockouts(OBSERVED, { links: [], gone: [], routes: [] }, operations, session).map(({ by }) => by);
  assertEquals(found(far, operation), Array(2).fill("taking the route 0.0.0.0/0 away"));
  assertEquals(found(SESSION, operation), [], "it is near");
  assertEquals(found(far, operation, { op: "add-route", route: { ...gone, metric: 5 } }), [], "another leads there");
});
