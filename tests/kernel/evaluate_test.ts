// needs: nft ip
/**
 * The evaluator against the kernel: random documents are loaded, random packets are put on the cable of a device, and
 * every counter of the table, the place where the packet was last and its translation must be as predicted. Only the
 * state that conntrack gives the packet is read from the kernel, as it is no matter of the rules.
 */
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { compile } from "../../lib/features/compile.ts";
import { BITS } from "../../lib/model/address.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import { deleteLink, findLink, setUp } from "../../lib/netlink/socket/link.ts";
import { newAddress } from "../../lib/netlink/wire/address.ts";
import { newLink } from "../../lib/netlink/wire/link.ts";
import { newRoute } from "../../lib/netlink/wire/route.ts";
import { AttributeWriter } from "../../lib/netlink/wire/attribute.ts";
import { readConnection, type TrackedConnection, type Tuple } from "../../lib/netlink/wire/conntrack.ts";
import { nfgenmsg, SUBSYSTEM_CONNTRACK } from "../../lib/netlink/wire/nfnetlink.ts";
import { dumpRequest, readRule } from "../../lib/nft/decode.ts";
import { decodeRule } from "../../lib/nft/decode_rule.ts";
import { type ConnectionState, type Evaluation, type Packet, receive } from "../../lib/nft/evaluate/mod.ts";
import type { Table } from "../../lib/nft/ruleset.ts";
import { writeSysctl } from "../../lib/services/sysctl.ts";
import { connect, flush, loadNatively, nft } from "./nft_harness.ts";
import { Random } from "./random.ts";
import { randomDocument, withoutErrors } from "./random_document.ts";
import { randomPacket } from "./random_packet.ts";
import { Injector } from "./raw_packet.ts";
import { address, prefix } from "../addresses.ts";
import { factsOf, type Routing, valueOf } from "./routing_table.ts";

const ROUTING: Routing = {
  addresses: {
    "eth-wan": ["203.0.113.1", "2001:db8::1"],
    "eth-lan": ["192.168.1.1", "fd00:1::1"],
    "eth-dmz": ["192.168.2.1", "fd00:2::1"],
  },
  // No route leads to some of the addresses.
  routes: [
    ["203.0.113.0/24", "eth-wan"],
    ["198.51.100.0/24", "eth-wan"],
    ["192.168.0.0/16", "eth-lan"],
    ["192.168.2.0/24", "eth-dmz"],
    ["10.0.0.0/8", "eth-dmz"],
    ["10.0.0.8/29", "eth-lan"],
    ["2001:db8::/32", "eth-wan"],
    ["fd00::/16", "eth-dmz"],
    ["fd00:1::/64", "eth-lan"],
    ["fd00:77::/64", "eth-wan"],
  ],
};
const DEVICES = Object.keys(ROUTING.addresses);
const FACTS = factsOf(ROUTING);

/** Counts in places where Patronus has no chain, and keeps this machine's own packets out of the way. */
const WITNESS = `table inet witness {
  chain arrival { type filter hook prerouting priority -1000; counter; }
  chain state { type filter hook prerouting priority -150;
    ct state new counter
    ct state established counter
    ct state related counter
    ct state invalid counter
    ct state untracked counter
  }
  chain input { type filter hook input priority 1000; counter; }
  chain forward { type filter hook forward priority 1000; counter; }
  chain postrouting { type filter hook postrouting priority 1000;
${DEVICES.map((device) => `    oifname "${device}" counter\n`).join("")}  }
  chain output { type filter hook output priority -1000; drop; }
}
`;
const STATES: readonly ConnectionState[] = ["new", "established", "related", "invalid", "untracked"];

type Cables = ReadonlyMap<string, { readonly far: number; readonly mac: string }>;

/** Devices whose far ends are in this namespace too, where packets are put in; what comes out there is for nobody. */
async function layCables(route: NetlinkConnection): Promise<Cables> {
  writeSysctl("net.ipv6.conf.default.accept_dad", "0");
  for (const name of ["all", "default"]) writeSysctl(`net.ipv4.conf.${name}.rp_filter`, "0");
  const cables = new Map<string, { far: number; mac: string }>();
  for (const [device, own] of Object.entries(ROUTING.addresses)) {
    const peer = device.replace("eth", "far");
    await submit(route, newLink({ name: device, settings: { kind: "veth", peer: { name: peer } } }));
    writeSysctl(`net.ipv6.conf.${peer}.disable_ipv6`, "1");
    // Without ARP nobody has to answer for the neighbours.
    const { success } = new Deno.Command("ip", { args: ["link", "set", device, "arp", "off"] }).outputSync();
    assert(success);
    await setUp(route, peer);
    await setUp(route, device);
    const { index, mac = "" } = await findLink(route, device);
    for (const one of own.map(address)) {
      const wanted = { device: index, address: one, length: BITS[one.family], unchecked: true };
      await submit(route, newAddress(wanted));
    }
    cables.set(device, { far: (await findLink(route, peer)).index, mac });
  }
  for (const [text, device] of ROUTING.routes) {
    const hops = [{ device: (await findLink(route, device)).index }];
    await submit(route, newRoute({ destination: prefix(text), hops }));
  }
  for (const family of ["ipv4.ip_forward", "ipv6.conf.all.forwarding"]) writeSysctl(`net.${family}`, "1");
  return cables;
}

/** Packets that each rule has counted, by chain; undefined for rules without a counter. */
async function readCounters(netlink: NetlinkConnection, table: string): Promise<Map<string, (number | undefined)[]>> {
  const counts = new Map<string, (number | undefined)[]>();
  for (const { payload } of await netlink.dump(dumpRequest("rules", "inet", table), "read counters")) {
    const { chain, rule } = readRule(payload);
    const counter = decodeRule(rule, new Map()).statements.find((statement) => statement.kind === "counter");
    const list = counts.get(chain) ?? [];
    counts.set(chain, [...list, counter?.kind === "counter" ? counter.packets : undefined]);
  }
  return counts;
}

/** Rules that have counted since, as `chain 3`. */
function increments(before: Awaited<ReturnType<typeof readCounters>>, after: typeof before): string[] {
  return [...after].flatMap(([chain, counts]) =>
    counts.flatMap((count, index) => {
      const more = (count ?? 0) - (before.get(chain)?.[index] ?? 0);
      return Array<string>(more).fill(`${chain} ${index}`);
    })
  ).sort();
}

/** IPCTNL_MSG_CT_GET and IPCTNL_MSG_CT_DELETE of linux/netfilter/nfnetlink_conntrack.h, for all connections. */
function conntrackMessage(type: 1 | 2): Uint8Array<ArrayBuffer> {
  const writer = new AttributeWriter(64);
  writer.message((SUBSYSTEM_CONNTRACK << 8) | type, 0, nfgenmsg(0));
  return writer.finish();
}

class Comparison {
  mismatches: string[] = [];
  /** Packets by where they were last and what became of them. */
  readonly tally = new Map<string, number>();

  constructor(
    readonly netlink: NetlinkConnection,
    readonly injector: Injector,
    readonly cables: Cables,
    readonly table: Table,
    readonly where: string,
  ) {}

  /** Sends a packet and compares. Gives the connection that it began, where it passed. */
  async try(packet: Packet): Promise<{ evaluation: Evaluation; connection?: TrackedConnection }> {
    const cable = this.cables.get(packet.in);
    assert(cable !== undefined);
    const before = await readCounters(this.netlink, this.table.name);
    const witnessed = await readCounters(this.netlink, "witness");
    this.injector.send(packet, cable.far, cable.mac);
    const seen = await this.#arrived(witnessed);
    const counted = increments(before, await readCounters(this.netlink, this.table.name));

    const index = STATES.findIndex((_, at) => seen.includes(`state ${at}`));
    const state = STATES[index] ?? packet.connection.state;
    const evaluation = receive([this.table], { ...packet, connection: { ...packet.connection, state } }, FACTS);
    const predicted = evaluation.matched.filter(({ rule }) => rule.statements.some(({ kind }) => kind === "counter"))
      .map(({ chain, index }) => `${chain} ${index}`).sort();
    const place = lastPlace(evaluation);
    const last = seen.find((entry) => entry.startsWith("postrouting")) ??
      (seen.includes("input 0") ? "input" : "nowhere");
    const [connection] = (await this.netlink.dump(conntrackMessage(1), "list connections"))
      .map(({ payload }) => readConnection(payload));
    const moved = connection === undefined || !("accept" === evaluation.verdict)
      ? []
      : translations(evaluation, connection);
    const key = `${evaluation.hook} ${evaluation.verdict} ${state}`;
    this.tally.set(key, (this.tally.get(key) ?? 0) + 1);
    if (evaluation.verdict === "unknown") {
      // Of a range of addresses the kernel takes one: what it does until then is known.
      assertEquals(evaluation.translations[0]?.after.address, undefined, `${this.where}: ${show(packet)}`);
      assertEquals(predicted.filter((rule) => !counted.includes(rule)), [], `${this.where}: ${show(packet)}`);
      return { evaluation };
    }
    if (JSON.stringify([counted, last, []]) !== JSON.stringify([predicted, place, moved])) {
      this.mismatches.push(
        `${this.where}: ${show(packet)} state ${state}\n  kernel    ${last}: ${counted.join(", ")}\n` +
          `  evaluator ${place}: ${predicted.join(", ")} ${evaluation.verdict} ${evaluation.why ?? ""}\n  ${
            moved.join(" ")
          }`,
      );
    }
    return { evaluation, ...(connection === undefined ? {} : { connection }) };
  }

  async forget(): Promise<void> {
    await this.netlink.request(conntrackMessage(2), "forget all connections");
  }

  /** Waits until the packet has arrived; where it did, it has gone its whole way. */
  async #arrived(before: Awaited<ReturnType<typeof readCounters>>): Promise<string[]> {
    for (let tries = 0; tries < 200; tries++) {
      const seen = increments(before, await readCounters(this.netlink, "witness"));
      if (seen.includes("arrival 0")) return seen;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${this.where}: a packet never arrived`);
  }
}

/** As the witness sees it. */
function lastPlace({ verdict, hook, packet }: Evaluation): string {
  if (verdict !== "accept") return "nowhere";
  return hook === "input" ? "input" : `postrouting ${DEVICES.indexOf(packet.out)}`;
}

/** How the connection's answers differ from what was predicted; ends that the kernel chooses are not compared. */
function translations({ packet }: Evaluation, { reply }: TrackedConnection): string[] {
  if (packet.connection.state !== "new") return [];
  const wrong: string[] = [];
  const compare = (what: string, predicted: number | bigint | undefined, kernel: number | bigint) => {
    if (predicted !== undefined && predicted !== kernel) wrong.push(`${what} ${predicted} instead of ${kernel}`);
  };
  compare("destination", packet.destination.address, valueOf(reply.source));
  compare("source", packet.source.address, valueOf(reply.destination));
  compare("destination port", packet.destination.port, reply.sourcePort);
  compare("source port", packet.source.port, reply.destinationPort);
  return wrong;
}

/** The first answer to a packet, as it comes to the device that the packet went out of. */
function answer(packet: Packet, device: string, { original, reply }: TrackedConnection): Packet | null {
  const end = (of: Tuple, side: "source" | "destination") => ({
    address: valueOf(of[side]),
    ...(packet.source.port === undefined ? {} : { port: of[`${side}Port`] }),
  });
  const [source, destination] = [end(original, "destination"), end(original, "source")];
  const same = (a: typeof source, b: typeof source) => a.address === b.address && a.port === b.port;
  if (packet.icmp !== undefined && packet.icmp.type !== 8 && packet.icmp.type !== 128) return null;
  return {
    ...packet,
    source: end(reply, "source"),
    destination: end(reply, "destination"),
    ...(packet.icmp === undefined ? {} : { icmp: { type: packet.family === 4 ? 0 : 129, code: 0 } }),
    ...(packet.protocol === 6 ? { tcpFlags: 18 } : {}),
    in: device,
    connection: {
      state: "established",
      direction: "reply",
      rewrites: {
        ...(same(source, end(reply, "source")) ? {} : { source }),
        ...(same(destination, end(reply, "destination")) ? {} : { destination }),
      },
    },
  };
}

function show(packet: Packet): string {
  return JSON.stringify(packet, (_, value) => typeof value === "bigint" ? `0x${value.toString(16)}` : value);
}

/** What must have happened among so many packets. */
const COVERED = [
  "prerouting drop new",
  "prerouting unroutable new",
  "input accept new",
  "input drop invalid",
  "input reject new",
  "forward drop new",
  "forward reject new",
  "postrouting accept new",
  "postrouting accept established",
];

const DOCUMENTS = 40;
const PACKETS = 50;

Deno.test(`${DOCUMENTS} random documents do with ${PACKETS} random packets each what is predicted`, async () => {
  const random = new Random();
  using netlink = connect();
  using route = NetlinkConnection.open(ROUTE);
  using injector = new Injector();
  const cables = await layCables(route);
  const tally = new Map<string, number>();
  const mismatches: string[] = [];
  try {
    for (let round = 0; round < DOCUMENTS; round++) {
      flush();
      nft([], WITNESS);
      const { table } = compile(withoutErrors(randomDocument(random)));
      await loadNatively(netlink, [table]);
      const comparison = new Comparison(netlink, injector, cables, table, `seed ${random.seed}, document ${round}`);
      for (let sent = 0; sent < PACKETS; sent++) {
        await comparison.forget();
        const packet = randomPacket(random, DEVICES);
        const { evaluation, connection } = await comparison.try(packet);
        if (connection === undefined || evaluation.verdict !== "accept" || evaluation.hook !== "postrouting") continue;
        const back = answer(packet, evaluation.packet.out, connection);
        if (back !== null) await comparison.try(back);
      }
      for (const [key, count] of comparison.tally) tally.set(key, (tally.get(key) ?? 0) + count);
      mismatches.push(...comparison.mismatches);
    }
  } finally {
    flush();
    for (const device of DEVICES) await deleteLink(route, device);
  }
  const where = `seed ${random.seed}: ${[...tally].sort().map(([key, count]) => `${key} ${count}`).join(", ")}`;
  assertEquals(mismatches, [], where);
  for (const key of COVERED) assert(tally.has(key), `no ${key}; ${where}`);
});
