import { assertEquals } from "../../std/assert.ts";
import { check } from "../mod.ts";
import type { Device } from "../session.ts";
import { firstDocument } from "./init.ts";

const NOTHING = { packets: 0, bytes: 0, errors: 0 };

const device = (name: string, addresses: readonly string[] = [], more: Partial<Device> = {}): Device => ({
  name,
  index: 1,
  type: "ether",
  up: true,
  carrier: true,
  mtu: 1500,
  addresses,
  defaultRoute: false,
  received: NOTHING,
  sent: NOTHING,
  ...more,
});

const LO = device("lo", ["127.0.0.1/8"], { type: "loopback" });
const WAN = device("eth0", ["203.0.113.5/24"], { defaultRoute: true });
const LAN = device("eth1", ["192.168.1.1/24", "fd00::1/64"]);
const GUESTS = device("eth2");

/** Names with devices, where administrators get in, the rules and translations. */
function summary(devices: readonly Device[], ssh: Parameters<typeof firstDocument>[0]["ssh"] = null) {
  const document = firstDocument({ hostname: "edge", devices, ssh });
  const { anti_lockout, rules } = document.firewall;
  return {
    names: document.interfaces.map((item) => `${item.name}=${item.device}`),
    zone: document.zones[0]?.interfaces ?? null,
    open: [...anti_lockout.in, ...anti_lockout.ports],
    rules: rules.map((rule) => rule.id),
    nat: document.nat.rules.map((rule) => rule.id),
    findings: check(document).filter((finding) => finding.severity === "error"),
  };
}

Deno.test("a first document names what the machine has, and keeps the way in open", () => {
  const from = { from: "198.51.100.7", port: 22 };
  const router = {
    names: ["wan=eth0", "lan=eth1"],
    zone: ["lan"],
    rules: ["inside-here", "inside-out"],
    nat: ["outbound"],
  };
  const cases: readonly [title: string, given: Parameters<typeof summary>, expected: Record<string, unknown>][] = [
    ["a router", [[LO, WAN, LAN]], { ...router, open: ["inside", "22"] }],
    ["a router, reached from inside", [[LO, WAN, LAN], { ...from, to: "192.168.1.1" }], {
      ...router,
      open: ["inside", "22"],
    }],
    ["a router, reached from outside on another port", [[LO, WAN, LAN], { ...from, to: "203.0.113.5", port: 2222 }], {
      ...router,
      open: ["inside", "wan", "2222"],
    }],
    ["a router, reached by an address that it does not know", [[LO, WAN, LAN], { ...from, to: "10.9.9.9" }], {
      ...router,
      open: ["22"],
    }],
    ["two networks inside", [[LO, WAN, LAN, GUESTS]], {
      ...router,
      names: ["wan=eth0", "lan=eth1", "lan2=eth2"],
      zone: ["lan", "lan2"],
      open: ["inside", "22"],
    }],
    ["a server with one card", [[LO, WAN]], { names: ["wan=eth0"], zone: null, rules: [], nat: [], open: ["22"] }],
    ["no way out", [[LO, LAN]], {
      names: ["lan=eth1"],
      zone: ["lan"],
      rules: ["inside-here"],
      nat: [],
      open: ["inside", "22"],
    }],
    ["nothing", [[LO]], { names: [], zone: null, rules: [], nat: [], open: ["22"] }],
    ["containers look after themselves", [[LO, WAN, device("docker0"), device("veth1a2b3c4"), device("virbr0")]], {
      names: ["wan=eth0"],
      zone: null,
      rules: [],
      nat: [],
      open: ["22"],
    }],
  ];
  for (const [title, given, expected] of cases) {
    assertEquals(summary(...given), { ...expected, findings: [] } as never, title);
  }
});

Deno.test("a name that is no host name is not taken over", () => {
  assertEquals(firstDocument({ hostname: "edge", devices: [], ssh: null }).system.hostname, "edge");
  assertEquals(firstDocument({ hostname: "(none)", devices: [], ssh: null }).system.hostname, "patronus");
});
