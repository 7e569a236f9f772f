/** Many changes at once: all are tried, each has its own answer, none is lost, and they are counted. */
import { formatAddress } from "../../lib/model/address.ts";
import { listAddresses } from "../../lib/netlink/socket/address.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { findLink } from "../../lib/netlink/socket/link.ts";
import { listRoutes } from "../../lib/netlink/socket/route.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import { addBridgeVlans } from "../../lib/netlink/wire/bridge_vlan.ts";
import { newAddress } from "../../lib/netlink/wire/address.ts";
import { NetlinkError } from "../../lib/netlink/wire/error.ts";
import { newLink, setLink } from "../../lib/netlink/wire/link.ts";
import { delRoute, type NewRoute, newRoute } from "../../lib/netlink/wire/route.ts";
import { assertEquals, assertRejects } from "../../lib/std/assert.ts";
import { address } from "../addresses.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import { routeLab } from "./route_lab.ts";

assertPrivateNetwork();

const MANY: readonly NewRoute[] = Array.from({ length: 3000 }, (_, index) => ({
  destination: { ...address(`10.${index >> 8}.${index & 255}.0`), length: 24 },
  type: "blackhole",
}));

async function own(netlink: NetlinkConnection): Promise<number> {
  return (await listRoutes(netlink)).filter(({ type }) => type === "blackhole").length;
}

Deno.test("thousands of routes are added, refused and taken away, with the buffers that an ordinary user gets", async () => {
  await using lab = await routeLab();
  // net.core.rmem_default and wmem_default of a usual Linux.
  using netlink = NetlinkConnection.open(ROUTE, { sendBuffer: 212_992, receiveBuffer: 212_992 });
  assertEquals((await netlink.change(MANY.map(newRoute))).filter((outcome) => outcome !== null), []);
  assertEquals(await own(lab.netlink), MANY.length);

  const again = await netlink.change(MANY.map(newRoute));
  assertEquals(again.length, MANY.length);
  assertEquals(new Set(again.map((outcome) => outcome?.code)), new Set(["EEXIST"]));
  assertEquals(again[2999]?.message, "add blackhole route to 10.11.183.0/24: (EEXIST)");

  assertEquals((await netlink.change(MANY.map(delRoute))).filter((outcome) => outcome !== null), []);
  assertEquals(await own(lab.netlink), 0);
});

Deno.test("large changes go in as many sends as the send buffer takes", async () => {
  using netlink = NetlinkConnection.open(ROUTE, { sendBuffer: 128 * 1024 });
  const vlans = Array.from({ length: 500 }, (_, index) => ({
    from: 8 * index + 1,
    to: 8 * index + 5,
    untagged: false,
    native: false,
  }));
  const change = () => addBridgeVlans({ index: 1, name: "lo" }, vlans);
  assertEquals(change().message.length > 8000, true);
  const outcomes = await netlink.change(Array.from({ length: 100 }, change));
  // The loopback device is no port of a bridge.
  assertEquals(outcomes.map((outcome) => outcome?.code), Array.from({ length: 100 }, () => "EOPNOTSUPP"));
});

Deno.test("what is refused is told apart from what is carried out", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  await submit(netlink, ...MANY.slice(0, 500).filter((_, index) => index % 7 === 0).map(newRoute));
  const outcomes = await netlink.change(MANY.slice(0, 500).map(newRoute));
  assertEquals(
    outcomes.map((outcome) => outcome?.code),
    outcomes.map((_, index) => index % 7 === 0 ? "EEXIST" : undefined),
  );
  const error = await assertRejects(() => submit(netlink, ...MANY.slice(498, 502).map(newRoute)), NetlinkError);
  assertEquals(error.message, "add blackhole route to 10.1.242.0/24: (EEXIST)");
  assertEquals(await own(netlink), 502);
});

Deno.test("each change is counted once, and questions are not", async () => {
  await using lab = await routeLab();
  using netlink = NetlinkConnection.open(ROUTE);
  await submit(netlink, newLink({ name: "one", settings: { kind: "bridge" } }));
  assertEquals(netlink.changes, 1);
  const one = await findLink(netlink, "one");
  await listAddresses(netlink);
  assertEquals(netlink.changes, 1);
  await submit(
    netlink,
    setLink(one, { up: true, mtu: 1400 }),
    newAddress({ device: one.index, address: address("10.0.0.1"), length: 24 }),
  );
  await submit(netlink);
  assertEquals(netlink.changes, 3);
  await netlink.change(MANY.slice(0, 300).map(newRoute));
  assertEquals(netlink.changes, 303);
  assertEquals(
    (await listAddresses(lab.netlink, { device: one.index, family: 4 })).map(({ address }) => formatAddress(address)),
    ["10.0.0.1"],
  );
});

Deno.test("changes and questions that are asked at once wait for each other", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const counts = await Promise.all(
    MANY.slice(0, 20).map(async (route) => {
      const added = submit(netlink, newRoute(route));
      const listed = own(netlink);
      await added;
      return await listed;
    }),
  );
  assertEquals(counts, Array.from({ length: 20 }, (_, index) => index + 1));
});

Deno.test("a closed connection says so", async () => {
  const netlink = NetlinkConnection.open(ROUTE);
  netlink.close();
  const error = await assertRejects(
    () => submit(netlink, newLink({ name: "x", settings: { kind: "bridge" } })),
    NetlinkError,
  );
  assertEquals(error.message, "use a netlink socket: it is closed (EBADF)");
});
