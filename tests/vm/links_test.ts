// needs: ip bridge unshare
/** Links of the kinds that are modules, held to the real `ip`, and VLANs of bridges, held to the real `bridge`. */
import { listBridgeVlans } from "../../lib/netlink/socket/bridge_vlan.ts";
import type { NetlinkConnection } from "../../lib/netlink/socket/connection.ts";
import { findLink, setUp } from "../../lib/netlink/socket/link.ts";
import { listRules } from "../../lib/netlink/socket/rule.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import { addBridgeVlans, type BridgeVlan, delBridgeVlans } from "../../lib/netlink/wire/bridge_vlan.ts";
import { NetlinkError } from "../../lib/netlink/wire/error.ts";
import type { BondMode } from "../../lib/netlink/wire/kind/bond.ts";
import { type Link, newLink, setLink } from "../../lib/netlink/wire/link.ts";
import { assertEquals, assertRejects } from "../../lib/std/assert.ts";
import { address } from "../addresses.ts";
import { assertListedAlike, ipBridgeVlans } from "../kernel/ip.ts";
import { type LinkCase, linkTests } from "../kernel/link_cases.ts";
import { routeLab } from "../kernel/route_lab.ts";
import { assertPrivateNetwork } from "../private_network.ts";

assertPrivateNetwork();

const MODES: readonly BondMode[] = [
  "balance-rr",
  "active-backup",
  "balance-xor",
  "broadcast",
  "802.3ad",
  "balance-tlb",
  "balance-alb",
];

const CASES: readonly LinkCase[] = [
  { title: "as it comes", link: { mac: "02:00:00:00:00:05", mtu: 1300, up: true, settings: { kind: "dummy" } } },
  { title: "made, its keys set by others", link: { up: true, settings: { kind: "wireguard" } } },
  { title: "with a table of its own", link: { up: true, settings: { kind: "vrf", table: 1000 } } },
  {
    title: "802.1Q",
    below: true,
    link: { up: true, mtu: 1400, settings: { kind: "vlan", id: 4094 } },
    changes: [{ settings: { kind: "vlan", options: { looseBinding: true } } }],
  },
  {
    title: "802.1ad with priorities",
    below: true,
    link: {
      settings: {
        kind: "vlan",
        id: 20,
        protocol: "802.1ad",
        options: { reorderHeader: false },
        ingress: [{ from: 1, to: 2 }, { from: 7, to: 5 }],
        egress: [{ from: 3, to: 4 }],
      },
    },
    changes: [{ settings: { kind: "vlan", options: { reorderHeader: true } } }],
  },
  ...MODES.map((mode): LinkCase => ({
    title: mode,
    link: { settings: { kind: "bond", mode, miimon: 100, upDelay: 200, downDelay: 300, minLinks: 1 } },
  })),
  {
    title: "LACP",
    link: {
      settings: {
        kind: "bond",
        mode: "802.3ad",
        miimon: 100,
        lacpRate: "fast",
        aggregatorSelection: "bandwidth",
        systemPriority: 100,
        systemMac: "02:00:00:00:00:09",
        transmitHash: "layer3+4",
      },
    },
    changes: [
      { settings: { kind: "bond", lacpRate: "slow", transmitHash: "layer2+3" } },
      { settings: { kind: "bond", mode: "active-backup", primaryReselect: "failure", failOverMac: "active" } },
      { settings: { kind: "bond", allMembersActive: true } },
    ],
  },
  {
    title: "watched by ARP",
    link: {
      settings: {
        kind: "bond",
        mode: "active-backup",
        arpInterval: 200,
        arpTargets: [address("192.0.2.1"), address("192.0.2.2")],
      },
    },
  },
  {
    title: "with VLAN filtering",
    link: { settings: { kind: "bridge", vlanFiltering: true, vlanProtocol: "802.1Q", defaultVlan: 7 } },
    changes: [{ settings: { kind: "bridge", vlanProtocol: "802.1ad", defaultVlan: 0 } }],
  },
];

await linkTests(CASES);

/** Veths whose far ends are up, too. */
async function cables(netlink: NetlinkConnection, ...names: readonly string[]): Promise<Link[]> {
  for (const name of names) {
    await submit(netlink, newLink({ name, settings: { kind: "veth", peer: { name: `far-${name}` } } }));
    await setUp(netlink, `far-${name}`);
  }
  return await Promise.all(names.map((name) => findLink(netlink, name)));
}

Deno.test("a bond takes its members, says how they are, and lets them go", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const members = await cables(netlink, "one", "two");
  await submit(netlink, newLink({ name: "bond", settings: { kind: "bond", mode: "active-backup", miimon: 100 } }));
  const bond = await findLink(netlink, "bond");
  await submit(
    netlink,
    ...members.map((link) => setLink(link, { controller: bond.index })),
    setLink(bond, { up: true }),
  );
  const [one] = members;
  await submit(netlink, setLink(bond, { settings: { kind: "bond", primary: one?.index ?? 0 } }));
  await assertListedAlike(netlink);
  const end = Date.now() + 20_000;
  const state = async () => {
    const { port } = await findLink(netlink, "one");
    return port?.controller === "bond" ? `${port.carrier} ${port.state}` : "free";
  };
  while (await state() !== "up active" && Date.now() < end) await new Promise((next) => setTimeout(next, 50));
  assertEquals(await state(), "up active");
  await assertListedAlike(netlink);
  await submit(netlink, ...members.map((link) => setLink(link, { controller: 0 })));
  assertEquals(await state(), "free");
  await assertListedAlike(netlink);
});

Deno.test("a link that is up is no member of a bond, and the kernel says why", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const [one] = await cables(netlink, "one");
  await setUp(netlink, "one");
  await submit(netlink, newLink({ name: "bond", settings: { kind: "bond" } }));
  const { index } = await findLink(netlink, "bond");
  const error = await assertRejects(
    () => submit(netlink, setLink(one ?? { index: 0, name: "" }, { controller: index })),
    NetlinkError,
  );
  assertEquals(error.message, `set link one part of device ${index}: Device can not be enslaved while up (EPERM)`);
});

Deno.test("with the first VRF comes a rule for all of them", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  await submit(netlink, newLink({ name: "vrf", up: true, settings: { kind: "vrf", table: 1000 } }));
  const [lan] = await cables(netlink, "lan");
  const vrf = await findLink(netlink, "vrf");
  await submit(netlink, setLink(lan ?? vrf, { controller: vrf.index, up: true }));
  assertEquals((await findLink(netlink, "lan")).controller, vrf.index);
  assertEquals(
    (await listRules(netlink)).filter(({ priority }) => priority === 1000).map(({ family, action }) => [
      family,
      action.type,
    ]),
    [[4, "vrf"], [6, "vrf"]],
  );
  await assertListedAlike(netlink);
});

const ACCESS: BridgeVlan = { from: 20, to: 20, untagged: true, native: true };
const TRUNK: BridgeVlan = { from: 30, to: 39, untagged: false, native: false };

Deno.test("access ports, trunks and the bridge are in the VLANs that bridge lists", async () => {
  await using lab = await routeLab();
  const { netlink } = lab;
  const ports = await cables(netlink, "access", "trunk");
  await submit(
    netlink,
    newLink({ name: "bridge", up: true, settings: { kind: "bridge", vlanFiltering: true, defaultVlan: 0 } }),
  );
  const bridge = await findLink(netlink, "bridge");
  await submit(netlink, ...ports.map((port) => setLink(port, { controller: bridge.index, up: true })));
  const [access = bridge, trunk = bridge] = ports;
  assertEquals(await listBridgeVlans(netlink), []);

  const same = async () => {
    const native = await listBridgeVlans(netlink);
    assertEquals(native as object[], ipBridgeVlans());
    return new Map(native.map(({ device, vlans }) => [device, vlans]));
  };
  await submit(
    netlink,
    addBridgeVlans(access, [ACCESS]),
    addBridgeVlans(trunk, [{ ...ACCESS, untagged: false, native: false }, TRUNK, { ...TRUNK, from: 4094, to: 4094 }]),
    addBridgeVlans(bridge, [{ ...ACCESS, untagged: false, native: false }], true),
  );
  const found = await same();
  assertEquals(found.get(access.index), [ACCESS]);
  assertEquals(found.get(trunk.index), [
    { ...ACCESS, untagged: false, native: false },
    TRUNK,
    { ...TRUNK, from: 4094, to: 4094 },
  ]);
  assertEquals(found.get(bridge.index), [{ ...ACCESS, untagged: false, native: false }]);

  // The access port becomes one of another VLAN; the trunk loses the middle of a range.
  await submit(
    netlink,
    delBridgeVlans(access, [ACCESS]),
    addBridgeVlans(access, [{ ...ACCESS, from: 30, to: 30 }]),
    delBridgeVlans(trunk, [{ ...TRUNK, from: 33, to: 35 }]),
    delBridgeVlans(bridge, [ACCESS], true),
  );
  const changed = await same();
  assertEquals(changed.get(access.index), [{ ...ACCESS, from: 30, to: 30 }]);
  assertEquals(changed.get(trunk.index)?.map(({ from, to }) => [from, to]), [[20, 20], [30, 32], [36, 39], [
    4094,
    4094,
  ]]);
  assertEquals(changed.get(bridge.index), undefined);
  await assertListedAlike(netlink);
});
