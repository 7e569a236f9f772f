// needs: nft ip
/** The network of a document in the kernel, read back with `ip` and `bridge`. */
import { assertEquals, assertRejects } from "../../lib/std/assert.ts";
import { become } from "../../lib/engine/network/driver.ts";
import { compile } from "../../lib/features/compile.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { Monitor } from "../../lib/netlink/socket/monitor.ts";
import { PatronusError } from "../../lib/model/error.ts";
import { edit, engineTest, type Site, written } from "./engine_harness.ts";
import { ip as program, type Listed } from "./ip.ts";

/** What `ip` lists as JSON, its words parted by spaces. */
function ip(words: string): Listed[] {
  return program(...words.split(" "));
}

/** Static addresses of a device. */
function addresses(device: string): string[] {
  const [link] = ip(`address show dev ${device}`) as { addr_info?: Listed[] }[];
  return (link?.addr_info ?? []).filter(({ scope }) => scope !== "link")
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort();
}

/** Patronus's routes, as `destination gateway device metric`. */
function routes(): string[] {
  return [...ip("-4 route show table all"), ...ip("-6 route show table all")]
    .filter(({ protocol }) => protocol === "80")
    .map(({ dst, gateway, dev, metric, type, nexthops }) =>
      [
        type === "unicast" ? "" : type ?? "",
        dst,
        gateway ?? "",
        dev ?? "",
        metric ?? "",
        nexthops === undefined ? "" : "several",
      ]
        .filter((word) => word !== "").join(" ")
    ).sort();
}

/** Devices in the namespace, but for those that each has. */
function devices(): string[] {
  return ip("link").map(({ ifname }) => String(ifname)).filter((name) =>
    !/^(lo|tunl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|sit0|ip6tnl0|ip6gre0)$/.test(name)
  ).sort();
}

/** A test with two cables: `port1` and `port2` with their other ends `peer1` and `peer2`, which are up. */
function networkTest(name: string, work: (site: Site) => Promise<void>): void {
  engineTest(name, async (site) => {
    for (const number of [1, 2]) {
      ip(`link add port${number} type veth peer name peer${number}`);
      ip(`link set peer${number} up`);
    }
    try {
      await work(site);
    } finally {
      for (const device of devices()) {
        try {
          ip(`link delete ${device}`);
        } catch { /* It went with its peer or parent. */ }
      }
      for (const route of ip("route show proto 80")) ip(`route delete ${route["dst"]} proto 80`);
    }
  });
}

const LAN = `
[[interfaces]]
name = "lan"
device = "port1"
addresses = ["192.168.1.1/24", "fd00:1::1/64"]
mtu = 1400
`;

networkTest("addresses, MTU and routes of both families; applying again sends nothing", async (site) => {
  const engine = await site.open();
  edit(
    engine,
    written(`${LAN}
[[routes]]
destination = "default"
gateway = "192.168.1.254"
[[routes]]
id = "default-6"
destination = "default"
gateway = "fe80::1"
interface = "lan"
[[routes]]
destination = "10.8.0.0/16"
gateway = "192.168.1.253"
metric = 10
[[routes]]
destination = "10.0.0.0/8"
type = "unreachable"
[[routes]]
destination = "10.9.0.0/16"
hops = [{ gateway = "192.168.1.10" }, { gateway = "192.168.1.11", weight = 2 }]
`),
  );
  await engine.apply();
  assertEquals(addresses("port1"), ["192.168.1.1/24", "fd00:1::1/64"]);
  const [link] = ip("link show dev port1");
  assertEquals([link?.["mtu"], link?.["operstate"]], [1400, "UP"]);
  assertEquals(routes(), [
    "10.8.0.0/16 192.168.1.253 port1 10",
    "10.9.0.0/16 several",
    "default 192.168.1.254 port1",
    "default fe80::1 port1 1024",
    "unreachable 10.0.0.0/8",
  ]);
  const plan = await engine.plan();
  assertEquals([plan.steps, plan.drift], [[], []]);
  const again = await assertRejects(() => engine.apply(), PatronusError);
  assertEquals(again.code, "nothing");
});

networkTest("what is as wanted gets no message, and what is not gets one for each difference", async () => {
  const { network } = compile(written(`${LAN}[[routes]]\ndestination = "10.8.0.0/16"\ngateway = "192.168.1.253"\n`));
  using netlink = NetlinkConnection.open(ROUTE);
  assertEquals(await become(netlink, network), []);
  const sent = netlink.changes;
  assertEquals(sent, 4, "MTU and up, two addresses, a route");
  assertEquals(await become(netlink, network), []);
  assertEquals(netlink.changes, sent);
  ip("address delete 192.168.1.1/24 dev port1");
  assertEquals(await become(netlink, network), []);
  // The kernel took the route away with the address.
  assertEquals(netlink.changes, sent + 2);
});

networkTest("bridges, macvlans and VXLANs are made, changed and taken away", async (site) => {
  const engine = await site.open();
  const base = `
[[interfaces]]
name = "a"
device = "port1"
[[interfaces]]
name = "b"
device = "port2"
`;
  edit(
    engine,
    written(`${base}
[[interfaces]]
name = "lan"
device = "br0"
bridge = { members = ["a", "b"] }
addresses = "192.168.1.1/24"
[[interfaces]]
name = "own"
macvlan = { parent = "lan" }
addresses = "192.168.2.1/24"
[[interfaces]]
name = "site"
vxlan = { vni = 7, remote = "192.168.1.9", local = "192.168.1.1", parent = "lan" }
addresses = "192.168.3.1/24"
`),
  );
  await engine.apply();
  assertEquals(devices(), ["br0", "own", "peer1", "peer2", "port1", "port2", "site"]);
  for (const port of ["port1", "port2"]) assertEquals(ip(`link show dev ${port}`)[0]?.["master"], "br0");
  const details = (device: string) => (ip(`link show dev ${device}`)[0]?.["linkinfo"] as Listed)["info_data"] as Listed;
  assertEquals([details("site")["id"], details("site")["remote"], details("site")["port"]], [7, "192.168.1.9", 4789]);
  assertEquals(details("own")["mode"], "bridge");
  assertEquals((await engine.plan()).steps, []);

  const before = ip("link show dev br0")[0]?.["ifindex"];
  edit(
    engine,
    written(`${base}
[[interfaces]]
name = "lan"
device = "br0"
bridge = { members = "b", stp = true }
addresses = ["192.168.1.1/24", "192.168.9.1/24"]
`),
  );
  await engine.apply();
  assertEquals(devices(), ["br0", "peer1", "peer2", "port1", "port2"]);
  assertEquals(ip("link show dev port1")[0]?.["master"], undefined);
  assertEquals(ip("link show dev br0")[0]?.["ifindex"], before, "the bridge is the one that was there");
  assertEquals(details("br0")["stp_state"], 1);
  assertEquals(addresses("br0"), ["192.168.1.1/24", "192.168.9.1/24"]);

  await engine.rollback();
  assertEquals(devices(), ["br0", "own", "peer1", "peer2", "port1", "port2", "site"]);
  assertEquals(addresses("br0"), ["192.168.1.1/24"]);
});

networkTest("another MTU does not take the link down, another name does not lose addresses", async (site) => {
  const engine = await site.open();
  const made = (name: string, mtu: number) =>
    written(`
[[interfaces]]
name = "lan"
device = "port1"
mtu = 1500
[[interfaces]]
id = "own"
name = "${name}"
macvlan = { parent = "lan" }
addresses = ["192.168.2.1/24", "fd00:2::1/64"]
mtu = ${mtu}
[[routes]]
destination = "10.8.0.0/16"
gateway = "192.168.2.254"
`);
  edit(engine, made("own", 1500));
  await engine.apply();
  const link = (device: string) => ip(`link show dev ${device}`)[0] ?? {};
  const { ifindex } = link("own");
  using monitor = Monitor.open(["link"]);
  edit(engine, made("own", 1400));
  const plan = await engine.plan();
  assertEquals(plan.steps.flatMap(({ kind, changes }) => kind === "network" ? changes : []), [
    { action: "change", subject: "link own", before: "MTU 1500", after: "MTU 1400" },
  ]);
  await engine.apply();
  for await (const event of monitor) {
    if (event.subject !== "link" || event.link.name !== "own") continue;
    assertEquals([event.gone, event.link.up, event.link.carrier], [false, true, true]);
    if (event.link.mtu === 1400) break;
  }
  edit(engine, made("other", 1400));
  await engine.apply();
  assertEquals(link("other")["ifindex"], ifindex);
  assertEquals(addresses("other"), ["192.168.2.1/24", "fd00:2::1/64"]);
  assertEquals(routes(), ["10.8.0.0/16 192.168.2.254 other"]);
});

networkTest("what the document does not name is left alone, and what it does not say too", async (site) => {
  ip("address add 10.1.0.1/24 dev port2");
  ip("link set port2 up");
  ip("address add 10.2.0.1/24 dev port1");
  ip("route add 10.3.0.0/16 via 10.1.0.9");
  const engine = await site.open();
  edit(engine, written('[[interfaces]]\nname = "lan"\ndevice = "port1"\n'));
  await engine.apply();
  assertEquals([addresses("port1"), addresses("port2")], [["10.2.0.1/24"], ["10.1.0.1/24"]]);
  assertEquals(ip("route show 10.3.0.0/16").length, 1);
  edit(engine, written('[[interfaces]]\nname = "lan"\ndevice = "port1"\naddresses = []\n'));
  await engine.apply();
  assertEquals([addresses("port1"), addresses("port2")], [[], ["10.1.0.1/24"]]);
});

networkTest("an address that somebody took away is drift, and comes back", async (site) => {
  const engine = await site.open();
  edit(engine, written(LAN));
  await engine.apply();
  ip("address delete 192.168.1.1/24 dev port1");
  assertEquals((await engine.plan()).drift.map(({ action, subject }) => `${action} ${subject}`), [
    "add address 192.168.1.1/24",
  ]);
  await engine.apply();
  assertEquals(addresses("port1"), ["192.168.1.1/24", "fd00:1::1/64"]);
});

networkTest("what the kernel refuses is named, and everything is as it was", async (site) => {
  const engine = await site.open();
  edit(engine, written(LAN));
  await engine.apply();
  ip("route add 10.8.0.0/16 via 192.168.1.77");
  edit(
    engine,
    written(`${LAN.replace("1400", "1300")}
[[routes]]
destination = "10.7.0.0/16"
gateway = "192.168.1.254"
[[routes]]
destination = "10.8.0.0/16"
gateway = "192.168.1.254"
`),
  );
  const error = await assertRejects(() => engine.apply(), PatronusError);
  assertEquals(error.message.includes("cannot add route 10.8.0.0/16"), true, error.message);
  assertEquals(error.details.hint?.includes("another program set a route"), true, error.details.hint);
  assertEquals(ip("link show dev port1")[0]?.["mtu"], 1400);
  assertEquals(routes(), []);
});

networkTest("a version that is undone takes its network with it", async (site) => {
  ip("address add 10.2.0.1/24 dev port1");
  ip("link set port1 mtu 1280");
  const engine = await site.open();
  edit(engine, written(`${LAN}[[interfaces]]\nname = "site"\nvxlan = { vni = 7, remote = "192.168.1.9" }\n`));
  await engine.apply({ confirmWithin: 60 });
  assertEquals(addresses("port1"), ["192.168.1.1/24", "fd00:1::1/64"]);
  await engine.rollback();
  assertEquals(addresses("port1"), ["10.2.0.1/24"]);
  const [link] = ip("link show dev port1");
  assertEquals([link?.["mtu"], link?.["operstate"]], [1280, "DOWN"]);
  assertEquals(devices(), ["peer1", "peer2", "port1", "port2"]);
});

networkTest("a device that is not there yet is passed over", async (site) => {
  const engine = await site.open();
  edit(
    engine,
    written(`${LAN}[[interfaces]]\nname = "usb"\ndevice = "usb0"\naddresses = "10.5.0.1/24"
[[routes]]\ndestination = "10.6.0.0/16"\ngateway = "10.5.0.2"\ninterface = "usb"\n`),
  );
  await engine.apply();
  assertEquals((await engine.plan()).steps, []);
  ip("link add usb0 type veth peer name usb1");
  ip("link set usb1 up");
  assertEquals((await engine.plan()).drift.map(({ action, subject }) => `${action} ${subject}`), [
    "change router advertisements on usb0",
    "change link usb0",
    "add address 10.5.0.1/24",
    "add route 10.6.0.0/16",
  ]);
});

networkTest(
  "an undo brings back what a change took along: others' routes, and addresses of a device set down",
  async (site) => {
    for (const words of ["address add 10.5.0.30/24 dev port1", "address add fd00:5::30/64 dev port1 nodad"]) ip(words);
    ip("link set port1 up");
    ip("route add default via 10.5.0.1");
    ip("-6 route add default via fd00:5::1");
    const defaults = () =>
      [...ip("-4 route show default"), ...ip("-6 route show default")].map(({ gateway }) => gateway).join(" ");
    const before = [addresses("port1"), defaults()];
    const engine = await site.open();
    edit(engine, written('[[interfaces]]\nname = "port1"\naddresses = ["10.5.0.31/24", "fd00:5::30/64"]\n'));
    await engine.apply({ confirmWithin: 60 });
    assertEquals(addresses("port1"), ["10.5.0.31/24", "fd00:5::30/64"]);
    await engine.rollback();
    assertEquals([addresses("port1"), defaults()], before);
    edit(engine, written('[[interfaces]]\nname = "port1"\nenabled = false\n'));
    await engine.apply({ confirmWithin: 60 });
    assertEquals(ip("link show dev port1")[0]?.["operstate"], "DOWN");
    await engine.rollback();
    assertEquals([addresses("port1"), defaults()], before);
  },
);

networkTest("routes follow their gateway's network, and addresses the interface, to another device", async (site) => {
  const engine = await site.open();
  const on = (device: string, more = "") =>
    written(`[[interfaces]]\nname = "lan"\ndevice = "${device}"\naddresses = ["10.1.0.1/24", "fd00:1::1/64"]\n${more}
[[routes]]\ndestination = "10.100.0.0/16"\ngateway = "10.1.0.9"\n`);
  edit(engine, on("port1"));
  await engine.apply();
  edit(engine, on("port2"));
  await engine.apply();
  assertEquals([addresses("port1"), addresses("port2")], [[], ["10.1.0.1/24", "fd00:1::1/64"]]);
  assertEquals(routes(), ["10.100.0.0/16 10.1.0.9 port2"]);
  await engine.rollback();
  assertEquals([addresses("port1"), addresses("port2")], [["10.1.0.1/24", "fd00:1::1/64"], []]);
  assertEquals(routes(), ["10.100.0.0/16 10.1.0.9 port1"]);
});

networkTest("what ends by itself can be made to stay, and a link-local address be given", async (site) => {
  ip("address add 10.0.0.5/24 dev port1 valid_lft 1000 preferred_lft 900");
  const engine = await site.open();
  edit(engine, written('[[interfaces]]\nname = "port1"\naddresses = ["10.0.0.5/24", "fe80::1/64"]\n'));
  await engine.apply();
  const infos = ip("address show dev port1")[0]?.["addr_info"] as Listed[];
  const four = infos.find(({ local }) => local === "10.0.0.5");
  assertEquals([four?.["dynamic"], four?.["valid_life_time"]], [undefined, 4294967295]);
  assertEquals(infos.some(({ local }) => local === "fe80::1"), true);
  assertEquals((await engine.plan()).steps, []);
});

networkTest("a device can be set down though routes lead through it", async (site) => {
  const engine = await site.open();
  const on = (enabled: boolean) =>
    written(`[[interfaces]]\nname = "lan"\ndevice = "port1"\nenabled = ${enabled}\naddresses = "10.1.0.1/24"
[[routes]]\ndestination = "default"\ngateway = "fe80::1"\ninterface = "lan"
[[routes]]\ndestination = "10.9.0.0/16"\ninterface = "lan"\n`);
  edit(engine, on(true));
  await engine.apply();
  assertEquals(routes().length, 2);
  edit(engine, on(false));
  await engine.apply();
  assertEquals([routes(), (await engine.plan()).steps], [[], []]);
  edit(engine, on(true));
  await engine.apply();
  assertEquals(routes().length, 2);
});

networkTest("names that are handed on take their devices along", async (site) => {
  const engine = await site.open();
  const named = (first: string, second: string) =>
    written(`
[[interfaces]]\nid = "one"\nname = "${first}"\nbridge = {}\naddresses = "10.1.0.1/24"
[[interfaces]]\nid = "two"\nname = "${second}"\nbridge = {}\naddresses = "10.2.0.1/24"\n`);
  const bridges = () =>
    devices().filter((device) => !/^(port|peer)/.test(device)).map((device) => `${device} ${addresses(device)}`);
  const indexes = () => bridges().map((words) => ip(`link show dev ${words.split(" ")[0]}`)[0]?.["ifindex"]).sort();
  edit(engine, named("aa", "bb"));
  await engine.apply();
  const before = indexes();
  edit(engine, named("bb", "cc"));
  await engine.apply();
  assertEquals(bridges(), ["bb 10.1.0.1/24", "cc 10.2.0.1/24"]);
  edit(engine, named("cc", "bb"));
  await engine.apply();
  assertEquals(bridges(), ["bb 10.2.0.1/24", "cc 10.1.0.1/24"], "swapped");
  assertEquals(indexes(), before, "the same devices all the time");
  await engine.rollback(1);
  assertEquals(bridges(), ["aa 10.1.0.1/24", "bb 10.2.0.1/24"]);
});

networkTest("a device that somebody else made is not taken for one of its name", async (site) => {
  const engine = await site.open();
  edit(engine, written('[[interfaces]]\nname = "port1"\nbridge = {}\n'));
  const error = await assertRejects(() => engine.apply(), PatronusError);
  assertEquals(error.message.includes("cannot add link port1"), true, error.message);
  assertEquals(error.details.hint?.includes("Patronus did not make it"), true, error.details.hint);
  assertEquals(devices(), ["peer1", "peer2", "port1", "port2"]);
});
