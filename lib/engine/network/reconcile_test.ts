import { assertEquals } from "../../std/assert.ts";
import type { LinkState, NetworkState, RouteState } from "../../features/network_state.ts";
import { changeOf, type Operation } from "./operation.ts";
import { type ObservedLink, type ObservedNetwork, reconcile } from "./reconcile.ts";
import { snapshot } from "./snapshot.ts";

function observed(links: readonly Partial<ObservedLink>[], routes: readonly RouteState[] = []): ObservedNetwork {
  const whole = links.map((link, index): ObservedLink => ({
    index: index + 1,
    device: "eth0",
    up: true,
    mtu: 1500,
    addresses: [],
    acceptRa: 1,
    controller: null,
    reaches: link.addresses ?? [],
    ...link,
  }));
  return { links: new Map(whole.map((link) => [link.device, link])), routes, others: [] };
}

function wanted(links: readonly LinkState[], more: Partial<NetworkState> = {}): NetworkState {
  return { links, gone: [], routes: [], ...more };
}

/** Each operation in a few words. */
function words(operations: readonly Operation[]): string[] {
  return operations.map((operation) => {
    const { action, subject, after = "" } = changeOf(operation);
    return `${action} ${subject} ${after}`.trim();
  });
}

const VLAN = { kind: "vlan", parent: "bond0", tag: 20, protocol: "802.1Q" } as const;
const BOND = { kind: "bond", mode: "802.3ad", lacpRate: "fast", monitor: 100, transmitHash: "layer2" } as const;
const BRIDGE = { kind: "bridge", stp: false, vlanFiltering: true } as const;

function route(destination: string, more: Partial<RouteState> = {}): RouteState {
  return { destination, type: "unicast", hops: [{ gateway: "192.168.1.254" }], metric: 0, table: 254, ...more };
}

Deno.test("what is as wanted needs no operation", () => {
  const state = observed(
    [{ device: "eth0", addresses: ["192.168.1.1/24"], acceptRa: 0 }],
    [route("10.0.0.0/8", { hops: [{ gateway: "192.168.1.254", device: "eth0" }] })],
  );
  const link = { device: "eth0", up: true, mtu: 1500, controller: null, addresses: ["192.168.1.1/24"], acceptRa: 0 };
  assertEquals(reconcile(state, wanted([link], { routes: [route("10.0.0.0/8")] })), []);
});

Deno.test("a bond comes before its VLAN, the VLAN before its address, the address before the route", () => {
  const operations = reconcile(
    observed([{ device: "eth1" }]),
    wanted([
      { device: "guests", made: VLAN, up: true, controller: null, addresses: ["192.168.1.1/24"] },
      { device: "eth1", up: true, controller: "bond0" },
      { device: "bond0", made: BOND, up: true, controller: null },
    ], { routes: [route("10.0.0.0/8")] }),
  );
  assertEquals(words(operations), [
    "add link bond0 bond, mode 802.3ad, monitored each 100 ms, LACP fast, hash layer2",
    "add link guests VLAN 20 of bond0",
    "change link eth1 part of bond0",
    "change link bond0 up",
    "change link guests up",
    "add address 192.168.1.1/24 on guests",
    "add route 10.0.0.0/8 by 192.168.1.254, metric 0",
  ]);
  assertEquals(operations.find(({ op }) => op === "join"), {
    op: "join",
    device: "eth1",
    controller: "bond0",
    before: null,
    bounce: true,
  });
});

Deno.test("another MTU is one operation, and nothing goes down", () => {
  assertEquals(reconcile(observed([{ mtu: 1500 }]), wanted([{ device: "eth0", up: true, mtu: 9000 }])), [
    { op: "set", device: "eth0", fields: { mtu: 9000 }, before: { mtu: 1500 } },
  ]);
});

Deno.test("another name is one operation: addresses and routes stay", () => {
  const made = { kind: "dummy" } as const;
  const state = observed(
    [{ device: "old", made, addresses: ["192.168.1.1/24"] }],
    [route("10.0.0.0/8", { hops: [{ gateway: "192.168.1.254", device: "old" }] })],
  );
  const operations = reconcile(
    state,
    wanted([{ device: "new", index: 1, made, up: true, controller: null, addresses: ["192.168.1.1/24"] }], {
      routes: [route("10.0.0.0/8", { hops: [{ gateway: "192.168.1.254", device: "new" }] })],
    }),
  );
  assertEquals(operations, [{ op: "rename", device: "old", to: "new" }]);
});

Deno.test("another tag makes the VLAN anew, with everything that is on it", () => {
  const state = observed([
    { device: "bond0", made: BOND },
    { device: "guests", made: VLAN, addresses: ["192.168.1.1/24"] },
    { device: "inner", made: { kind: "vlan", parent: "guests", tag: 5, protocol: "802.1Q" } },
  ], [route("10.0.0.0/8", { hops: [{ gateway: "192.168.1.254", device: "guests" }] })]);
  const operations = reconcile(
    state,
    wanted([
      { device: "bond0", made: BOND, up: true, controller: null },
      { device: "guests", made: { ...VLAN, tag: 30 }, up: true, controller: null, addresses: ["192.168.1.1/24"] },
      {
        device: "inner",
        made: { kind: "vlan", parent: "guests", tag: 5, protocol: "802.1Q" },
        up: true,
        controller: null,
      },
    ], { routes: [route("10.0.0.0/8")] }),
  );
  assertEquals(words(operations), [
    "remove link inner",
    "remove link guests",
    "add link guests VLAN 30 of bond0",
    "add link inner VLAN 5 of guests",
    "change link guests up",
    "change link inner up",
    "add address 192.168.1.1/24 on guests",
    "add route 10.0.0.0/8 by 192.168.1.254, metric 0",
  ]);
});

Deno.test("devices that the document does not name, and their controllers, are left alone", () => {
  const state = observed([
    { device: "docker0", made: BRIDGE, addresses: ["172.17.0.1/16"] },
    { device: "eth0", controller: "docker0" },
  ]);
  assertEquals(reconcile(state, wanted([{ device: "eth0", up: true, controller: null }])), []);
});

Deno.test("a device that is not there is passed over, with its VLANs and routes", () => {
  const operations = reconcile(
    observed([]),
    wanted([
      { device: "eth9", up: true, controller: null, addresses: ["10.0.0.1/24"] },
      { device: "v", made: { ...VLAN, parent: "eth9" }, up: true, controller: null },
    ], { routes: [route("10.1.0.0/16", { hops: [{ gateway: "10.0.0.2", device: "eth9" }] })] }),
  );
  assertEquals(operations, []);
});

Deno.test("a port leaves one bridge for another, and only VLANs that differ are sent", () => {
  const operations = reconcile(
    observed([
      { device: "br0", made: BRIDGE },
      { device: "br1", made: BRIDGE },
      { device: "eth1", controller: "br0", vlans: { untagged: 1, tagged: [] } },
      { device: "eth2", controller: "br0", vlans: { untagged: 10, tagged: [[20, 29]] } },
    ]),
    wanted([
      { device: "br0", made: BRIDGE, up: true, controller: null },
      { device: "br1", made: BRIDGE, up: true, controller: null },
      { device: "eth1", up: true, controller: "br1", vlans: { untagged: 10, tagged: [] } },
      { device: "eth2", up: true, controller: "br0", vlans: { untagged: 10, tagged: [[20, 29]] } },
    ]),
  );
  assertEquals(words(operations), [
    "change link eth1 part of nothing",
    "change link eth1 part of br1",
    "change VLANs of eth1 untagged 10",
  ]);
});

Deno.test("what goes has its routes and addresses taken away first", () => {
  const state = observed(
    [{ device: "br0", made: BRIDGE }, { device: "eth0", addresses: ["10.0.0.1/24", "192.168.1.1/24"] }],
    [route("10.8.0.0/16"), route("10.9.0.0/16")],
  );
  const operations = reconcile(
    state,
    wanted([{ device: "eth0", up: true, controller: null, addresses: ["192.168.1.1/24"] }], {
      gone: ["br0"],
      routes: [route("10.9.0.0/16", { metric: 5 })],
    }),
  );
  assertEquals(words(operations), [
    "remove route 10.8.0.0/16",
    "remove route 10.9.0.0/16",
    "remove address 10.0.0.1/24",
    "remove link br0",
    "add route 10.9.0.0/16 by 192.168.1.254, metric 5",
  ]);
});

/** What operations make of a network, as far as these tests need it: a kernel of a few lines. */
function after(state: ObservedNetwork, operations: readonly Operation[]): ObservedNetwork {
  const links = new Map(state.links);
  let routes = [...state.routes];
  const change = (device: string, fields: Partial<ObservedLink>) => {
    const link = links.get(device);
    if (link !== undefined) links.set(device, { ...link, ...fields });
  };
  for (const operation of operations) {
    switch (operation.op) {
      case "create":
        links.set(operation.device, {
          index: 100 + links.size,
          device: operation.device,
          made: operation.made,
          up: false,
          mtu: 1500,
          addresses: [],
          acceptRa: 1,
          controller: null,
        });
        break;
      case "delete":
        links.delete(operation.device);
        for (const [name, link] of links) if (link.controller === operation.device) change(name, { controller: null });
        break;
      case "rename": {
        const link = links.get(operation.device);
        links.delete(operation.device);
        if (link !== undefined) links.set(operation.to, { ...link, device: operation.to });
        break;
      }
      case "set":
        change(operation.device, operation.fields);
        break;
      case "adjust":
        change(operation.device, { made: operation.made });
        break;
      case "join":
        change(operation.device, { controller: operation.controller });
        break;
      case "vlans":
        change(operation.device, { vlans: operation.vlans });
        break;
      case "accept-ra":
        change(operation.device, { acceptRa: operation.value });
        break;
      case "add-address":
        change(operation.device, {
          addresses: [...links.get(operation.device)?.addresses ?? [], operation.address].sort(),
        });
        break;
      case "remove-address":
        change(operation.device, {
          addresses: (links.get(operation.device)?.addresses ?? []).filter((each) => each !== operation.address),
        });
        break;
      case "add-route":
        routes.push(operation.route);
        break;
      case "remove-route":
        routes = routes.filter((each) => JSON.stringify(each) !== JSON.stringify(operation.route));
    }
  }
  return { ...state, links, routes };
}

Deno.test("what was there before comes back by the same way", () => {
  const before = observed([
    { device: "eth0", addresses: ["10.0.0.1/24"], mtu: 1400 },
    { device: "eth1", controller: "br0", vlans: { untagged: 1, tagged: [] } },
    { device: "br0", made: BRIDGE, addresses: ["10.1.0.1/24"] },
    { device: "old", made: { kind: "dummy" }, addresses: ["10.2.0.1/32"] },
  ], [route("10.8.0.0/16", { hops: [{ gateway: "10.0.0.2", device: "eth0" }] })]);
  const goal = wanted([
    { device: "eth0", up: false, mtu: 1500, controller: null, addresses: [], acceptRa: 0 },
    { device: "eth1", up: true, controller: "bond0" },
    { device: "bond0", made: BOND, up: true, controller: null, addresses: ["10.3.0.1/24"] },
    { device: "new", index: 4, made: { kind: "dummy" }, up: true, controller: null, addresses: ["10.2.0.1/32"] },
  ], { gone: ["br0"] });
  const there = after(before, reconcile(before, goal));
  assertEquals(reconcile(there, goal), []);
  const back = snapshot(before, goal);
  const again = after(there, reconcile(there, back));
  assertEquals(reconcile(again, back), []);
  assertEquals([...again.links.keys()].sort(), [...before.links.keys()].sort());
  for (const [name, link] of before.links) {
    assertEquals(
      { ...again.links.get(name), index: 0, vlans: undefined, reaches: undefined },
      { ...link, index: 0, vlans: undefined, reaches: undefined },
    );
  }
  assertEquals(again.routes, before.routes);
});

Deno.test("names that go round among devices, or on to the next, need no device anew", () => {
  const made = { kind: "dummy" } as const;
  const state = observed([{ device: "aa", made }, { device: "bb", made }, { device: "cc", made }]);
  const link = (device: string, index: number): LinkState => ({ device, index, made, up: true, controller: null });
  assertEquals(words(reconcile(state, wanted([link("bb", 1), link("cc", 2), link("dd", 3)]))), [
    "change link cc named dd",
    "change link bb named cc",
    "change link aa named bb",
  ]);
  const swapped = wanted([link("bb", 1), link("aa", 2), link("cc", 3)]);
  assertEquals(words(reconcile(state, swapped)), [
    "change link aa named patronus-2",
    "change link bb named aa",
    "change link patronus-2 named bb",
  ]);
  assertEquals(reconcile(after(state, reconcile(state, swapped)), swapped), []);
  assertEquals(words(reconcile(state, wanted([link("bb", 1), link("cc", 3)], { gone: ["bb"] }))), [
    "remove link bb",
    "change link aa named bb",
  ]);
});

Deno.test("a device that somebody else made is not deleted for one of its name", () => {
  const state = observed([{ device: "e1", addresses: ["10.0.0.1/24"] }]);
  const operations = reconcile(state, wanted([{ device: "e1", made: BRIDGE, up: true, controller: null }]));
  assertEquals(operations[0]?.op, "create", "which the kernel refuses");
  assertEquals(operations.some(({ op }) => op === "delete"), false);
});

Deno.test("a route that names no device follows its gateway's network, and waits for it", () => {
  const via = route("10.8.0.0/16", { hops: [{ gateway: "10.1.0.9" }] });
  const held = { ...via, hops: [{ gateway: "10.1.0.9", device: "e1" }] };
  const state = observed([{ device: "e1", addresses: ["10.1.0.1/24"] }, { device: "e2" }], [held]);
  const moved = wanted([
    { device: "e1", up: true, controller: null, addresses: [] },
    { device: "e2", up: true, controller: null, addresses: ["10.1.0.1/24"] },
  ], { routes: [via] });
  assertEquals(words(reconcile(state, moved)), [
    "remove route 10.8.0.0/16",
    "remove address 10.1.0.1/24",
    "add address 10.1.0.1/24 on e2",
    "add route 10.8.0.0/16 by 10.1.0.9, metric 0",
  ]);
  const down = wanted([{ device: "e1", up: false, controller: null }], { routes: [held] });
  assertEquals(words(reconcile({ ...state, routes: [] }, down)), ["change link e1 down"]);
});
