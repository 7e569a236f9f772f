// needs: ip nft unshare
/** The settings of the firewall: defaults, the way in for administrators, forwarding, forged sources. */
import { observe } from "../../lib/demo/trial.ts";
import { assertEquals } from "../../lib/std/assert.ts";
import type { Machine } from "./places.ts";
import { claims, type Topology, useTopology } from "./topology.ts";

const topology = useTopology();

claims(topology, "an empty document", "", [
  "lan -> router.lan tcp 22: accepted by lockout",
  "wan -> router.wan tcp 22: accepted by lockout",
  "wan -> router.wan tcp 80: dropped by default-input",
  "wan -> router.wan udp 53: dropped by default-input",
  "wan -> router.wan ping: accepted by system-ping",
  "wan port 67 -> 203.0.113.1 udp 68: rejected ECONNREFUSED by system-dhcp",
  "router -> wan tcp 80: accepted by default-output",
  "router -> wan udp 53: accepted by default-output",
  "router -> wan ping: accepted by default-output",
]);

for (const [on, decides] of [[true, "system-dhcp"], [false, "default-input"]] as const) {
  Deno.test(`dhcp_client = ${on}: ${decides} decides on what a DHCPv6 server of the link answers`, async () => {
    await topology().load(`[firewall]\ndefault_input = "reject"\ndhcp_client = ${on}`);
    const [router, server] = await Promise.all([linkLocal("router", "eth-wan"), linkLocal("wan", "eth0")]);
    const answer = async (source: string, port: number) => {
      const to = { protocol: "udp", address: `${router.address}%${server.index}`, port, timeout: 3000 } as const;
      const attempt = { ...to, source: { address: source, port: 547 } };
      const { outcome, filters } = await observe(topology().station("router"), topology().station("wan"), attempt);
      return [outcome.errno, ...filters.map(({ rule }) => rule)];
    };
    // Nobody listens on the router: that port is unreachable either way.
    assertEquals(await answer(`${server.address}%${server.index}`, 546), ["ECONNREFUSED", decides]);
    assertEquals(await answer(`${server.address}%${server.index}`, 545), ["ECONNREFUSED", "default-input"]);
    assertEquals(await answer("2001:db8::2", 546), ["ECONNREFUSED", "default-input"]);
  });
}

/** What a device of a machine is on its link: its address of fe80::/64, and the device's index. */
async function linkLocal(machine: Machine, device: string): Promise<{ address: string; index: number }> {
  const listed = await run(topology(), machine, "ip", "-6", "-o", "addr", "show", "dev", device, "scope", "link");
  const [, index, address = ""] = /^(\d+): \S+ +inet6 ([^/]+)/.exec(listed) ?? [];
  return { address, index: Number(index) };
}

claims(topology, "without courtesy", "[firewall]\nping = false\ndhcp_client = false", [
  "wan -> router.wan ping: dropped by default-input",
  "wan port 67 -> 203.0.113.1 udp 68: dropped by default-input",
]);

claims(
  topology,
  "default accept, and what the router itself may send",
  `
[firewall]
forwarding = true
default_input = "accept"
default_forward = "accept"
default_output = "drop"
rules = [
  { id = "names", chain = "output", action = "accept", protocol = "udp", destination_port = 53 },
  { id = "inward", chain = "output", action = "accept", out = "lan", protocol = "tcp" },
  { id = "mail", chain = "output", action = "reject", protocol = "tcp", destination_port = 25 },
]`,
  [
    "wan -> router.wan tcp 80: accepted by default-input",
    "wan -> lan udp 53: accepted by default-forward",
    "router -> wan udp 53: accepted by names",
    "router -> lan tcp 80: accepted by inward",
    "router -> wan tcp 25: rejected ECONNREFUSED by mail",
    "router -> wan tcp 80: dropped by default-output",
    // The sender is on this machine, and is told at once.
    "router -> wan udp 123: rejected EPERM by default-output",
    "router -> 203.0.113.2 ping: rejected EPERM by default-output",
    // Of ICMPv6 it is not.
    "router -> 2001:db8::2 ping: dropped by default-output",
    // The DHCP client may ask: a server that it knows, and all on the link of wan, where nobody answers.
    "router port 68 -> 203.0.113.67 udp 67: rejected ECONNREFUSED by system-dhcp",
    "router port 546 -> ff02::1:2%103 udp 547: dropped by system-dhcp",
  ],
);

claims(
  topology,
  "a silent router without a DHCP client",
  '[firewall]\ndefault_output = "drop"\ndhcp_client = false',
  [
    "router port 68 -> 203.0.113.66 udp 67: rejected EPERM by default-output",
    "router port 546 -> ff02::1:2%103 udp 547: rejected EPERM by default-output",
  ],
);

claims(
  topology,
  "default reject",
  `
[firewall]
forwarding = true
default_input = "reject"
default_forward = "reject"
default_output = "reject"`,
  [
    "wan -> router.wan tcp 80: rejected ECONNREFUSED by default-input",
    "wan -> router.wan udp 53: rejected ECONNREFUSED by default-input",
    "wan -> lan tcp 80: rejected ECONNREFUSED by default-forward",
    "wan -> lan udp 53: rejected ECONNREFUSED by default-forward",
    "wan -> lan ping: rejected ECONNREFUSED by default-forward",
    "router -> wan tcp 80: rejected ECONNREFUSED by default-output",
  ],
);

claims(
  topology,
  "anti-lockout",
  `
[firewall]
rules = [{ id = "shut", chain = "input", action = "drop" }]

[firewall.anti_lockout]
in = "lan"
source = ["192.168.1.8/30", "fd00:1::10/127"]
ports = [22, "7001-7002"]`,
  [
    "lan -> router.lan tcp 22: accepted by lockout",
    "lan.11 -> router.wan tcp 7002: accepted by lockout",
    "lan -> router.lan tcp 80: dropped by shut",
    "lan -> router.lan udp 53: dropped by shut",
    "lan.12 -> router.lan tcp 22: dropped by shut",
    "dmz -> router.dmz tcp 22: dropped by shut",
  ],
);

claims(topology, "without anti-lockout", "[firewall.anti_lockout]\nenabled = false", [
  "lan -> router.lan tcp 22: dropped by default-input",
]);

const forwarding = (value: string) => `[firewall]\nforwarding = ${value}\ndefault_forward = "accept"`;

claims(topology, "forwarding off", forwarding("false"), [
  "lan -> wan tcp 80: dropped by nothing",
  "lan -> wan ping: dropped by nothing",
  "lan -> router.lan tcp 22: accepted by lockout",
]);
claims(topology, "forwarding for IPv4", forwarding('"ipv4"'), [
  "lan -> 203.0.113.2 tcp 80: accepted by default-forward",
  "lan -> 2001:db8::2 tcp 80: dropped by nothing",
]);
claims(topology, "forwarding for IPv6", forwarding('"ipv6"'), [
  "lan -> 203.0.113.2 tcp 80: dropped by nothing",
  "lan -> 2001:db8::2 tcp 80: accepted by default-forward",
]);
claims(topology, "forwarding on", forwarding("true"), ["lan -> wan tcp 80: accepted by default-forward"]);

/** Whoever sends with a forged source hears nothing; the rule shows whether the packet went on. */
const reversePath = (value: string) => `
[firewall]
forwarding = true
reverse_path = "${value}"
rules = [{ id = "open", action = "accept", in = "lan" }]`;

Deno.test("the router knows no way to 10.66.0.0/16 and fd66::/16, and the kernel's own check is off", async () => {
  await run(topology(), "router", "ip", "route", "add", "unreachable", "10.66.0.0/16");
  await run(topology(), "router", "ip", "-6", "route", "add", "unreachable", "fd66::/16");
  await run(
    topology(),
    "router",
    "sh",
    "-c",
    "for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $file; done",
  );
});

async function run(topology: Topology, machine: Machine, ...words: string[]): Promise<string> {
  const [program = "", ...args] = [...topology.doorway(machine), ...words];
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

claims(topology, "loose reverse path", reversePath("loose"), [
  "lan -> wan tcp 80: accepted by open",
  "lan.unknown -> wan tcp 80: dropped by system-reverse-path",
  "lan.forged -> wan tcp 80: dropped by open",
]);
claims(topology, "strict reverse path", reversePath("strict"), [
  "lan -> wan tcp 80: accepted by open",
  "wan -> router.wan ping: accepted by system-ping",
  "lan.unknown -> wan tcp 80: dropped by system-reverse-path",
  "lan.forged -> wan tcp 80: dropped by system-reverse-path",
]);
claims(topology, "no reverse path", reversePath("off"), [
  "lan.unknown -> wan tcp 80: dropped by open",
  "lan.forged -> wan tcp 80: dropped by open",
]);

claims(
  topology,
  "the firewall off",
  `
[firewall]
enabled = false
forwarding = true
rules = [{ id = "shut", action = "drop" }]

[[nat.rules]]
id = "out"
type = "masquerade"
out = "wan"`,
  [
    "wan -> lan tcp 80: accepted by nothing; lan sees wan",
    "lan -> wan udp 53: accepted by nothing; wan sees lan",
    "dmz -> lan ping: accepted by nothing",
    "wan -> router.wan tcp 80: accepted by nothing",
  ],
);
