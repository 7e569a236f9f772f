// needs: ip
/** Links of the kinds that every kernel here has, held to the real `ip`; refusals carry the kernel's reasons. */
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import {
  changeLink,
  deleteLink,
  findLink,
  findStatistics,
  listLinks,
  listStatistics,
  setDown,
  setUp,
} from "../../lib/netlink/socket/link.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import { NetlinkError } from "../../lib/netlink/wire/error.ts";
import { newLink, setLink } from "../../lib/netlink/wire/link.ts";
import { assertEquals, assertRejects } from "../../lib/std/assert.ts";
import { address } from "../addresses.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import { assertListedAlike, ip } from "./ip.ts";
import { type LinkCase, linkTests } from "./link_cases.ts";
import { namespace } from "./namespace.ts";
import { routeLab } from "./route_lab.ts";

assertPrivateNetwork();

const CASES: readonly LinkCase[] = [
  {
    title: "with a peer that is told its own name, MTU and address",
    link: {
      mtu: 1400,
      mac: "02:00:00:00:00:05",
      index: 77,
      settings: { kind: "veth", peer: { name: "other", mtu: 1300, mac: "02:00:00:00:00:06" } },
    },
    changes: [
      { up: true },
      { promiscuous: true, mtu: 1280 },
      { mac: "02:00:00:00:00:07" },
      { alias: `to the größte "switch"` },
      { promiscuous: false, up: false },
    ],
  },
  { title: "up at once", link: { up: true, settings: { kind: "ifb" } } },
  { title: "as it comes", link: { settings: { kind: "bridge" } } },
  {
    title: "with a spanning tree",
    link: {
      settings: {
        kind: "bridge",
        stp: true,
        priority: 4096,
        forwardDelay: 4,
        helloTime: 1.5,
        maxAge: 6,
        ageingTime: 60,
        multicastSnooping: false,
      },
    },
    changes: [
      { settings: { kind: "bridge", priority: 8192 }, up: true },
      { settings: { kind: "bridge", stp: false, multicastSnooping: true, multicastQuerier: true } },
    ],
  },
  ...(["private", "vepa", "bridge", "passthru"] as const).map((mode): LinkCase => ({
    title: mode,
    below: true,
    link: { settings: { kind: "macvlan", mode } },
    changes: mode === "vepa" ? [{ settings: { kind: "macvlan", mode: "bridge" } }] : [],
  })),
  {
    title: "to one other end",
    link: {
      settings: {
        kind: "vxlan",
        id: 42,
        remote: address("192.0.2.1"),
        local: address("192.0.2.2"),
        port: 4789,
        ttl: 5,
        tos: 4,
        learning: false,
        ageing: 30,
      },
    },
    changes: [{ settings: { kind: "vxlan", remote: address("192.0.2.9") } }],
  },
  {
    title: "over IPv6, without checksums",
    link: {
      settings: {
        kind: "vxlan",
        id: 0xfffffe,
        remote: address("2001:db8::1"),
        local: address("2001:db8::2"),
        port: 4790,
        checksum: true,
        zeroChecksumSend6: true,
        zeroChecksumReceive6: true,
      },
    },
  },
];

await linkTests(CASES);

Deno.test("a port of a bridge: in, set, out", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  await submit(
    netlink,
    newLink({ name: "bridge", settings: { kind: "bridge" } }),
    newLink({ name: "lan", settings: { kind: "veth", peer: { name: "far" } } }),
  );
  const [bridge, lan] = [await findLink(netlink, "bridge"), await findLink(netlink, "lan")];
  await submit(
    netlink,
    setLink(lan, { controller: bridge.index, up: true }),
    setLink(bridge, { up: true }),
    setLink(lan, { port: { controller: "bridge", cost: 7, priority: 9, isolated: true, bpduGuard: true } }),
  );
  await assertListedAlike(netlink);
  const { port, controller } = await findLink(netlink, "lan");
  assertEquals(controller, bridge.index);
  assertEquals(port?.controller === "bridge" && [port.cost, port.priority, port.isolated, port.bpduGuard], [
    7,
    9,
    true,
    true,
  ]);
  await submit(netlink, setLink(lan, { controller: 0 }));
  assertEquals((await findLink(netlink, "lan")).controller, undefined);
  await assertListedAlike(netlink);
});

Deno.test("names and aliases come, change and go; the index stays", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  await submit(netlink, newLink({ name: "one", settings: { kind: "veth", peer: { name: "two" } } }));
  const { index } = await findLink(netlink, "one");
  await changeLink(netlink, "one", { name: "lan", alias: "first floor" });
  assertEquals(await findLink(netlink, "lan"), await findLink(netlink, index));
  assertEquals((await findLink(netlink, index)).alias, "first floor");
  await changeLink(netlink, "lan", { alias: "" });
  assertEquals((await findLink(netlink, index)).alias, undefined);
  await setUp(netlink, "lan");
  await setUp(netlink, "two");
  assertEquals((await findLink(netlink, "lan")).carrier, true);
  await assertListedAlike(netlink);
  await setDown(netlink, "two");
  await assertListedAlike(netlink);
});

/** Without it nobody makes a tun. */
const tun = await Deno.stat("/dev/net/tun").then(() => true, () => false);

Deno.test({ name: "links that others made are listed, whatever their kind", ignore: !tun }, async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  ip("tuntap", "add", "tunnel", "mode", "tun");
  await assertListedAlike(netlink);
  assertEquals((await findLink(netlink, "tunnel")).kind, "tun");
});

Deno.test("counters are those of ip", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  await submit(netlink, newLink({ name: "one", up: true, settings: { kind: "veth", peer: { name: "two" } } }));
  await setUp(netlink, "two");
  // Neighbour discovery puts packets on the cable; those before the reading are what the test compares.
  ip("link", "set", "one", "arp", "off");
  const words = (side: Record<string, unknown>, names: readonly string[]) => names.map((name) => Number(side[name]));
  const names = ["packets", "bytes", "errors", "dropped"];
  const native = async (index: number) => {
    const { received, sent } = await findStatistics(netlink, index);
    return [...words({ ...received }, names), ...words({ ...sent }, names)];
  };
  const { index } = await findLink(netlink, "one");
  // Between two equal readings of the driver nothing was counted, so that of ip in the middle must be the same.
  for (let tries = 0;; tries++) {
    const before = await native(index);
    const [listed = {}] = ip("-s", "link", "show", "one");
    const after = await native(index);
    if (before.join() !== after.join() && tries < 20) continue;
    assertEquals(after, [...words(listed["stats64"]["rx"], names), ...words(listed["stats64"]["tx"], names)]);
    break;
  }
  assertEquals(
    (await listStatistics(netlink)).map(({ device }) => device),
    (await listLinks(netlink)).map(({ index }) => index),
  );
});

Deno.test("a device goes into the namespace of a process, at birth or later", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  await using other = await namespace();
  const veth = (name: string, peer: { name: string; namespace?: number }) =>
    newLink({ name, settings: { kind: "veth", peer } });
  await submit(netlink, veth("near", { name: "far", namespace: other.pid }), veth("stays", { name: "leaves" }));
  await changeLink(netlink, "leaves", { namespace: other.pid });
  await assertListedAlike(netlink);
  assertEquals(other.devices().filter((name) => ["far", "leaves"].includes(name)).length, 2);
});

const REFUSALS: readonly (readonly [title: string, ask: (netlink: NetlinkConnection) => Promise<unknown>, RegExp])[] = [
  ["a device that is not there", (netlink) => setUp(netlink, "nowhere"), /^find link nowhere: .*\(ENODEV\)$/],
  ["an index that is not there", (netlink) => findLink(netlink, 4711), /^find link 4711: .*\(ENODEV\)$/],
  [
    "a name that is taken",
    (netlink) => submit(netlink, newLink({ name: "lo", settings: { kind: "veth", peer: { name: "b" } } })),
    /^create veth link lo: .*\(EEXIST\)$/,
  ],
  [
    "a process that is not there",
    (netlink) =>
      submit(netlink, newLink({ name: "a", settings: { kind: "veth", peer: { name: "b", namespace: 2 ** 22 - 1 } } })),
    /\(ESRCH\)$/,
  ],
  ["a device nobody made", (netlink) => deleteLink(netlink, "lo"), /^delete link lo: .*\(EOPNOTSUPP\)$/],
  [
    "a vxlan without an identifier",
    (netlink) => submit(netlink, newLink({ name: "vx", settings: { kind: "vxlan" } })),
    /^create vxlan link vx: .*\(EINVAL\)$/,
  ],
];

for (const [title, ask, message] of REFUSALS) {
  Deno.test(`${title} is refused with the kernel's reason`, async () => {
    using netlink = NetlinkConnection.open(ROUTE);
    const error = await assertRejects(() => ask(netlink), NetlinkError);
    assertEquals(message.test(error.message), true, error.message);
  });
}

Deno.test("a refusal has the kernel's own words", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  await submit(netlink, newLink({ name: "one", settings: { kind: "veth", peer: { name: "two" } } }));
  const error = await assertRejects(() => changeLink(netlink, "one", { mtu: 100_000 }), NetlinkError);
  assertEquals(error.message, "set link one mtu 100000: mtu greater than device maximum (EINVAL)");
});
