// needs: ip
/** Events of the network: what happens is told, what was missed is said to be lost, and closing ends the wait. */
import { formatAddress, formatPrefix } from "../../lib/model/address.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { deleteLink, findLink, listLinks, setUp } from "../../lib/netlink/socket/link.ts";
import { Monitor } from "../../lib/netlink/socket/monitor.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import { delAddress, newAddress } from "../../lib/netlink/wire/address.ts";
import type { EventSubject, NetworkEvent } from "../../lib/netlink/wire/event.ts";
import { newLink, setLink } from "../../lib/netlink/wire/link.ts";
import { replaceNeighbour } from "../../lib/netlink/wire/neighbour.ts";
import { delRoute, newRoute } from "../../lib/netlink/wire/route.ts";
import { delRule, newRule } from "../../lib/netlink/wire/rule.ts";
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { address, prefix } from "../addresses.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import { ip } from "./ip.ts";
import { routeLab } from "./route_lab.ts";

assertPrivateNetwork();

/** Milliseconds that a test waits for an event at most. */
const PATIENCE = 20_000;

/** In a few words what an event is about. */
function words(event: NetworkEvent): string {
  if (event.subject === "lost") return "lost";
  const about = {
    link: () => event.subject === "link" ? event.link.name : "",
    "bridge port": () => event.subject === "bridge port" ? `${event.port.device}` : "",
    address: () => event.subject === "address" ? formatAddress(event.address.address) : "",
    route: () => event.subject === "route" ? `${formatPrefix(event.route.destination)} ${event.route.table}` : "",
    rule: () => event.subject === "rule" ? `${event.rule.priority}` : "",
    neighbour: () => event.subject === "neighbour" ? formatAddress(event.neighbour.address) : "",
  };
  return `${event.subject} ${about[event.subject]()}${event.gone ? " gone" : ""}`;
}

/** Collects events until all that are wanted came, each after the one before. */
async function follow(monitor: Monitor, wanted: readonly string[]): Promise<NetworkEvent[]> {
  const bound = setTimeout(() => monitor.close(), PATIENCE);
  const found: NetworkEvent[] = [];
  const seen: string[] = [];
  try {
    for await (const event of monitor) {
      seen.push(words(event));
      if (seen.at(-1) !== wanted[found.length]) continue;
      found.push(event);
      if (found.length === wanted.length) return found;
    }
  } finally {
    clearTimeout(bound);
  }
  throw new Error(`came: ${seen.join(", ")}; wanted: ${wanted.join(", ")}`);
}

const SUBJECTS: readonly EventSubject[] = ["link", "address", "route", "rule", "neighbour"];

Deno.test("what the driver or anybody else changes is told, in order", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  using monitor = Monitor.open(SUBJECTS);
  await submit(netlink, newLink({ name: "one", up: true, settings: { kind: "veth", peer: { name: "two" } } }));
  await setUp(netlink, "two");
  const { index } = await findLink(netlink, "one");
  const own = { device: index, address: address("192.168.7.1"), length: 24 };
  const route = { destination: prefix("10.9.0.0/16"), hops: [{ device: index }] };
  const rule = { family: 6, priority: 50, action: { type: "table", table: 100 } } as const;
  await submit(netlink, newAddress(own), newRoute(route), newRule(rule));
  await submit(netlink, replaceNeighbour({ device: index, address: address("192.168.7.9"), mac: "02:00:00:00:00:01" }));
  ip("-6", "route", "add", "blackhole", "fd00:9::/64", "table", "1000");
  await submit(netlink, delRule(rule), delRoute(route), delAddress(own));
  ip("link", "set", "one", "alias", "cable");
  await deleteLink(netlink, "one");
  const events = await follow(monitor, [
    "link one",
    "address 192.168.7.1",
    "route 10.9.0.0/16 254",
    "rule 50",
    "neighbour 192.168.7.9",
    "route fd00:9::/64 1000",
    "rule 50 gone",
    "route 10.9.0.0/16 254 gone",
    "address 192.168.7.1 gone",
    "link one",
    "link one gone",
  ]);
  const [made, added] = events;
  assert(made?.subject === "link" && added?.subject === "address");
  assertEquals([made.link.kind, made.link.up], ["veth", true]);
  assertEquals([added.address.device, added.address.length], [index, 24]);
});

Deno.test("a bridge tells of its ports", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  using monitor = Monitor.open(["bridge port"]);
  await submit(netlink, newLink({ name: "bridge", settings: { kind: "bridge" } }));
  await submit(netlink, newLink({ name: "port", settings: { kind: "veth", peer: { name: "far" } } }));
  const [bridge, port] = [await findLink(netlink, "bridge"), await findLink(netlink, "port")];
  await submit(netlink, setLink(port, { controller: bridge.index }), setLink(port, { controller: 0 }));
  await follow(monitor, [`bridge port ${port.index}`, `bridge port ${port.index} gone`]);
});

Deno.test("only what was asked for is told", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  using monitor = Monitor.open(["rule"]);
  await submit(netlink, newLink({ name: "one", up: true, settings: { kind: "bridge" } }));
  await submit(netlink, newRule({ family: 4, priority: 50, action: { type: "nop" } }));
  for await (const event of monitor) {
    assertEquals(words(event), "rule 50");
    break;
  }
});

Deno.test("what the receive buffer has no room for is said to be lost, and listening goes on", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  using monitor = Monitor.open(["route"], { receiveBuffer: 16 * 1024 });
  await setUp(netlink, "lo");
  const many = Array.from({ length: 1000 }, (_, index) => ({
    destination: { ...address(`10.${index >> 8}.${index & 255}.0`), length: 24 },
    type: "blackhole",
  } as const));
  await submit(netlink, ...many.map(newRoute));
  const bound = setTimeout(() => monitor.close(), PATIENCE);
  const told = [];
  for await (const event of monitor) {
    told.push(words(event));
    // Whoever follows reads anew here, and then hears all that comes after.
    if (event.subject === "lost") await submit(netlink, ...many.slice(0, 10).map(delRoute));
    else if (event.subject === "route" && event.gone && told.at(-1) === "route 10.0.9.0/24 254 gone") break;
  }
  clearTimeout(bound);
  assertEquals(told, ["lost", ...many.slice(0, 10).map((_, index) => `route 10.0.${index}.0/24 254 gone`)]);
});

Deno.test("a loop that waits ends when the monitor is closed", async () => {
  for (let round = 0; round < 20; round++) {
    const monitor = Monitor.open(SUBJECTS);
    let events = 0;
    const loop = (async () => {
      for await (const _ of monitor) events++;
    })();
    if (round % 2 === 0) await new Promise((next) => setTimeout(next, 5));
    monitor.close();
    monitor.close();
    await loop;
    assertEquals(events, 0);
  }
});

Deno.test("a process that listens can end", async () => {
  const program = `
    import { Monitor } from "${new URL("../../lib/netlink/socket/monitor.ts", import.meta.url).href}";
    const monitor = Monitor.open(["link"]);
    const loop = (async () => { for await (const _ of monitor); })();
    setTimeout(() => { HOW }, 50);
    await loop;`;
  for (const how of ["Deno.exit(0)", "monitor.close()", `throw new Error("falls over")`]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", program.replace("HOW", how)],
      stderr: "null",
    }).spawn();
    const bound = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    const { signal } = await child.status;
    clearTimeout(bound);
    assertEquals(signal, null, how);
  }
});

Deno.test("no socket is left open", async () => {
  const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
  const warm = Monitor.open(["link"]);
  warm.close();
  const before = open();
  for (let round = 0; round < 50; round++) {
    const monitor = Monitor.open(["link"]);
    const loop = (async () => {
      for await (const _ of monitor);
    })();
    monitor.close();
    await loop;
  }
  assertEquals(open(), before);
  using netlink = NetlinkConnection.open(ROUTE);
  assert((await listLinks(netlink)).length > 0);
});
