/**
 * Requests are held to the bytes that iproute2 6.1 sends for the command in the first column (strace -e write=all), and
 * readers to what Linux 6.18 answered. Sequence numbers are zero; nests carry NLA_F_NESTED (0x8000), which iproute2
 * leaves out for links.
 */
import { parseAddress, parsePrefix } from "../../model/address.ts";
import { assertEquals, assertThrows } from "../../std/assert.ts";
import { type DeviceAddress, newAddress, readAddress } from "./address.ts";
import { NetlinkDecodeError } from "./error.ts";
import { addressBytes, readInet } from "./inet.ts";
import { delLink, type Link, newVeth, readLink, setLink } from "./link.ts";
import { getRoute, newRoute, readRoute, type Route } from "./route.ts";

function address(text: string) {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`${text} is no address`);
  return parsed;
}

function prefix(text: string) {
  const parsed = parsePrefix(text);
  if (parsed === null) throw new Error(`${text} is no prefix`);
  return parsed;
}

/** As the connection sends it: NLM_F_REQUEST and NLM_F_ACK added; without the sequence number. */
function sent(message: Uint8Array): string {
  const bytes = new Uint8Array(message);
  bytes[6] = (bytes[6] ?? 0) | 5;
  bytes.fill(0, 8, 12);
  return bytes.toHex();
}

const REQUESTS: readonly (readonly [command: string, message: Uint8Array, bytes: string])[] = [
  [
    "ip link add va type veth peer name vb",
    newVeth({ name: "va", peer: { name: "vb" } }),
    `54000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000
     07000300 76610000 2c001280 08000100 76657468 20000280 1c000180 00000000
     00000000 00000000 00000000 07000300 76620000`,
  ],
  [
    "ip link add vc type veth peer name vd netns 21777",
    newVeth({ name: "vc", peer: { name: "vd", namespace: 21777 } }),
    `5c000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000
     07000300 76630000 34001280 08000100 76657468 28000280 24000180 00000000
     00000000 00000000 00000000 08001300 11550000 07000300 76640000`,
  ],
  [
    "ip link set va up",
    setLink(3, { up: true }),
    "20000000 10000500 00000000 00000000 00000000 03000000 01000000 01000000",
  ],
  [
    "ip link set va down",
    setLink(3, { up: false }),
    "20000000 10000500 00000000 00000000 00000000 03000000 00000000 01000000",
  ],
  [
    "ip link set va name vx",
    setLink(3, { name: "vx" }),
    "28000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 07000300 76780000",
  ],
  [
    "ip link set vx mtu 1300",
    setLink(3, { mtu: 1300 }),
    "28000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 08000400 14050000",
  ],
  [
    "ip link set vb netns 21777",
    setLink(2, { namespace: 21777 }),
    "28000000 10000500 00000000 00000000 00000000 02000000 00000000 00000000 08001300 11550000",
  ],
  [
    "ip link del vc",
    delLink(4),
    "20000000 11000500 00000000 00000000 00000000 04000000 00000000 00000000",
  ],
  [
    "ip addr add 192.168.7.1/24 dev vx",
    newAddress({ device: 3, address: address("192.168.7.1"), length: 24 }),
    "28000000 14000506 00000000 00000000 02180000 03000000 08000200 c0a80701 08000100 c0a80701",
  ],
  [
    "ip -6 addr add fd00:7::1/64 dev vx nodad",
    newAddress({ device: 3, address: address("fd00:7::1"), length: 64, unchecked: true }),
    `40000000 14000506 00000000 00000000 0a400200 03000000
     14000200 fd000007 00000000 00000000 00000001 14000100 fd000007 00000000 00000000 00000001`,
  ],
  [
    "ip route add 10.9.0.0/16 dev vx",
    newRoute({ destination: prefix("10.9.0.0/16"), device: 3 }),
    "2c000000 18000506 00000000 00000000 02100000 fe03fd01 00000000 08000100 0a090000 08000400 03000000",
  ],
  [
    "ip route add default via 192.168.7.2 dev vx metric 77",
    newRoute({ destination: prefix("0.0.0.0/0"), gateway: address("192.168.7.2"), device: 3, metric: 77 }),
    `34000000 18000506 00000000 00000000 02000000 fe030001 00000000
     08000500 c0a80702 08000600 4d000000 08000400 03000000`,
  ],
  [
    "ip -6 route add fd00:9::/64 via fd00:7::2 dev vx",
    newRoute({ destination: prefix("fd00:9::/64"), gateway: address("fd00:7::2"), device: 3 }),
    `4c000000 18000506 00000000 00000000 0a400000 fe030001 00000000 14000100 fd000009 00000000 00000000 00000000
     14000500 fd000007 00000000 00000000 00000002 08000400 03000000`,
  ],
  [
    "ip route get fibmatch 10.0.0.2 from 10.0.0.1",
    getRoute({ destination: address("10.0.0.2"), source: address("10.0.0.1") }),
    "2c000000 1a000500 00000000 00000000 02202000 00000000 00300000 08000100 0a000002 08000200 0a000001",
  ],
  [
    "ip -6 route get fibmatch fd00:7::9 oif va",
    getRoute({ destination: address("fd00:7::9"), device: 3 }),
    `38000000 1a000500 00000000 00000000 0a800000 00000000 00200000
     14000100 fd000007 00000000 00000000 00000009 08000400 03000000`,
  ],
];

for (const [command, message, bytes] of REQUESTS) {
  Deno.test(`bytes of ${command}`, () => assertEquals(sent(message), bytes.replaceAll(/\s/g, "")));
}

const LINKS: readonly (readonly [bytes: string, link: Link])[] = [
  [
    "0000040301000000080000000000000007000300 6c6f0000 0500100002000000 0800040000000100 0500210001000000" +
    "0a00010000000000000000000a0002000000000000000000",
    { index: 1, name: "lo", type: 772, up: false, carrier: false, mtu: 65536, mac: "00:00:00:00:00:00" },
  ],
  [
    "00000100030000004310010000000000 0700030076610000 0500100006000000 0800040078050000 0500210001000000" +
    "0a0001009ee37edd67d00000 0a000200ffffffffffff0000 1000120009000100 7665746800000000 0800050002000000",
    {
      index: 3,
      name: "va",
      type: 1,
      kind: "veth",
      up: true,
      carrier: true,
      mtu: 1400,
      mac: "9e:e3:7e:dd:67:d0",
      peer: 2,
    },
  ],
];

const ADDRESSES: readonly (readonly [bytes: string, address: DeviceAddress])[] = [
  [
    "0218800003000000 08000100c0a80701 08000200c0a80701 0700030076610000 0800080080000000" +
    "14000600fffffffffffffffffed61e00fed61e00",
    {
      device: 3,
      address: address("192.168.7.1"),
      length: 24,
      scope: "global",
      permanent: true,
      tentative: false,
      duplicate: false,
    },
  ],
  [
    "0a40c0fd02000000 14000100fe8000000000000024f74efffe701feb 14000600fffffffffffffffffed61e00fed61e00" +
    "08000800c0000000 05000b0003000000",
    {
      device: 2,
      address: address("fe80::24f7:4eff:fe70:1feb"),
      length: 64,
      scope: "link",
      permanent: true,
      tentative: true,
      duplicate: false,
    },
  ],
];

const ROUTES: readonly (readonly [bytes: string, route: Route])[] = [
  [
    "02000000fe03000100000000 08000f00fe000000 08000500c0a80702 0800040003000000",
    {
      destination: prefix("0.0.0.0/0"),
      type: "unicast",
      table: 254,
      protocol: 3,
      metric: 0,
      hops: [{ device: 3, gateway: address("192.168.7.2") }],
    },
  ],
  [
    "02100000fe03000100000000 08000f00fe000000 080001000a050000 24000900" +
    "10000000 03000000 08000500c0a80703 10000002 03000000 08000500c0a80704",
    {
      destination: prefix("10.5.0.0/16"),
      type: "unicast",
      table: 254,
      protocol: 3,
      metric: 0,
      hops: [{ device: 3, gateway: address("192.168.7.3") }, { device: 3, gateway: address("192.168.7.4") }],
    },
  ],
  // The answers to two lookups.
  [
    "02180000fe02fd0100000000 08000f00fe000000 080001000a000000 080007000a000001 0800040003000000",
    {
      destination: prefix("10.0.0.0/24"),
      type: "unicast",
      table: 254,
      protocol: 2,
      metric: 0,
      hops: [{ device: 3 }],
    },
  ],
  [
    "02200000fe02fe0200000000 08000f00fe000000 080001000a000001 080007000a000001 0800040003000000",
    {
      destination: prefix("10.0.0.1/32"),
      type: "local",
      table: 254,
      protocol: 2,
      metric: 0,
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

const bytesOf = (hex: string) => Uint8Array.fromHex(hex.replaceAll(" ", ""));

Deno.test("what the kernel lists is read", () => {
  for (const [bytes, link] of LINKS) assertEquals(readLink(bytesOf(bytes)), link);
  for (const [bytes, expected] of ADDRESSES) assertEquals(readAddress(bytesOf(bytes)), expected);
  for (const [bytes, route] of ROUTES) assertEquals(readRoute(bytesOf(bytes)), route);
});

Deno.test("messages of other families are left out", () => {
  // AF_BRIDGE is 7, RTNL_FAMILY_IPMR 128.
  assertEquals(readAddress(new Uint8Array([7, ...new Uint8Array(7)])), null);
  assertEquals(readRoute(new Uint8Array([128, ...new Uint8Array(11)])), null);
});

Deno.test("cut messages are refused, not misread", () => {
  for (const [bytes] of LINKS) assertThrows(() => readLink(bytesOf(bytes).subarray(0, 22)), NetlinkDecodeError);
  for (const [bytes] of ADDRESSES) assertThrows(() => readAddress(bytesOf(bytes).subarray(0, 14)), NetlinkDecodeError);
  for (const [bytes] of ROUTES) assertThrows(() => readRoute(bytesOf(bytes).subarray(0, 18)), NetlinkDecodeError);
  assertThrows(() => readLink(new Uint8Array(8)), NetlinkDecodeError);
  assertThrows(() => readRoute(new Uint8Array([2])), NetlinkDecodeError);
});

Deno.test("addresses are four or sixteen bytes", () => {
  for (const text of ["0.0.0.0", "203.0.113.66", "::", "fd00:2::10", "2001:db8::ffff:1"]) {
    assertEquals(readInet(addressBytes(address(text))), address(text));
  }
  assertThrows(() => readInet(new Uint8Array(6)), NetlinkDecodeError);
});
