// needs: ip
/** Addresses, routes, rules and neighbours: what is set natively is listed the same by the real `ip`, and the other way round. */
import { BITS, formatAddress, formatPrefix } from "../../lib/model/address.ts";
import { flushAddresses, listAddresses } from "../../lib/netlink/socket/address.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { findLink, setUp } from "../../lib/netlink/socket/link.ts";
import { listNeighbours } from "../../lib/netlink/socket/neighbour.ts";
import { findRoute, listRoutes } from "../../lib/netlink/socket/route.ts";
import { listRules } from "../../lib/netlink/socket/rule.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import { delAddress, type NewAddress, newAddress, replaceAddress } from "../../lib/netlink/wire/address.ts";
import { NetlinkError } from "../../lib/netlink/wire/error.ts";
import { newLink } from "../../lib/netlink/wire/link.ts";
import { delNeighbour, type NewNeighbour, replaceNeighbour } from "../../lib/netlink/wire/neighbour.ts";
import {
  completeRoute,
  delRoute,
  MAIN_TABLE,
  type NewRoute,
  newRoute,
  ORIGIN,
  replaceRoute,
  type Route,
} from "../../lib/netlink/wire/route.ts";
import { delRule, type NewRule, newRule } from "../../lib/netlink/wire/rule.ts";
import { assert, assertEquals, assertRejects } from "../../lib/std/assert.ts";
import { address, prefix } from "../addresses.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import { assertListedAlike, ip, type Listed } from "./ip.ts";
import { routeLab } from "./route_lab.ts";

assertPrivateNetwork();

/** A cable with both ends up and an address of each IP version; gives the device's index. */
async function cable(netlink: NetlinkConnection): Promise<number> {
  await submit(netlink, newLink({ name: "one", up: true, settings: { kind: "veth", peer: { name: "two" } } }));
  await setUp(netlink, "two");
  const { index } = await findLink(netlink, "one");
  await submit(
    netlink,
    newAddress({ device: index, address: address("192.168.7.1"), length: 24 }),
    newAddress({ device: index, address: address("fd00:7::1"), length: 64, unchecked: true }),
  );
  return index;
}

Deno.test("addresses of every sort are listed as ip lists them, and go again", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const device = await cable(netlink);
  const wanted: readonly NewAddress[] = [
    { device, address: address("10.1.0.1"), length: 24, lifetime: { valid: 100_000, preferred: 50_000 } },
    { device, address: address("10.2.0.1"), length: 32, peer: address("10.2.0.2") },
    { device, address: address("10.3.0.1"), length: 24, broadcast: address("10.3.0.255"), label: "one:x" },
    { device, address: address("10.4.0.1"), length: 24, scope: "link", metric: 5 },
    { device, address: address("10.5.0.1"), length: 24, noPrefixRoute: true },
    { device, address: address("10.5.0.2"), length: 24 },
    { device, address: address("fd00:8::1"), length: 64 },
    { device, address: address("fd00:8::2"), length: 64, unchecked: true, noPrefixRoute: true, metric: 7 },
    { device, address: address("fd00:8::3"), length: 128, unchecked: true, lifetime: { valid: 100_000, preferred: 0 } },
  ];
  await submit(netlink, ...wanted.map(newAddress));
  await assertListedAlike(netlink);
  const observed = await listAddresses(netlink, { device });
  for (const { lifetime, ...address } of wanted) {
    const found = observed.find((one) => one.address.value === address.address.value);
    assert(found !== undefined);
    for (const [key, value] of Object.entries(address)) assertEquals(found[key as keyof typeof found], value, key);
    assertEquals(found.permanent, lifetime === undefined);
  }
  const old = observed.find((one) => formatAddress(one.address) === "fd00:8::3");
  assertEquals([old?.deprecated, old?.lifetime?.preferred], [true, 0]);
  assertEquals(observed.find((one) => formatAddress(one.address) === "10.5.0.2")?.secondary, true);

  await submit(
    netlink,
    replaceAddress({ device, address: address("10.1.0.1"), length: 24 }),
    delAddress({ device, address: address("10.2.0.1"), length: 32, peer: address("10.2.0.2") }),
    delAddress({ device, address: address("fd00:8::1"), length: 64 }),
  );
  const left = await listAddresses(netlink, { device, family: 4 });
  assertEquals(left.find((one) => formatAddress(one.address) === "10.1.0.1")?.permanent, true);
  assertEquals(left.some((one) => formatAddress(one.address) === "10.2.0.1"), false);
  await assertListedAlike(netlink);

  await flushAddresses(netlink, device);
  assertEquals(await listAddresses(netlink, { device }), []);
  await assertListedAlike(netlink);
});

Deno.test("an address is tentative until nobody claims it, and a duplicate where somebody does", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  await submit(netlink, newLink({ name: "one", up: true, settings: { kind: "veth", peer: { name: "two" } } }));
  await setUp(netlink, "two");
  const [one, two] = [(await findLink(netlink, "one")).index, (await findLink(netlink, "two")).index];
  const contested = { address: address("fd00:7::1"), length: 64 };
  const end = Date.now() + 20_000;
  const state = async (device: number) => {
    const found = (await listAddresses(netlink, { device })).find(({ address }) =>
      address.value === contested.address.value
    );
    return found?.duplicate ? "duplicate" : found?.tentative ? "tentative" : "there";
  };
  const becomes = async (device: number, wanted: string) => {
    while (await state(device) !== wanted && Date.now() < end) await new Promise((next) => setTimeout(next, 50));
    assertEquals(await state(device), wanted);
  };
  await submit(netlink, newAddress({ device: one, ...contested }));
  assertEquals(await state(one), "tentative");
  await becomes(one, "there");
  await submit(netlink, newAddress({ device: two, ...contested }));
  await becomes(two, "duplicate");
  await assertListedAlike(netlink);
});

/** Routes of every sort, on a device with the addresses of `cable`. */
function routes(device: number): readonly NewRoute[] {
  const gateway = address("192.168.7.2");
  const gateway6 = address("fd00:7::2");
  return [
    { destination: prefix("0.0.0.0/0"), hops: [{ gateway, device }] },
    { destination: prefix("0.0.0.0/0"), hops: [{ gateway, device }], metric: 77 },
    { destination: prefix("10.9.0.0/16"), hops: [{ device }], source: address("192.168.7.1") },
    { destination: prefix("10.10.0.0/16"), hops: [{ gateway, device }], table: 100, protocol: 4, mtu: 1400 },
    { destination: prefix("10.11.0.0/16"), hops: [{ gateway: address("9.9.9.9"), device, onLink: true }], table: 1000 },
    {
      destination: prefix("10.12.0.0/16"),
      hops: [{ gateway, device, weight: 2 }, { gateway: address("192.168.7.3"), device }],
    },
    { destination: prefix("10.13.0.0/16"), hops: [{ gateway: gateway6, device }] },
    { destination: prefix("10.14.0.0/16"), hops: [{ gateway: gateway6, device }, { gateway, device, weight: 3 }] },
    { destination: prefix("10.15.0.0/16"), type: "blackhole" },
    { destination: prefix("10.16.0.0/16"), type: "unreachable", metric: 9 },
    { destination: prefix("10.17.0.0/16"), type: "prohibit" },
    { destination: prefix("10.18.0.0/16"), type: "throw", table: 100 },
    { destination: prefix("::/0"), hops: [{ gateway: gateway6, device }] },
    { destination: prefix("fd00:9::/64"), hops: [{ device }], metric: 5 },
    { destination: prefix("fd00:10::/64"), hops: [{ gateway: gateway6, device }], table: 1000, mtu: 1300, protocol: 4 },
    {
      destination: prefix("fd00:11::/64"),
      hops: [{ gateway: gateway6, device }, { gateway: address("fd00:7::3"), device, weight: 4 }],
    },
    { destination: prefix("fd00:12::/64"), type: "blackhole" },
    { destination: prefix("fd00:13::/64"), type: "unreachable", metric: 9, table: 100 },
    { destination: prefix("fd00:14::/64"), type: "prohibit" },
  ];
}

Deno.test("routes of every sort are what was asked for, listed as ip lists them, and go again", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const wanted = routes(await cable(netlink));
  await submit(netlink, ...wanted.map(newRoute));
  await assertListedAlike(netlink);
  const observed = await listRoutes(netlink);
  for (const route of wanted) {
    const expected = completeRoute(route);
    const found = observed.filter(({ destination, table, metric }) =>
      formatPrefix(destination) === formatPrefix(expected.destination) && table === expected.table &&
      metric === expected.metric
    );
    assertEquals(found, [expected]);
  }
  // The kernel's own come and go meanwhile.
  const own = (routes: readonly Route[]) => routes.filter(({ protocol }) => protocol !== ORIGIN.KERNEL);
  for (const table of [100, 1000, MAIN_TABLE, 4711]) {
    const listed = own(await listRoutes(netlink, { table }));
    assertEquals(listed, own(observed).filter((route) => route.table === table));
  }
  const listed = own(await listRoutes(netlink, { family: 6 }));
  assertEquals(listed, own(observed).filter(({ destination }) => destination.family === 6));

  await submit(netlink, ...wanted.map(delRoute));
  await assertListedAlike(netlink);
  assertEquals(own(await listRoutes(netlink)), []);
});

Deno.test("a route takes the place of another one with its destination and metric", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const device = await cable(netlink);
  for (
    const [destination, first, second] of [["10.9.0.0/16", "192.168.7.2", "192.168.7.3"], [
      "fd00:9::/64",
      "fd00:7::2",
      "fd00:7::3",
    ]]
  ) {
    const by = (gateway: string, metric = 5): NewRoute => ({
      destination: prefix(destination ?? ""),
      metric,
      hops: [{ gateway: address(gateway), device }],
    });
    await submit(netlink, newRoute(by(first ?? "")), replaceRoute(by(second ?? "")), replaceRoute(by(first ?? "", 6)));
    const found = (await listRoutes(netlink)).filter((route) => formatPrefix(route.destination) === destination);
    assertEquals(found, [completeRoute(by(second ?? "")), completeRoute(by(first ?? "", 6))]);
  }
  await assertListedAlike(netlink);
});

Deno.test("the route of one packet is the one that ip finds", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const index = await cable(netlink);
  const hops = [{ gateway: address("192.168.7.2"), device: index }];
  await submit(netlink, newRoute({ destination: prefix("10.9.0.0/16"), hops }));
  const hosts = ["192.168.7.9", "10.9.3.3", "192.168.7.1", "fd00:7::9", "fd00:7::1", "203.0.113.9", "2001:db8::1"];
  for (const host of hosts) {
    const found = await findRoute(netlink, { destination: address(host) });
    let listed: Listed | undefined;
    try {
      [listed] = ip("route", "get", "fibmatch", host);
    } catch { /* No route leads there. */ }
    assertEquals(found?.hops.map(({ device }) => device), listed === undefined ? undefined : [index], host);
    if (found === null) continue;
    const { value, family, length } = found.destination;
    const all = length === BITS[family] ? formatAddress({ value, family }) : formatPrefix(found.destination);
    assertEquals([found.type, all], [listed?.["type"] ?? "unicast", listed?.["dst"]], host);
  }
  const source = address("192.168.7.1");
  assertEquals((await findRoute(netlink, { destination: address("10.9.3.3"), source }))?.hops, [
    { device: index, gateway: address("192.168.7.2") },
  ]);
});

Deno.test("rules of every sort are what was asked for, listed as ip lists them, and go again", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const before = await listRules(netlink);
  const wanted: readonly NewRule[] = [
    {
      family: 4,
      priority: 50,
      not: true,
      source: prefix("10.0.0.0/8"),
      destination: prefix("10.9.0.0/16"),
      incoming: "lo",
      outgoing: "nowhere",
      mark: { value: 0x10, mask: 0xff },
      tos: 0x10,
      protocol: 6,
      sourcePorts: { from: 1024, to: 65534 },
      destinationPorts: { from: 80, to: 80 },
      action: { type: "table", table: 1000 },
    },
    { family: 4, priority: 51, action: { type: "table", table: MAIN_TABLE }, suppressPrefixLength: 0 },
    { family: 4, priority: 52, mark: { value: 7, mask: 0xffffffff }, action: { type: "table", table: 100 }, origin: 4 },
    { family: 4, priority: 53, source: prefix("10.1.1.1/32"), action: { type: "blackhole" } },
    { family: 6, priority: 54, source: prefix("fd00::/8"), action: { type: "goto", priority: 32766 } },
    { family: 6, priority: 55, incoming: "lan", action: { type: "unreachable" } },
    { family: 6, priority: 56, destination: prefix("fd00::1/128"), action: { type: "prohibit" } },
    { family: 6, priority: 57, action: { type: "nop" } },
    { family: 6, priority: 58, action: { type: "vrf" } },
  ];
  await submit(netlink, ...wanted.map(newRule));
  await assertListedAlike(netlink);
  const own = (await listRules(netlink)).filter(({ priority }) => priority >= 50 && priority < 60);
  assertEquals(own, wanted as typeof own);
  await submit(netlink, ...wanted.map(delRule));
  assertEquals(await listRules(netlink), before);
});

Deno.test("neighbours are what was set, listed as ip lists them, and go again", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const device = await cable(netlink);
  const wanted: readonly NewNeighbour[] = [
    { device, address: address("192.168.7.77"), mac: "02:00:00:00:00:77", state: "permanent" },
    { device, address: address("fd00:7::77"), mac: "02:00:00:00:00:77", state: "permanent", router: true },
    { device, address: address("fd00:7::78"), mac: "02:00:00:00:00:78", state: "noarp" },
  ];
  await submit(netlink, ...wanted.map(replaceNeighbour));
  await assertListedAlike(netlink);
  const known = async () => {
    const all = await listNeighbours(netlink);
    return all.filter(({ mac }) => mac === "02:00:00:00:00:77" || mac === "02:00:00:00:00:78")
      .sort((a, b) => Number(a.address.value - b.address.value));
  };
  assertEquals(await known(), wanted as Awaited<ReturnType<typeof known>>);
  await submit(netlink, ...wanted.map(delNeighbour));
  assertEquals((await known()).filter(({ state }) => state === "permanent"), []);

  const proxy: NewNeighbour = { device, address: address("192.168.7.99"), proxy: true };
  await submit(netlink, replaceNeighbour(proxy));
  assertEquals(ip("neigh", "show", "proxy").map(({ dst }) => dst), ["192.168.7.99"]);
  assertEquals(
    (await listNeighbours(netlink, { proxy: true })).map(({ address, proxy }) => [formatAddress(address), proxy]),
    [["192.168.7.99", true]],
  );
  await submit(netlink, delNeighbour(proxy));
  assertEquals(await listNeighbours(netlink, { proxy: true }), []);
});

const REFUSALS: readonly (readonly [title: string, ask: (netlink: NetlinkConnection) => Promise<unknown>, RegExp])[] = [
  [
    "a gateway out of reach",
    async (netlink) => {
      await setUp(netlink, "lo");
      const hops = [{ gateway: address("9.9.9.9"), device: 1 }];
      await submit(netlink, newRoute({ destination: prefix("10.0.0.0/8"), hops }));
    },
    /^add route to 10\.0\.0\.0\/8 by 9\.9\.9\.9 on device 1: Nexthop has invalid gateway \(ENETUNREACH\)$/,
  ],
  [
    "a prefix that is too long",
    (netlink) => submit(netlink, newAddress({ device: 1, address: address("10.0.0.1"), length: 33 })),
    /^add address 10\.0\.0\.1\/33 on device 1: .*\(EINVAL\)$/,
  ],
  [
    "a route that is not there",
    (netlink) => submit(netlink, delRoute({ destination: prefix("10.99.0.0/16"), type: "blackhole" })),
    /^delete blackhole route to 10\.99\.0\.0\/16: .*\(ESRCH\)$/,
  ],
  [
    "a rule that is not there",
    (netlink) => submit(netlink, delRule({ family: 6, priority: 7, action: { type: "nop" } })),
    /^delete IPv6 rule 7: nop: .*\(ENOENT\)$/,
  ],
  [
    "a neighbour on no device",
    (netlink) =>
      submit(netlink, replaceNeighbour({ device: 4711, address: address("10.0.0.1"), mac: "02:00:00:00:00:01" })),
    /^set neighbour 10\.0\.0\.1 on device 4711: .*\(ENODEV\)$/,
  ],
];

for (const [title, ask, message] of REFUSALS) {
  Deno.test(`${title} is refused with the kernel's reason`, async () => {
    using netlink = NetlinkConnection.open(ROUTE);
    const error = await assertRejects(() => ask(netlink), NetlinkError);
    assertEquals(message.test(error.message), true, error.message);
  });
}
