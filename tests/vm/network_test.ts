// needs: nft ip bridge unshare nsenter
/** The network of a document on a kernel that has VLANs, bonds and VLAN filtering, with frames that come from a neighbour. */
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { edit, engineTest, type Site, written } from "../kernel/engine_harness.ts";
import { bridge, ip as program, type Listed } from "../kernel/ip.ts";
import { namespace } from "../kernel/namespace.ts";

function ip(words: string): Listed[] {
  return program(...words.split(" "));
}

/** A machine at the other ends of the cables. */
interface Neighbour {
  readonly pid: number;
  /** Runs a program there, its words parted by spaces; throws where it fails. */
  run(words: string, input?: string): Promise<string>;
  /** Whether an address answers. */
  reaches(address: string, more?: string): Promise<boolean>;
}

async function output(words: readonly string[]): Promise<{ success: boolean; text: string }> {
  const [command = "", ...args] = words;
  const { success, stdout, stderr } = await new Deno.Command(command, { args, signal: AbortSignal.timeout(20_000) })
    .output();
  const decoder = new TextDecoder();
  return { success, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function neighbour(): Promise<Neighbour & AsyncDisposable> {
  const other = await namespace();
  const inside = (words: string) => output(["nsenter", "-t", String(other.pid), "-n", ...words.split(" ")]);
  return {
    pid: other.pid,
    async run(words) {
      const { success, text } = await inside(words);
      if (!success) throw new Error(`${words}: ${text}`);
      return text;
    },
    // Twice: the first may be lost while the neighbour's address is looked up.
    reaches: async (address, more = "") =>
      (await inside(`busybox ping -c 2 -W 3 ${more === "" ? "" : `${more} `}${address}`)).success,
    [Symbol.asyncDispose]: () => other[Symbol.asyncDispose](),
  };
}

/** A test with cables `port1` and `port2` to a neighbour, who has `peer1` and `peer2`, up. */
function networkTest(name: string, work: (site: Site, other: Neighbour) => Promise<void>): void {
  engineTest(name, async (site) => {
    await using other = await neighbour();
    for (const number of [1, 2]) {
      ip(`link add port${number} type veth peer name peer${number} netns ${other.pid}`);
      await other.run(`ip link set peer${number} up`);
    }
    await work(site, other);
    for (const { ifname, linkinfo } of ip("link")) {
      if (linkinfo === undefined || !ip("link").some((link) => link["ifname"] === ifname)) continue;
      ip(`link delete ${ifname}`);
    }
  });
}

const PORTS = `
[[interfaces]]
name = "a"
device = "port1"
[[interfaces]]
name = "b"
device = "port2"
`;

networkTest("frames of a VLAN carry its tag, and those of another do not come through", async (site, other) => {
  const engine = await site.open();
  edit(
    engine,
    written(`
[[interfaces]]
name = "lan"
device = "port1"
addresses = "192.168.1.1/24"
[[interfaces]]
name = "guests"
vlan = { parent = "lan", tag = 20 }
addresses = ["192.168.20.1/24", "fd00:20::1/64"]
`),
  );
  await engine.apply();
  assertEquals((await engine.plan()).steps, []);
  for (const [tag, net] of [[20, 20], [30, 21]]) {
    await other.run(`ip link add link peer1 name v${tag} type vlan id ${tag}`);
    await other.run(`ip address add 192.168.${net}.2/24 dev v${tag}`);
    await other.run(`ip link set v${tag} up`);
  }
  await other.run("nft add table netdev t");
  await other.run("nft add chain netdev t c { type filter hook ingress device peer1 priority 0 ; }");
  await other.run("nft add rule netdev t c vlan id 20 icmp type echo-reply counter");
  assert(await other.reaches("192.168.20.1"), "the VLAN's address answers");
  const counted = /counter packets (\d+)/.exec(await other.run("nft list table netdev t"))?.[1];
  assertEquals(counted, "2", "both answers came with the tag");
  await other.run("ip route add 192.168.20.0/24 dev v30 metric 1 table main proto static scope link src 192.168.21.2");
  assert(!await other.reaches("192.168.20.1", "-I v30"), "another VLAN's frames end here");
});

networkTest("two tags (QinQ): 802.1ad outside, 802.1Q inside", async (site, other) => {
  const engine = await site.open();
  edit(
    engine,
    written(`
[[interfaces]]
name = "provider"
device = "port1"
[[interfaces]]
name = "outer"
vlan = { parent = "provider", tag = 100, protocol = "802.1ad" }
[[interfaces]]
name = "inner"
vlan = { parent = "outer", tag = 7 }
addresses = "192.168.7.1/24"
mtu = 1400
`),
  );
  await engine.apply();
  assertEquals((await engine.plan()).steps, []);
  await other.run("ip link add link peer1 name outer type vlan proto 802.1ad id 100");
  await other.run("ip link add link outer name inner type vlan id 7");
  await other.run("ip address add 192.168.7.2/24 dev inner");
  for (const device of ["outer", "inner"]) await other.run(`ip link set ${device} up`);
  assert(await other.reaches("192.168.7.1"));
  // Another outer tag takes both away and makes both anew.
  edit(
    engine,
    written(`
[[interfaces]]
name = "provider"
device = "port1"
[[interfaces]]
name = "outer"
vlan = { parent = "provider", tag = 101, protocol = "802.1ad" }
[[interfaces]]
name = "inner"
vlan = { parent = "outer", tag = 7 }
addresses = "192.168.7.1/24"
mtu = 1400
`),
  );
  await engine.apply();
  assert(!await other.reaches("192.168.7.1"));
  await engine.rollback();
  assert(await other.reaches("192.168.7.1"), "as before");
});

networkTest("a bond with LACP goes on with one cable, and its VLAN too", async (site, other) => {
  const engine = await site.open();
  edit(
    engine,
    written(`${PORTS}
[[interfaces]]
name = "trunk"
bond = { members = ["a", "b"], mode = "802.3ad", lacp_rate = "fast" }
addresses = "192.168.1.1/24"
[[interfaces]]
name = "guests"
vlan = { parent = "trunk", tag = 20 }
addresses = "192.168.20.1/24"
`),
  );
  await engine.apply();
  assertEquals((await engine.plan()).steps, []);
  await other.run("ip link add bond0 type bond mode 802.3ad lacp_rate fast miimon 100");
  for (const device of ["peer1", "peer2"]) {
    await other.run(`ip link set ${device} down`);
    await other.run(`ip link set ${device} master bond0`);
  }
  await other.run("ip address add 192.168.1.2/24 dev bond0");
  await other.run("ip link set bond0 up");
  await other.run("ip link add link bond0 name v20 type vlan id 20");
  await other.run("ip address add 192.168.20.2/24 dev v20");
  await other.run("ip link set v20 up");
  const aggregators = () =>
    ["port1", "port2"].map((device) =>
      ((ip("link").find(({ ifname }) => ifname === device)?.["linkinfo"] as Listed)["info_slave_data"] as Listed)[
        "ad_aggregator_id"
      ]
    );
  let together = false;
  for (let tries = 0; tries < 100 && !together; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [first, second] = aggregators();
    together = first === second && await other.reaches("192.168.1.1");
  }
  assert(together, "both cables are in one aggregator");
  assert(await other.reaches("192.168.20.1"));
  await other.run("ip link set peer1 down");
  assert(await other.reaches("192.168.1.1"), "one cable is enough");
  assert(await other.reaches("192.168.20.1"), "for the VLAN as well");
  await other.run("ip link set peer1 up");
  await other.run("ip link set peer2 down");
  let back = false;
  for (let tries = 0; tries < 20 && !back; tries++) back = await other.reaches("192.168.1.1");
  assert(back, "and so is the other");
});

networkTest("a bridge keeps VLANs apart: access port and trunk", async (site, other) => {
  await using second = await neighbour();
  await other.run(`ip link set peer2 netns ${second.pid}`);
  await second.run("ip link set peer2 up");
  const engine = await site.open();
  const ports = (untagged: number, tagged: string) =>
    written(`
[[interfaces]]
name = "a"
device = "port1"
port = { untagged = ${untagged} }
[[interfaces]]
name = "b"
device = "port2"
port = { tagged = ${tagged} }
[[interfaces]]
name = "switch"
device = "br0"
bridge = { members = ["a", "b"], vlan_filtering = true }
port = { tagged = [10, 20] }
addresses = []
[[interfaces]]
name = "office"
vlan = { parent = "switch", tag = 10 }
addresses = "192.168.10.1/24"
`);
  const vlans = () =>
    Object.fromEntries(
      bridge("vlan").filter(({ ifname }) => ["port1", "port2", "br0"].includes(ifname)).map(({ ifname, vlans }) => [
        ifname,
        (vlans as Listed[]).map(({ vlan, vlanEnd, flags }) =>
          `${vlan}${vlanEnd === undefined ? "" : `-${vlanEnd}`} ${((flags ?? []) as string[]).join(" ")}`.trim()
        ).join(", "),
      ]),
    );
  edit(engine, ports(10, '[10, "20-29"]'));
  await engine.apply();
  assertEquals(vlans(), { port1: "10 PVID Egress Untagged", port2: "10, 20-29", br0: "10, 20" });
  assertEquals((await engine.plan()).steps, []);
  await other.run("ip address add 192.168.10.2/24 dev peer1");
  for (const tag of [10, 20]) {
    await second.run(`ip link add link peer2 name v${tag} type vlan id ${tag}`);
    await second.run(`ip link set v${tag} up`);
  }
  await second.run("ip address add 192.168.10.3/24 dev v10");
  assert(await other.reaches("192.168.10.3"), "from the access port to the trunk");
  assert(await other.reaches("192.168.10.1"), "and to the router's own VLAN");
  await second.run("ip address flush dev v10");
  await second.run("ip address add 192.168.10.3/24 dev v20");
  assert(!await other.reaches("192.168.10.3"), "not into another VLAN");
  edit(engine, ports(20, "[20]"));
  await engine.apply();
  assertEquals(vlans(), { port1: "20 PVID Egress Untagged", port2: "20", br0: "10, 20" });
  assert(await other.reaches("192.168.10.3"), "the access port is in that one now");
});

networkTest(
  "another name loses no addresses, also where the kernel wants the device down for it",
  async (site, other) => {
    const engine = await site.open();
    const named = (name: string) =>
      written(`${PORTS}
[[interfaces]]
id = "trunk"
name = "${name}"
bond = { members = ["a", "b"] }
addresses = ["192.168.1.1/24", "fd00:1::1/64"]
[[interfaces]]
name = "guests"
vlan = { parent = "${name}", tag = 20 }
addresses = ["192.168.20.1/24", "fd00:20::1/64"]
[[routes]]
destination = "10.8.0.0/16"
gateway = "192.168.20.9"
`);
    edit(engine, named("bond0"));
    await engine.apply();
    const index = ip("link").find(({ ifname }) => ifname === "bond0")?.["ifindex"];
    edit(engine, named("trunk"));
    await engine.apply();
    assertEquals(ip("link").find(({ ifname }) => ifname === "trunk")?.["ifindex"], index);
    assertEquals((await engine.plan()).steps, [], "addresses and routes are there");
    await other.run("ip link set peer2 down");
    await other.run("ip address add 192.168.1.2/24 dev peer1");
    assert(await other.reaches("192.168.1.1"));
  },
);

networkTest("jumbo frames on a VLAN; a lower MTU of the parent takes the VLAN's with it", async (site, other) => {
  const engine = await site.open();
  const sized = (parent: number, vlan: number) =>
    written(`
[[interfaces]]
name = "lan"
device = "port1"
mtu = ${parent}
[[interfaces]]
name = "storage"
vlan = { parent = "lan", tag = 5 }
addresses = "192.168.5.1/24"
mtu = ${vlan}
`);
  edit(engine, sized(9000, 9000));
  await engine.apply();
  await other.run("ip link set peer1 mtu 9000");
  await other.run("ip link add link peer1 name v5 type vlan id 5");
  await other.run("ip address add 192.168.5.2/24 dev v5");
  await other.run("ip link set v5 up");
  assert(await other.reaches("192.168.5.1", "-s 8900"));
  edit(engine, sized(1500, 1400));
  await engine.apply();
  const mtu = (device: string) => ip("link").find(({ ifname }) => ifname === device)?.["mtu"];
  assertEquals([mtu("port1"), mtu("storage")], [1500, 1400]);
  assertEquals((await engine.plan()).steps, []);
});

networkTest("routes of both families lead to networks behind a neighbour", async (site, other) => {
  const engine = await site.open();
  await other.run("ip address add 192.168.1.2/24 dev peer1");
  await other.run("ip address add fd00:1::2/64 dev peer1 nodad");
  await other.run("ip link set lo up");
  await other.run("ip address add 10.8.0.1/32 dev lo");
  await other.run("ip address add fd00:8::1/128 dev lo");
  edit(
    engine,
    written(`
[[interfaces]]
name = "lan"
device = "port1"
addresses = ["192.168.1.1/24", "fd00:1::1/64"]
[[interfaces]]
name = "loop"
dummy = true
addresses = "10.255.0.1/32"
[[routes]]
destination = "10.8.0.0/16"
gateway = "192.168.1.2"
[[routes]]
destination = "fd00:8::/32"
gateway = "fd00:1::2"
`),
  );
  await engine.apply();
  const reaches = async (address: string) => (await output(["busybox", "ping", "-c", "2", "-W", "3", address])).success;
  assert(await reaches("10.8.0.1"));
  let six = false;
  // The address of the link is tentative for a second or two.
  for (let tries = 0; tries < 5 && !six; tries++) six = await reaches("fd00:8::1");
  assert(six);
});
