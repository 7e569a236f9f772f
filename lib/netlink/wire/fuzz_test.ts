/** Whatever bytes come: a reader ends, and either gives a value or says that they are none. */
import { Random } from "../../../tests/kernel/random.ts";
import { address, prefix } from "../../../tests/addresses.ts";
import { assert, assertThrows } from "../../std/assert.ts";
import { newAddress, readAddress } from "./address.ts";
import { AttributeWriter, LITTLE_ENDIAN, MESSAGE_HEADER } from "./attribute.ts";
import { addBridgeVlans, readPortVlans } from "./bridge_vlan.ts";
import { NetlinkDecodeError } from "./error.ts";
import { readEvent } from "./event.ts";
import { type NewLink, newLink, readLink, setLink } from "./link.ts";
import { errorOf, isError, splitMessages } from "./message.ts";
import { readNeighbour, replaceNeighbour } from "./neighbour.ts";
import { newRoute, readRoute } from "./route.ts";
import type { Change } from "./rtnetlink.ts";
import { newRule, readRule } from "./rule.ts";
import { readStatistics } from "./statistics.ts";

const READERS: readonly ((payload: Uint8Array) => unknown)[] = [
  readLink,
  readAddress,
  readRoute,
  readRule,
  readNeighbour,
  readPortVlans,
  readStatistics,
];

const gateway = address("10.0.0.1");
const link = (settings: NewLink["settings"]) => newLink({ name: "lan", mtu: 1500, settings });

/** Good messages to begin with: one of each kind, with all that nests. */
const SEEDS: readonly Uint8Array[] = ([
  link({ kind: "bond", mode: "802.3ad", arpTargets: [gateway], systemMac: "02:00:00:00:00:01" }),
  link({ kind: "bridge", stp: true, forwardDelay: 4, vlanProtocol: "802.1Q" }),
  link({ kind: "macvlan", mode: "bridge" }),
  link({ kind: "veth", peer: { name: "b", mtu: 1400, mac: "02:00:00:00:00:01" } }),
  link({ kind: "vlan", id: 5, options: { gvrp: true }, ingress: [{ from: 1, to: 2 }], egress: [{ from: 3, to: 4 }] }),
  link({ kind: "vxlan", id: 5, remote: gateway, local: address("fd00::1") }),
  setLink({ index: 3, name: "lan" }, { alias: "größe", port: { controller: "bridge", cost: 5 } }),
  newAddress({ device: 3, address: gateway, length: 24, label: "lan", lifetime: { valid: 5 }, noPrefixRoute: true }),
  newRoute({ destination: prefix("10.0.0.0/8"), mtu: 1400, table: 1000, hops: [{ gateway }, { device: 3 }] }),
  newRoute({ destination: prefix("10.0.0.0/8"), hops: [{ gateway: address("fd00::1"), device: 3 }] }),
  newRule({
    family: 6,
    priority: 5,
    source: prefix("fd00::/8"),
    sourcePorts: { from: 1, to: 2 },
    incoming: "lan",
    action: { type: "goto", priority: 9 },
  }),
  replaceNeighbour({ device: 3, address: gateway, mac: "02:00:00:00:00:01" }),
  addBridgeVlans({ index: 3, name: "lan" }, [{ from: 1, to: 9, untagged: false, native: false }]),
] satisfies readonly Change[]).map(({ message }) => message.subarray(MESSAGE_HEADER));

/** Reads bytes at the end of larger memory, so that a read beyond them would find something. */
function read(reader: (payload: Uint8Array) => unknown, bytes: Uint8Array): void {
  const memory = new Uint8Array(bytes.length + 64).fill(0xa5);
  memory.set(bytes);
  const at = memory.subarray(0, bytes.length);
  let inside: unknown;
  let alone: unknown;
  try {
    inside = reader(at);
  } catch (error) {
    assert(error instanceof NetlinkDecodeError, `${reader.name} of ${bytes.toHex()}: ${error}`);
    inside = error.message;
  }
  try {
    alone = reader(new Uint8Array(bytes));
  } catch (error) {
    alone = (error as Error).message;
  }
  // What lies behind the bytes makes no difference.
  const text = (value: unknown) => JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}` : part);
  assert(text(inside) === text(alone), `${reader.name} of ${bytes.toHex()} reads beyond its end`);
}

const readAll = (bytes: Uint8Array) => {
  for (const reader of READERS) read(reader, bytes);
};

Deno.test("messages cut at any place", () => {
  for (const seed of SEEDS) for (let size = 0; size <= seed.length; size++) readAll(seed.subarray(0, size));
});

Deno.test("messages with one length or byte changed", () => {
  const random = new Random();
  for (const seed of SEEDS) {
    for (let at = 0; at < seed.length; at++) {
      for (const value of [0, 3, 0x7f, 0xff, random.below(256)]) {
        const bytes = new Uint8Array(seed);
        bytes[at] = value;
        readAll(bytes);
      }
    }
  }
});

Deno.test("attributes that hold themselves, as deep as a message goes", () => {
  const depth = 16_000;
  for (const seed of SEEDS) {
    for (const type of [1, 2, 5, 8, 9, 18, 26]) {
      const header = seed.subarray(0, 16);
      const bytes = new Uint8Array(header.length + depth * 4);
      bytes.set(header);
      const view = new DataView(bytes.buffer);
      for (let at = header.length; at < bytes.length; at += 4) {
        view.setUint16(at, Math.min(0xffff, bytes.length - at), LITTLE_ENDIAN);
        view.setUint16(at + 2, type | 0x8000, LITTLE_ENDIAN);
      }
      readAll(bytes);
    }
  }
});

Deno.test("attributes of no and of the most bytes", () => {
  const writer = new AttributeWriter(70_000);
  for (const seed of SEEDS) {
    for (let type = 0; type < 64; type++) {
      for (const size of [0, 1, 3, 4, 7, 8, 15, 16, 17, 65_531]) {
        writer.reset();
        writer.raw(seed.subarray(0, size > 17 ? 16 : 12));
        writer.bytes(type, new Uint8Array(size).fill(size));
        const bytes = new Uint8Array(writer.finish());
        if (size <= 17 || type % 16 === 0) readAll(bytes);
      }
    }
  }
});

Deno.test("random bytes, and random attributes behind good headers", () => {
  const random = new Random();
  for (let round = 0; round < 5_000; round++) {
    const bytes = Uint8Array.from({ length: random.below(96) }, () => random.below(256));
    if (round % 2 === 0) bytes.set(SEEDS[random.below(SEEDS.length)]?.subarray(0, Math.min(16, bytes.length)) ?? []);
    readAll(bytes);
    const type = 16 + random.below(20);
    read((payload) => readEvent({ type, flags: 0, sequence: 0, payload }), bytes);
    read(splitMessages, bytes);
    read((payload) => errorOf({ type: 2, flags: 0x200 | (round & 0x100), sequence: 0, payload }, () => ""), bytes);
  }
});

Deno.test("an error message without a number is none", () => {
  const empty = { type: 2, flags: 0, sequence: 0, payload: new Uint8Array(3) };
  assert(isError(empty));
  assertThrows(() => errorOf(empty, () => ""), NetlinkDecodeError);
});
