/** What is said is what is read: messages that change something have the form of those that list it. */
import { address, prefix } from "../../../tests/addresses.ts";
import { assertEquals } from "../../std/assert.ts";
import { newAddress, readAddress } from "./address.ts";
import { MESSAGE_HEADER } from "./attribute.ts";
import { addBridgeVlans, readPortVlans } from "./bridge_vlan.ts";
import { newLink, readLink, setLink } from "./link.ts";
import type { LinkKind } from "./kind.ts";
import { type NewNeighbour, readNeighbour, replaceNeighbour } from "./neighbour.ts";
import { completeRoute, type NewRoute, newRoute, readRoute } from "./route.ts";
import type { Change } from "./rtnetlink.ts";
import { type NewRule, newRule, readRule } from "./rule.ts";

const payload = ({ message }: Change) => message.subarray(MESSAGE_HEADER);

/** Of each kind: nothing but the kind, and everything. */
const KINDS: readonly LinkKind[] = [
  { kind: "bond" },
  {
    kind: "bond",
    mode: "balance-alb",
    miimon: 100,
    upDelay: 200,
    downDelay: 300,
    arpInterval: 400,
    arpTargets: [address("10.0.0.1"), address("10.0.0.2")],
    lacpRate: "fast",
    aggregatorSelection: "count",
    systemPriority: 65535,
    systemMac: "02:00:00:00:00:09",
    transmitHash: "vlan+srcmac",
    minLinks: 2,
    primary: 7,
    primaryReselect: "failure",
    failOverMac: "follow",
    allMembersActive: true,
  },
  { kind: "bridge" },
  {
    kind: "bridge",
    stp: true,
    priority: 4096,
    forwardDelay: 4.5,
    helloTime: 2,
    maxAge: 20,
    ageingTime: 0.01,
    vlanFiltering: true,
    vlanProtocol: "802.1ad",
    defaultVlan: 0,
    multicastSnooping: false,
    multicastQuerier: true,
  },
  { kind: "dummy" },
  { kind: "ifb" },
  { kind: "macvlan" },
  ...(["private", "vepa", "bridge", "passthru", "source"] as const).map((mode): LinkKind => ({
    kind: "macvlan",
    mode,
  })),
  { kind: "veth" },
  { kind: "veth", peer: { name: "vb", namespace: 4711, mtu: 1400, mac: "02:00:00:00:00:01" } },
  { kind: "vlan" },
  {
    kind: "vlan",
    id: 4094,
    protocol: "802.1ad",
    options: { reorderHeader: false, gvrp: true, mvrp: true, looseBinding: true, bridgeBinding: false },
    ingress: [{ from: 1, to: 2 }, { from: 7, to: 0 }],
    egress: [{ from: 3, to: 4 }],
  },
  { kind: "vrf", table: 1000 },
  { kind: "vxlan" },
  {
    kind: "vxlan",
    id: 0xffffff,
    remote: address("239.1.1.1"),
    local: address("10.0.0.1"),
    device: 3,
    port: 4789,
    ttl: 5,
    tos: 4,
    learning: false,
    ageing: 30,
    checksum: false,
    zeroChecksumSend6: true,
    zeroChecksumReceive6: false,
  },
  { kind: "vxlan", remote: address("ff05::1"), local: address("fd00::1") },
  { kind: "wireguard" },
];

Deno.test("a link of each kind is read as it is made", () => {
  for (const settings of KINDS) {
    const name = "größe0";
    const link = { name, index: 9, mtu: 1400, mac: "02:00:00:00:00:05", controller: 4, up: true, promiscuous: true };
    const read = readLink(payload(newLink({ ...link, parent: 3, settings })));
    const below = settings.kind === "veth" ? { peer: 3 } : { parent: 3 };
    assertEquals(read, {
      ...link,
      ...below,
      kind: settings.kind,
      settings,
      type: 0,
      carrier: false,
      state: "unknown",
    }, settings.kind);
  }
});

Deno.test("a change of a link is read as it is said", () => {
  const port = {
    controller: "bridge",
    state: "blocking",
    priority: 63,
    cost: 65535,
    bpduGuard: true,
    rootBlock: true,
    hairpin: true,
    fastLeave: true,
    learning: false,
    unicastFlood: false,
    multicastFlood: false,
    broadcastFlood: false,
    isolated: true,
    neighbourSuppression: true,
  } as const;
  const change = { name: "lan1", alias: "to the größte switch", controller: 0, up: false, port };
  const { name, alias, controller, up, port: told } = readLink(payload(setLink({ index: 3, name: "lan0" }, change)));
  assertEquals({ name, alias, controller, up, port: told }, change);
});

Deno.test("addresses are read as they are added", () => {
  const plain = { device: 3, address: address("10.0.0.1"), length: 24 };
  const read = { scope: "global", permanent: false, tentative: false, duplicate: false, deprecated: false } as const;
  for (
    const wanted of [
      plain,
      { ...plain, length: 32, peer: address("10.0.0.2"), label: "lan:1", broadcast: address("10.0.0.255") },
      { ...plain, lifetime: { valid: 100, preferred: 50 }, noPrefixRoute: true, metric: 7 },
      { ...plain, lifetime: { preferred: 0 }, scope: "link" } as const,
      { device: 3, address: address("fd00::1"), length: 64, unchecked: true, lifetime: { valid: 0, preferred: 0 } },
    ]
  ) {
    assertEquals(readAddress(payload(newAddress(wanted))), { ...read, secondary: false, ...wanted });
  }
});

const ROUTES: readonly NewRoute[] = [
  { destination: prefix("10.0.0.0/8"), hops: [{ device: 3 }] },
  { destination: prefix("0.0.0.0/0"), hops: [{ gateway: address("10.0.0.1") }], metric: 7, mtu: 1400 },
  {
    destination: prefix("10.1.0.0/16"),
    table: 1000,
    protocol: 4,
    source: address("10.0.0.9"),
    hops: [{ device: 3, gateway: address("fd00::1"), onLink: true }],
  },
  {
    destination: prefix("10.2.0.0/16"),
    table: 100,
    hops: [
      { device: 3, gateway: address("10.0.0.1"), weight: 256 },
      { device: 4, gateway: address("fd00::2"), onLink: true },
      { device: 5 },
    ],
  },
  { destination: prefix("::/0"), metric: 1, hops: [{ device: 3, gateway: address("fe80::1") }] },
  ...(["blackhole", "unreachable", "prohibit", "throw"] as const).map((type) => ({
    destination: prefix("fd00::/8"),
    type,
    metric: 4096,
  })),
  { destination: prefix("10.3.0.1/32"), type: "local", table: 255, hops: [{ device: 1 }] },
];

Deno.test("routes are read as they are added, once complete", () => {
  for (const route of ROUTES) {
    // The kernel fills in the metric that IPv6 is not told.
    const told = { ...route, metric: completeRoute(route).metric };
    assertEquals(readRoute(payload(newRoute(told))), completeRoute(route));
  }
});

Deno.test("a complete route names what was left out", () => {
  assertEquals(
    completeRoute({ destination: { ...address("10.9.9.9"), length: 8 }, hops: [{ device: 3, weight: 1 }] }),
    {
      destination: prefix("10.0.0.0/8"),
      type: "unicast",
      table: 254,
      protocol: 3,
      metric: 0,
      hops: [{ device: 3 }],
    },
  );
  assertEquals(completeRoute({ destination: prefix("::/0"), metric: 0 }).metric, 1024);
});

const RULES: readonly NewRule[] = [
  { family: 4, priority: 0, action: { type: "table", table: 254 } },
  {
    family: 4,
    priority: 50,
    not: true,
    source: prefix("10.0.0.0/8"),
    destination: prefix("10.9.0.0/16"),
    incoming: "lan",
    outgoing: "wan",
    mark: { value: 0, mask: 0xf0000000 },
    tos: 16,
    protocol: 17,
    sourcePorts: { from: 1, to: 65534 },
    destinationPorts: { from: 53, to: 53 },
    action: { type: "table", table: 4_000_000_000 },
    suppressPrefixLength: 0,
    origin: 3,
  },
  { family: 6, priority: 51, source: prefix("fd00::/8"), action: { type: "goto", priority: 60 } },
  ...(["vrf", "nop", "blackhole", "unreachable", "prohibit"] as const).map((type): NewRule => ({
    family: 6,
    priority: 4_000_000_000,
    action: { type },
  })),
];

Deno.test("rules are read as they are added", () => {
  for (const rule of RULES) assertEquals(readRule(payload(newRule(rule))), rule);
});

Deno.test("neighbours are read as they are set", () => {
  const neighbours: readonly NewNeighbour[] = [
    { device: 3, address: address("10.0.0.7"), mac: "02:00:00:00:00:01", state: "permanent" },
    { device: 3, address: address("fd00::7"), mac: "02:00:00:00:00:01", state: "stale", router: true },
    { device: 3, address: address("fd00::8"), state: "permanent", proxy: true },
  ];
  for (const neighbour of neighbours) assertEquals(readNeighbour(payload(replaceNeighbour(neighbour))), neighbour);
});

Deno.test("VLANs of a port are read as they are added", () => {
  const vlans = [
    { from: 1, to: 1, untagged: true, native: true },
    { from: 10, to: 4094, untagged: false, native: false },
    { from: 5, to: 6, untagged: true, native: false },
  ];
  for (const bridge of [false, true]) {
    const change = addBridgeVlans({ index: 3, name: "lan" }, vlans, bridge);
    assertEquals(readPortVlans(payload(change)), { device: 3, vlans });
  }
});
