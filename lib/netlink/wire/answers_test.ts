/** Readers are held to what Linux 6.18, or for kinds that are modules 6.1, answered; attributes that are not read are mostly left out. */
import { address, prefix } from "../../../tests/addresses.ts";
import { assert, assertEquals, assertThrows } from "../../std/assert.ts";
import { type DeviceAddress, readAddress } from "./address.ts";
import { readPortVlans } from "./bridge_vlan.ts";
import { NetlinkDecodeError } from "./error.ts";
import { readEvent } from "./event.ts";
import { addressBytes, readInet } from "./inet.ts";
import { type Link, readLink } from "./link.ts";
import { formatMac, macBytes } from "./mac.ts";
import { type Neighbour, readNeighbour } from "./neighbour.ts";
import { readRoute, type Route } from "./route.ts";
import { readRule, type Rule } from "./rule.ts";
import { readStatistics } from "./statistics.ts";

const bytesOf = (hex: string) => Uint8Array.fromHex(hex.replaceAll(/\s/g, ""));

const ETHERNET = { type: 1, promiscuous: false, minMtu: 68, maxMtu: 65535 } as const;
const DOWN = { up: false, carrier: false, state: "down" } as const;

const LINKS: readonly (readonly [bytes: string, link: Link])[] = [
  [
    `00000403010000004900010000000000 070003006c6f0000 0500100000000000 0800040000000100 0800320000000000
     0800330000000000 0a0001000000000000000000`,
    {
      index: 1,
      name: "lo",
      type: 772,
      up: true,
      carrier: true,
      state: "unknown",
      promiscuous: false,
      mtu: 65536,
      mac: "00:00:00:00:00:00",
    },
  ],
  // A port of a bridge.
  [
    `00000100030000004311010000000000 0700030076300000 0500100006000000 08000400dc050000 0800320044000000
     08003300ffff0000 08000a0004000000 080014006c616e00 0a0001004e7054546e8c0000
     b80012000900010076657468000000000b0004006272696467650000 9c000500
     050001000000000006000200200000000800030007000000050004000000000005000500000000000500060000000000
     050007000000000005001c00000000000500080001000000050009000100000005001b000100000005001e0001000000
     05000a000000000005000c0000000000 060011000180000006001200010000000500130000000000 05002000000000000500210001000000
     0800050002000000`,
    {
      ...ETHERNET,
      index: 3,
      name: "v0",
      kind: "veth",
      settings: { kind: "veth" },
      port: {
        controller: "bridge",
        state: "disabled",
        priority: 32,
        cost: 7,
        hairpin: false,
        bpduGuard: false,
        rootBlock: false,
        fastLeave: false,
        learning: true,
        unicastFlood: true,
        multicastFlood: true,
        broadcastFlood: true,
        neighbourSuppression: false,
        isolated: true,
      },
      up: true,
      carrier: true,
      state: "up",
      promiscuous: true,
      mtu: 1500,
      mac: "4e:70:54:54:6e:8c",
      alias: "lan",
      peer: 2,
      controller: 4,
    },
  ],
  [
    `00000100040000000210000000000000 0800030062723000 0500100002000000 08000400dc050000 0800320044000000
     08003300ffff0000 0a0001004e7054546e8c0000 800012000b0001006272696467650000 70000200
     08000100dc05000008000200c800000008000300d007000008000400307500000800050001000000
     0600060000100000050007000000000006000900000000000c000b0010004e7054546e8c
     0500160001000000050017000100000005001800000000000500190000000000`,
    {
      ...ETHERNET,
      ...DOWN,
      index: 4,
      name: "br0",
      kind: "bridge",
      settings: {
        kind: "bridge",
        stp: true,
        priority: 4096,
        forwardDelay: 15,
        helloTime: 2,
        maxAge: 20,
        ageingTime: 300,
        vlanFiltering: false,
        multicastSnooping: true,
        multicastQuerier: false,
      },
      mtu: 1500,
      mac: "4e:70:54:54:6e:8c",
    },
  ],
  [
    `00000100050000000210000000000000 0700030076780000 0500100002000000 08000400aa050000 0800320044000000
     08003300ffff0000 0a000100ba141fcc95a00000 f00012000a00010076786c616e000000 e0000200
     080001002a000000080002000a0000020800030002000000080004000a000001050005000500000005001c0000000000
     050006000000000005001d000000000008001a000000000008002000000000000500070000000000
     05000b000000000005000c000000000005000d000000000005000e00000000000500190000000000080008002c010000
     080009000000000006000f0012b50000050012000100000005001300000000000500140000000000
     0500150000000000050016000000000005001f000100000008000a00000000000c002100f7ffffff000000ff`,
    {
      ...ETHERNET,
      ...DOWN,
      index: 5,
      name: "vx",
      kind: "vxlan",
      settings: {
        kind: "vxlan",
        id: 42,
        remote: address("10.0.0.2"),
        local: address("10.0.0.1"),
        device: 2,
        port: 4789,
        ttl: 5,
        tos: 0,
        learning: false,
        ageing: 300,
        checksum: true,
        zeroChecksumSend6: false,
        zeroChecksumReceive6: false,
      },
      mtu: 1450,
      mac: "ba:14:1f:cc:95:a0",
    },
  ],
  [
    `00000100060000000210000000000000 070003006d760000 0500100002000000 08000400dc050000 0800320044000000
     08003300ffff0000 0a0001000200000000050000 3c0012000c0001006d6163766c616e00 2c000200
     080001000200000006000200000000000800060000000000 08000700e8030000 08000800e8030000 0800050002000000`,
    {
      ...ETHERNET,
      ...DOWN,
      index: 6,
      name: "mv",
      kind: "macvlan",
      settings: { kind: "macvlan", mode: "vepa" },
      mtu: 1500,
      mac: "02:00:00:00:00:05",
      parent: 2,
    },
  ],
  [
    `00000100040000000214000000000000 07000300626f0000 0500100002000000 08000400dc050000 0800320044000000
     08003300ffff0000 0a00010056b93987db1c0000 f000120009000100626f6e6400000000 e0000200
     0500010004000000 0800030064000000 0800040000000000 0800050000000000 08001c0000000000
     0500060000000100 0800070000000000 0800090000000000 08000a0000000000 05000c0000000000 05000d0000000000
     05000e0000000000 08000f0001000000 0500100001000000 0500110000000000 0800120000000000 0800130001000000
     0800140001000000 05001d0001000000 0500150001000000 0500160000000000 05001b0001000000 05001e0002000000
     0500200001000000 06001800ffff0000 0600190000000000 0a001a000000000000000000`,
    {
      ...ETHERNET,
      ...DOWN,
      index: 4,
      name: "bo",
      kind: "bond",
      settings: {
        kind: "bond",
        mode: "802.3ad",
        miimon: 100,
        upDelay: 0,
        downDelay: 0,
        arpInterval: 0,
        arpTargets: [],
        primary: 0,
        primaryReselect: "always",
        failOverMac: "none",
        transmitHash: "layer2",
        allMembersActive: false,
        minLinks: 0,
        lacpRate: "fast",
        aggregatorSelection: "stable",
        systemPriority: 65535,
        systemMac: "00:00:00:00:00:00",
      },
      mtu: 1500,
      mac: "56:b9:39:87:db:1c",
    },
  ],
  // A member of it.
  [
    `00000100030000000318000000000000 0700030076300000 0500100003000000 08000400dc050000 0800320044000000
     08003300ffff0000 08000a0004000000 0a00010056b93987db1c0000 5c001200 090001007665746800000000
     09000400626f6e6400000000
     40000500 0500010001000000 0500020002000000 0800030000000000 0a00040056b93987db1c0000 0600050000000000
     0800090000000000 06000a00ff000000 0800050002000000`,
    {
      ...ETHERNET,
      index: 3,
      name: "v0",
      kind: "veth",
      settings: { kind: "veth" },
      port: {
        controller: "bond",
        state: "backup",
        carrier: "down",
        failures: 0,
        hardwareMac: "56:b9:39:87:db:1c",
      },
      up: true,
      carrier: false,
      state: "lower layer down",
      mtu: 1500,
      mac: "56:b9:39:87:db:1c",
      peer: 2,
      controller: 4,
    },
  ],
  [
    `00000100050000000210000000000000 07000300766c0000 0500100002000000 08000400dc050000 0800320044000000
     08003300ffff0000 0a000100ae2cfa3242650000 5000120009000100766c616e00000000 40000200 0600050088a80000
     0600010014000000 0c00020003000000ffffffff 100004000c0001000100000002000000 100003000c0001000300000004000000
     0800050002000000`,
    {
      ...ETHERNET,
      ...DOWN,
      index: 5,
      name: "vl",
      kind: "vlan",
      settings: {
        kind: "vlan",
        id: 20,
        protocol: "802.1ad",
        options: { reorderHeader: true, gvrp: true, mvrp: false, looseBinding: false, bridgeBinding: false },
        ingress: [{ from: 1, to: 2 }],
        egress: [{ from: 3, to: 4 }],
      },
      mtu: 1500,
      mac: "ae:2c:fa:32:42:65",
      parent: 2,
    },
  ],
  [
    `00000100090000008004000000000000 0700030072300000 0500100002000000 0800040027000100 0a00010046cfca8229b20000
     1800120008000100767266000c000200080001000a000000`,
    {
      ...DOWN,
      index: 9,
      name: "r0",
      type: 1,
      kind: "vrf",
      settings: { kind: "vrf", table: 10 },
      promiscuous: false,
      mtu: 65575,
      mac: "46:cf:ca:82:29:b2",
    },
  ],
  // A kind that this program knows nothing of.
  [
    `0000feff070000009010000000000000 0700030074300000 0500100002000000 08000400dc050000
     180012000800010074756e000c0002000500030001000000`,
    { ...DOWN, index: 7, name: "t0", type: 65534, kind: "tun", promiscuous: false, mtu: 1500 },
  ],
];

const SETTLED = { permanent: true, tentative: false, duplicate: false, deprecated: false, secondary: false } as const;

const ADDRESSES: readonly (readonly [bytes: string, address: DeviceAddress])[] = [
  [
    "0218800003000000 08000100c0a80701 08000200c0a80701 0700030076610000 0800080080000000" +
    "14000600fffffffffffffffffed61e00fed61e00",
    { device: 3, address: address("192.168.7.1"), length: 24, label: "va", scope: "global", ...SETTLED },
  ],
  [
    "0218000002000000 080001000a010001 080002000a010001 0700030076310000 0800080000000000" +
    "14000600f2010000e6030000b0400200b0400200",
    {
      device: 2,
      address: address("10.1.0.1"),
      length: 24,
      label: "v1",
      lifetime: { valid: 998, preferred: 498 },
      scope: "global",
      ...SETTLED,
      permanent: false,
    },
  ],
  [
    "0220800002000000 080001000a020002 080002000a020001 0700030076310000 0800080080000000" +
    "14000600ffffffffffffffffb0400200b0400200",
    {
      device: 2,
      address: address("10.2.0.1"),
      length: 32,
      peer: address("10.2.0.2"),
      label: "v1",
      scope: "global",
      ...SETTLED,
    },
  ],
  [
    "0218800002000000 080001000a000001 080002000a000001 080004000a0000ff 0900030076313a7800000000 0800080080000000",
    {
      device: 2,
      address: address("10.0.0.1"),
      length: 24,
      broadcast: address("10.0.0.255"),
      label: "v1:x",
      scope: "global",
      ...SETTLED,
    },
  ],
  [
    "0a4082000200000014000100fd000000000000000000000000000001 14000600ffffffffffffffffb1400200b1400200 0800080082000000",
    { device: 2, address: address("fd00::1"), length: 64, unchecked: true, scope: "global", ...SETTLED },
  ],
  [
    "0a40c0fd02000000 14000100fe8000000000000024f74efffe701feb 14000600fffffffffffffffffed61e00fed61e00" +
    "08000800c0000000 05000b0003000000",
    {
      device: 2,
      address: address("fe80::24f7:4eff:fe70:1feb"),
      length: 64,
      scope: "link",
      ...SETTLED,
      tentative: true,
    },
  ],
  // A duplicate without a route of its own (flags beyond eight bits).
  [
    "0a40880002000000 14000100fd000000000000000000000000000001 0800080088020000",
    {
      device: 2,
      address: address("fd00::1"),
      length: 64,
      noPrefixRoute: true,
      scope: "global",
      ...SETTLED,
      duplicate: true,
    },
  ],
];

const MAIN = { type: "unicast", table: 254, protocol: 3, metric: 0 } as const;

const ROUTES: readonly (readonly [bytes: string, route: Route])[] = [
  [
    "02000000fe03000100000000 08000f00fe000000 08000500c0a80702 0800040003000000",
    { ...MAIN, destination: prefix("0.0.0.0/0"), hops: [{ device: 3, gateway: address("192.168.7.2") }] },
  ],
  [
    "02100000fe03000100000000 08000f00fe000000 080001000a050000 24000900" +
    "10000000 03000000 08000500c0a80703 10000002 03000000 08000500c0a80704",
    {
      ...MAIN,
      destination: prefix("10.5.0.0/16"),
      hops: [{ device: 3, gateway: address("192.168.7.3") }, {
        device: 3,
        gateway: address("192.168.7.4"),
        weight: 3,
      }],
    },
  ],
  [
    "02100000fc0400010400000008000f00e8030000080001000a1600000800060009000000080007000a00000108000500" +
    "0a0505050800040002000000",
    {
      destination: prefix("10.22.0.0/16"),
      type: "unicast",
      table: 1000,
      protocol: 4,
      metric: 9,
      source: address("10.0.0.1"),
      hops: [{ device: 2, gateway: address("10.5.5.5"), onLink: true }],
    },
  ],
  [
    "02100000fe0300090000000008000f00fe000000080001000a180000",
    { ...MAIN, destination: prefix("10.24.0.0/16"), type: "throw", hops: [] },
  ],
  [
    "0a400000fe0300010000000008000f00fe00000014000100fd010000000000000000000000000000080006000004000" +
    "03c0009001c0000000200000014000500fd0000000000000000000000000000091c0000020200000014000500fd00000000" +
    "000000000000000000000824000c0000000000000000000000000000000000000000000000000000000000000000000500140000000000",
    {
      ...MAIN,
      destination: prefix("fd01::/64"),
      metric: 1024,
      hops: [{ device: 2, gateway: address("fd00::9") }, { device: 2, gateway: address("fd00::8"), weight: 3 }],
    },
  ],
  // IPv6 lists the loopback device for what leads nowhere.
  [
    "0a400000fe0300070000000008000f00fe00000014000100fd02000000000000000000000000000008000600000400000800040001000000",
    { ...MAIN, destination: prefix("fd02::/64"), type: "unreachable", metric: 1024, hops: [] },
  ],
  // The answers to two lookups.
  [
    "02180000fe02fd0100000000 08000f00fe000000 080001000a000000 080007000a000001 0800040003000000",
    {
      ...MAIN,
      destination: prefix("10.0.0.0/24"),
      protocol: 2,
      source: address("10.0.0.1"),
      hops: [{ device: 3 }],
    },
  ],
  [
    "0a800000ff02000200000000 08000f00ff000000 14000100fd000007000000000000000000000001 0800060000000000" +
    "0800040003000000",
    {
      destination: prefix("fd00:7::1/128"),
      type: "local",
      table: 255,
      protocol: 2,
      metric: 0,
      hops: [{ device: 3 }],
    },
  ],
];

const RULES: readonly (readonly [bytes: string, rule: Rule])[] = [
  [
    "02000000ff0000010000000008000f00ff00000008000e00ffffffff0500150002000000",
    { family: 4, priority: 0, origin: 2, action: { type: "table", table: 255 } },
  ],
  [
    "02100810fc0000010200000008000f00e803000008000e00000000000500150000000000070003007630000007001100" +
    "76310000080006003200000008000a001000000008001000ff0000000800170005000700080018005000" +
    "5a000500160006000000080001000a090000080002000a000000",
    {
      family: 4,
      priority: 50,
      not: true,
      source: prefix("10.0.0.0/8"),
      destination: prefix("10.9.0.0/16"),
      incoming: "v0",
      outgoing: "v1",
      mark: { value: 0x10, mask: 0xff },
      tos: 0x10,
      protocol: 6,
      sourcePorts: { from: 5, to: 7 },
      destinationPorts: { from: 80, to: 90 },
      action: { type: "table", table: 1000 },
      suppressPrefixLength: 0,
    },
  ],
  [
    "02000000000000080000000008000f000000000008000e00ffffffff05001500000000000800060034000000",
    { family: 4, priority: 52, action: { type: "prohibit" } },
  ],
  [
    "0a000000000000020000000008000f000000000008000e00ffffffff0500150000000000080006003300000008000400fe7f0000",
    { family: 6, priority: 51, action: { type: "goto", priority: 32766 } },
  ],
];

const NEIGHBOURS: readonly (readonly [bytes: string, neighbour: Neighbour])[] = [
  [
    "020000000200000080000001080001000a0000070a000200020000000001000008000400000000001400030000010000" +
    "000100000001000000000000",
    { device: 2, address: address("10.0.0.7"), mac: "02:00:00:00:00:01", state: "permanent" },
  ],
  [
    "0a000000020000000400800114000100fd0000000000000000000000000000070a0002000200000000010000",
    { device: 2, address: address("fd00::7"), mac: "02:00:00:00:00:01", state: "stale", router: true },
  ],
  [
    "0a000000030000004000000514000100ff0200000000000000000000000000020a0002003333000000020000",
    { device: 3, address: address("ff02::2"), mac: "33:33:00:00:00:02", state: "noarp" },
  ],
];

Deno.test("what the kernel lists is read", () => {
  for (const [bytes, link] of LINKS) assertEquals(readLink(bytesOf(bytes)), link);
  for (const [bytes, expected] of ADDRESSES) assertEquals(readAddress(bytesOf(bytes)), expected);
  for (const [bytes, route] of ROUTES) assertEquals(readRoute(bytesOf(bytes)), route);
  for (const [bytes, rule] of RULES) assertEquals(readRule(bytesOf(bytes)), rule);
  for (const [bytes, neighbour] of NEIGHBOURS) assertEquals(readNeighbour(bytesOf(bytes)), neighbour);
});

const PORT_VLANS =
  "07000100080000000210000000000000 0700030076320000 08000a0006000000 24001a00 0800020004000100 080002000" +
  "8000a00 0800020010001400 0800020006001e00";

Deno.test("VLANs of a bridge port are read, those in a row as one", () => {
  assertEquals(readPortVlans(bytesOf(PORT_VLANS)), {
    device: 8,
    vlans: [
      { from: 1, to: 1, untagged: true, native: false },
      { from: 10, to: 20, untagged: false, native: false },
      { from: 30, to: 30, untagged: true, native: true },
    ],
  });
  const orphan = `07000100080000000210000000000000 0c001a00 0800020010001400`;
  assertThrows(() => readPortVlans(bytesOf(orphan)), NetlinkDecodeError, "VLAN 20 ends a range that nothing began");
});

Deno.test("counters of a link have 64 bits", () => {
  const counters = ["06", "07", "0402", "ae02", "01", "02", "03", "04", "05", "ffffffffffffffff"];
  const bytes = counters.map((hex) => hex.padEnd(16, "0")).join("") + "00".repeat(120);
  assertEquals(readStatistics(bytesOf(`000000000200000001000000cc000100${bytes}`)), {
    device: 2,
    received: { packets: 6n, bytes: 516n, errors: 1n, dropped: 3n, multicast: 5n },
    sent: { packets: 7n, bytes: 686n, errors: 2n, dropped: 4n, collisions: 2n ** 64n - 1n },
  });
});

Deno.test("an event says what it is about, and whether it is gone", () => {
  const message = (type: number, hex: string) => ({ type, flags: 0, sequence: 0, payload: bytesOf(hex) });
  const [[bytes, link] = ["", undefined]] = LINKS;
  assertEquals(readEvent(message(16, bytes)), { subject: "link", gone: false, link } as ReturnType<typeof readEvent>);
  assertEquals(readEvent(message(17, bytes))?.subject, "link");
  for (
    const [base, [sample = ""] = []] of [[20, ADDRESSES[0]], [24, ROUTES[0]], [28, NEIGHBOURS[0]], [
      32,
      RULES[0],
    ]] as const
  ) {
    const [there, gone] = [readEvent(message(base, sample)), readEvent(message(base + 1, sample))];
    assertEquals([there !== null && "gone" in there && there.gone, gone !== null && "gone" in gone && gone.gone], [
      false,
      true,
    ]);
  }
  // A bridge speaks of its port in the group of links (AF_BRIDGE), and takes it for a link that is gone when it leaves.
  const port = readPortVlans(bytesOf(PORT_VLANS));
  assert(port !== null);
  assertEquals(readEvent(message(16, PORT_VLANS)), { subject: "bridge port", gone: false, port });
  assertEquals(readEvent(message(17, PORT_VLANS)), { subject: "bridge port", gone: true, port });
  assertEquals(readEvent(message(16, "0a000100030000004311010000000000")), null);
  assertEquals(readEvent(message(99, "00")), null);
});

Deno.test("messages of other families are left out", () => {
  // AF_BRIDGE is 7, RTNL_FAMILY_IPMR 128.
  assertEquals(readAddress(new Uint8Array([7, ...new Uint8Array(7)])), null);
  assertEquals(readRoute(new Uint8Array([128, ...new Uint8Array(11)])), null);
  assertEquals(readRule(new Uint8Array([128, ...new Uint8Array(11)])), null);
  assertEquals(readNeighbour(new Uint8Array([7, ...new Uint8Array(11)])), null);
  assertEquals(readPortVlans(new Uint8Array(16)), null);
});

Deno.test("cut messages are refused, not misread", () => {
  for (const [bytes] of LINKS) assertThrows(() => readLink(bytesOf(bytes).subarray(0, 22)), NetlinkDecodeError);
  for (const [bytes] of ADDRESSES) assertThrows(() => readAddress(bytesOf(bytes).subarray(0, 14)), NetlinkDecodeError);
  for (const [bytes] of ROUTES) assertThrows(() => readRoute(bytesOf(bytes).subarray(0, 18)), NetlinkDecodeError);
  assertThrows(() => readLink(new Uint8Array(8)), NetlinkDecodeError);
  assertThrows(() => readRoute(new Uint8Array([2])), NetlinkDecodeError);
});

Deno.test("addresses are four or sixteen bytes, those of Ethernet six", () => {
  for (const text of ["0.0.0.0", "203.0.113.66", "::", "fd00:2::10", "2001:db8::ffff:1"]) {
    assertEquals(readInet(addressBytes(address(text))), address(text));
  }
  assertThrows(() => readInet(new Uint8Array(6)), NetlinkDecodeError);
  assertEquals(formatMac(macBytes("02:42:AC:11:00:02")), "02:42:ac:11:00:02");
  assertEquals(formatMac(new Uint8Array(4)), undefined);
  for (const text of ["", "02:42:ac:11:00", "02-42-ac-11-00-02", "0242ac110002"]) {
    assertThrows(() => macBytes(text), RangeError);
  }
});
