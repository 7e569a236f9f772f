/** Links and routes beside `ip`, and a hundred interfaces by the engine. */
import { openEngine } from "../../lib/engine/mod.ts";
import { become } from "../../lib/engine/network/driver.ts";
import type { NetworkState, RouteState } from "../../lib/features/network_state.ts";
import { type Document, document as schema } from "../../lib/features/document.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { listLinks } from "../../lib/netlink/socket/link.ts";
import type { Benchmark } from "./benchmark.ts";
import { rounds } from "./measure.ts";
import { run } from "./program.ts";
import { edit, type Site } from "./site.ts";

const ROUNDS = 21;
const LINKS = 100;
const ROUTES = 1000;
const INTERFACES = 100;

/** A cable with an address, for links and routes to stand on. */
async function cable(): Promise<void> {
  await run(["ip", "link", "add", "bench0", "type", "veth", "peer", "name", "bench1"]);
  await run(["ip", "address", "add", "10.254.0.1/24", "dev", "bench0"]);
  for (const device of ["bench0", "bench1"]) await run(["ip", "link", "set", device, "up"]);
}

async function noCable(): Promise<void> {
  await run(["ip", "link", "delete", "bench0"]);
}

/** Runs `ip -batch` on lines. */
async function batch(site: Site, name: string, lines: readonly string[]): Promise<void> {
  await run(["ip", "-batch", site.file(name, `${lines.join("\n")}\n`)]);
}

export const linkDump: Benchmark = {
  title: `List ${LINKS} links`,
  explanation:
    "Asked for over a connection that is open, and read into objects. `ip` is a whole process; it writes JSON " +
    "into a pipe.",
  rows: [
    { key: "patronus", title: "listLinks", unit: "ms", targets: [{ faster: true }] },
    { key: "ip", title: "ip -j link, whole process", unit: "ms" },
  ],
  reference: "ip",
  async measure(site) {
    await cable();
    const names = Array.from({ length: LINKS }, (_, index) => `m${index}`);
    await batch(site, "links", names.map((name) => `link add ${name} link bench0 type macvlan mode bridge`));
    using netlink = NetlinkConnection.open(ROUTE);
    const samples = await rounds(ROUNDS, async (round) => {
      await round.time("patronus", () => listLinks(netlink));
      await round.time("ip", () => run(["ip", "-j", "link"]));
    });
    await noCable();
    return samples;
  },
};

export const routes: Benchmark = {
  title: `Apply ${ROUTES.toLocaleString("en")} routes`,
  explanation:
    "The engine's driver reads the network, compares it with the document's state, sends what is missing, and " +
    "reads everything back. `ip -batch` is a whole process that sends the same routes and looks at nothing.",
  rows: [
    { key: "patronus", title: "become", unit: "ms" },
    { key: "again", title: "become, nothing to do", unit: "ms" },
    { key: "ip", title: "ip -batch, whole process", unit: "ms" },
  ],
  reference: "ip",
  async measure(site) {
    await cable();
    const destinations = Array.from({ length: ROUTES }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
    const wanted = destinations.map((destination): RouteState => ({
      destination,
      type: "unicast",
      hops: [{ gateway: "10.254.0.2" }],
      metric: 0,
      table: 254,
    }));
    const state = (routes: readonly RouteState[]): NetworkState => ({ links: [], gone: [], routes });
    const lines = destinations.map((destination) => `route add ${destination} via 10.254.0.2 proto 80`);
    const file = site.file("routes", `${lines.join("\n")}\n`);
    using netlink = NetlinkConnection.open(ROUTE);
    const samples = await rounds(ROUNDS, async (round) => {
      await round.time("patronus", () => become(netlink, state(wanted)));
      await round.time("again", () => become(netlink, state(wanted)));
      await become(netlink, state([]));
      await round.time("ip", () => run(["ip", "-batch", file]));
      await become(netlink, state([]));
    });
    await noCable();
    return samples;
  },
};

/** So many macvlans, each with two addresses and a route. */
function withInterfaces(count: number): Document {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return schema.parse({
    interfaces: [
      { id: "bench", name: "bench", device: "bench0" },
      ...numbers.map((number) => ({
        id: `m${number}`,
        name: `m${number}`,
        macvlan: { parent: "bench" },
        addresses: [`10.${number}.0.1/24`, `fd00:${number}::1/64`],
      })),
    ],
    routes: numbers.map((number) => ({
      id: `r${number}`,
      destination: `10.${number}.128.0/24`,
      gateway: `10.${number}.0.2`,
    })),
  });
}

export const interfaces: Benchmark = {
  title: `Apply ${INTERFACES} interfaces with addresses and routes`,
  explanation:
    "The engine's whole apply of a document onto a machine with nothing of it: devices, two addresses each, a " +
    "route through each, read back and verified, and the version on disk; and the way back to a document without them.",
  rows: [
    { key: "apply", title: "engine: apply", unit: "ms", targets: [{ under: 1000 }] },
    { key: "back", title: "engine: apply, all away", unit: "ms" },
  ],
  async measure(site) {
    await cable();
    const full = withInterfaces(INTERFACES);
    const bare = withInterfaces(0);
    const engine = await openEngine({ ...site.place(), startKeeper: () => Promise.resolve(false) });
    try {
      return await rounds(7, async (round) => {
        edit(engine, full);
        await round.time("apply", () => engine.apply());
        edit(engine, bare);
        await round.time("back", () => engine.apply());
      });
    } finally {
      engine.close();
      await noCable();
    }
  },
};
