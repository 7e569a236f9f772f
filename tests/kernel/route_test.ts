// needs: ip
/** What is created natively is listed the same by the real `ip`, and refusals carry the kernel's reasons. */
import { formatAddress, formatPrefix, parseAddress, parsePrefix } from "../../lib/model/address.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import {
  addAddress,
  addRoute,
  changeLink,
  createVeth,
  deleteAddress,
  deleteLink,
  deleteRoute,
  findLink,
  findRoute,
  listAddresses,
  listLinks,
  listRoutes,
  moveToNamespace,
  setDown,
  setUp,
} from "../../lib/netlink/socket/route.ts";
import { NetlinkError } from "../../lib/netlink/wire/error.ts";
import { MAIN_TABLE } from "../../lib/netlink/wire/route.ts";
import { assertEquals, assertRejects } from "../../lib/std/assert.ts";
import { assertPrivateNetwork } from "../private_network.ts";

assertPrivateNetwork();

type Listed = Record<string, unknown>;

function ip(...args: string[]): Listed[] {
  const { success, stdout, stderr } = new Deno.Command("ip", { args: ["-j", "-d", ...args] }).outputSync();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout) || "[]");
}

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

/** Links as `ip -j link` words them. */
async function links(netlink: NetlinkConnection): Promise<Listed[]> {
  return (await listLinks(netlink)).map((link) => ({
    ifindex: link.index,
    ifname: link.name,
    mtu: link.mtu,
    up: link.up,
    carrier: link.carrier,
    kind: link.kind,
    address: link.mac,
    peer: link.peerNamespace === undefined ? link.peer : `${link.peer}@${link.peerNamespace}`,
  })).filter(({ kind }) => kind === "veth");
}

function listedLinks(): Listed[] {
  const all = ip("link");
  return all.map((link) => {
    const flags = link["flags"] as string[];
    const peer = all.find((other) => other["ifname"] === link["link"])?.["ifindex"];
    return {
      ifindex: link["ifindex"],
      ifname: link["ifname"],
      mtu: link["mtu"],
      up: flags.includes("UP"),
      carrier: flags.includes("LOWER_UP"),
      kind: (link["linkinfo"] as Listed | undefined)?.["info_kind"],
      address: link["address"],
      peer: link["link_netnsid"] === undefined ? peer : `${link["link_index"]}@${link["link_netnsid"]}`,
    };
  }).filter(({ kind }) => kind === "veth");
}

async function addresses(netlink: NetlinkConnection): Promise<string[]> {
  return (await listAddresses(netlink)).map(({ device, address, length, scope, permanent }) =>
    `${device} ${formatPrefix({ ...address, length })} ${scope} ${permanent}`
  ).sort();
}

function listedAddresses(): string[] {
  return ip("addr").flatMap((link) =>
    (link["addr_info"] as Listed[]).map((info) =>
      `${link["ifindex"]} ${info["local"]}/${info["prefixlen"]} ${info["scope"]} ${info["dynamic"] !== true}`
    )
  ).sort();
}

/** Routes of the main table, one line for each as `destination gateway device metric`. */
async function routes(netlink: NetlinkConnection): Promise<string[]> {
  const names = new Map((await listLinks(netlink)).map((link) => [link.index, link.name]));
  return (await listRoutes(netlink)).filter(({ table }) => table === MAIN_TABLE).map((route) => {
    const hops = route.hops.map(({ device = 0, gateway }) =>
      `${gateway === undefined ? "-" : formatAddress(gateway)} ${names.get(device)}`
    );
    return `${formatPrefix(route.destination)} ${hops.join(" ")} ${route.metric}`;
  }).sort();
}

function listedRoutes(): string[] {
  const family = (version: 4 | 6) =>
    ip(`-${version}`, "route", "show", "table", "main").map((route) => {
      const text = String(route["dst"]);
      const any = version === 4 ? "0.0.0.0/0" : "::/0";
      const host = version === 4 ? "32" : "128";
      const destination = text === "default" ? any : text.includes("/") ? text : `${text}/${host}`;
      return `${destination} ${route["gateway"] ?? "-"} ${route["dev"]} ${route["metric"] ?? 0}`;
    });
  return [...family(4), ...family(6)].sort();
}

async function same(netlink: NetlinkConnection): Promise<void> {
  assertEquals(await links(netlink), listedLinks());
  assertEquals(await addresses(netlink), listedAddresses());
  assertEquals(await routes(netlink), listedRoutes());
}

Deno.test("links, addresses and routes are listed as ip lists them", async () => {
  using netlink = NetlinkConnection.open(ROUTE);
  await createVeth(netlink, { name: "one", peer: { name: "two" }, mtu: 1400 });
  await same(netlink);
  await setUp(netlink, "one");
  await changeLink(netlink, "two", { name: "three", mtu: 1300, up: true });
  const { index, up, carrier, mtu, kind } = await findLink(netlink, "one");
  assertEquals([up, carrier, mtu, kind], [true, true, 1400, "veth"]);

  const own = { device: index, address: address("192.168.7.1"), length: 24 };
  const own6 = { device: index, address: address("fd00:7::1"), length: 64, unchecked: true };
  await addAddress(netlink, own);
  await addAddress(netlink, own6);
  const outward = { destination: prefix("0.0.0.0/0"), gateway: address("192.168.7.2"), device: index };
  await addRoute(netlink, outward);
  await addRoute(netlink, { ...outward, metric: 77 });
  await addRoute(netlink, { destination: prefix("10.9.0.0/16"), device: index });
  await addRoute(netlink, { destination: prefix("::/0"), gateway: address("fd00:7::2"), device: index });
  await addRoute(netlink, { destination: prefix("fd00:9::/64"), device: index, metric: 5 });
  await same(netlink);
  assertEquals((await routes(netlink)).includes("0.0.0.0/0 192.168.7.2 one 77"), true);

  await deleteRoute(netlink, outward);
  await deleteAddress(netlink, own6);
  await setDown(netlink, "three");
  await same(netlink);
  await deleteLink(netlink, "one");
  await same(netlink);
  assertEquals(await links(netlink), []);
});

Deno.test("the route of one packet is the one that ip finds", async () => {
  using netlink = NetlinkConnection.open(ROUTE);
  await createVeth(netlink, { name: "one", peer: { name: "two" } });
  await setUp(netlink, "one");
  await setUp(netlink, "two");
  const { index } = await findLink(netlink, "one");
  await addAddress(netlink, { device: index, address: address("192.168.7.1"), length: 24 });
  await addAddress(netlink, { device: index, address: address("fd00:7::1"), length: 64, unchecked: true });
  await addRoute(netlink, { destination: prefix("10.9.0.0/16"), gateway: address("192.168.7.2"), device: index });
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
    const all = length === (family === 4 ? 32 : 128)
      ? formatAddress({ value, family })
      : formatPrefix(found.destination);
    assertEquals([found.type, all], [listed?.["type"] ?? "unicast", listed?.["dst"]], host);
  }
  const source = address("192.168.7.1");
  assertEquals((await findRoute(netlink, { destination: address("10.9.3.3"), source }))?.hops, [
    { device: index, gateway: address("192.168.7.2") },
  ]);
  await deleteLink(netlink, "one");
});

Deno.test("a device goes into the namespace of a process, at birth or later", async () => {
  using netlink = NetlinkConnection.open(ROUTE);
  await using other = await namespace();
  await createVeth(netlink, { name: "near", peer: { name: "far", namespace: other.pid } });
  await createVeth(netlink, { name: "stays", peer: { name: "leaves" } });
  await moveToNamespace(netlink, "leaves", other.pid);
  assertEquals((await links(netlink)).map(({ ifname }) => ifname), ["near", "stays"]);
  await same(netlink);
  assertEquals(other.devices().filter((name) => ["far", "leaves"].includes(name)).length, 2);
  await deleteLink(netlink, "near");
  await deleteLink(netlink, "stays");
});

const REFUSALS: readonly (readonly [title: string, ask: (netlink: NetlinkConnection) => Promise<unknown>, RegExp])[] = [
  ["a device that is not there", (netlink) => setUp(netlink, "nowhere"), /^find link nowhere: .*\(ENODEV\)$/],
  [
    "a name that is taken",
    (netlink) => createVeth(netlink, { name: "lo", peer: { name: "b" } }),
    /^create link lo with peer b: .*\(EEXIST\)$/,
  ],
  [
    "a process that is not there",
    (netlink) => createVeth(netlink, { name: "a", peer: { name: "b", namespace: 2 ** 22 - 1 } }),
    /\(ESRCH\)$/,
  ],
  ["a device nobody made", (netlink) => deleteLink(netlink, "lo"), /^delete link lo: .*\(EOPNOTSUPP\)$/],
  [
    "a gateway out of reach",
    async (netlink) => {
      await setUp(netlink, "lo");
      await addRoute(netlink, { destination: prefix("10.0.0.0/8"), gateway: address("9.9.9.9"), device: 1 });
    },
    /^add route to 10\.0\.0\.0\/8 by 9\.9\.9\.9 on device 1: Nexthop has invalid gateway \(ENETUNREACH\)$/,
  ],
  [
    "a prefix that is too long",
    (netlink) => addAddress(netlink, { device: 1, address: address("10.0.0.1"), length: 33 }),
    /^add address 10\.0\.0\.1\/33 on device 1: .*\(EINVAL\)$/,
  ],
];

for (const [title, ask, message] of REFUSALS) {
  Deno.test(`${title} is refused with the kernel's reason`, async () => {
    using netlink = NetlinkConnection.open(ROUTE);
    const error = await assertRejects(() => ask(netlink), NetlinkError);
    assertEquals(message.test(error.message), true, error.message);
  });
}

/** A process in a network namespace of its own. */
async function namespace(): Promise<{ pid: number; devices(): string[] } & AsyncDisposable> {
  const child = new Deno.Command("unshare", { args: ["--net", "cat"], stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  // `cat` answers only when the namespace is there.
  await writer.write(new Uint8Array([10]));
  await reader.read();
  return {
    pid: child.pid,
    devices: () =>
      Deno.readTextFileSync(`/proc/${child.pid}/net/dev`).split("\n").slice(2).map((line) => line.split(":")[0] ?? "")
        .map((name) => name.trim()),
    async [Symbol.asyncDispose]() {
      await writer.close();
      await reader.cancel();
      await child.status;
    },
  };
}
