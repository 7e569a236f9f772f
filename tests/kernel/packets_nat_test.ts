// needs: nft unshare
/** Translated addresses and ports: who answers, and whom it takes for the client. */
import { assertMatch, assertNotEquals } from "../../lib/std/assert.ts";
import { claims, useTopology } from "./topology.ts";

const topology = useTopology();

/** What is translated may pass: only the translation is at stake. */
const nat = (rules: string) => `
[firewall]
forwarding = true
default_forward = "accept"

[nat]
rules = [
${rules}
]`;

claims(
  topology,
  "masquerade",
  nat(`
  { id = "not-12", type = "snat", out = "wan", source = "192.168.1.12", to = "198.51.100.12" },
  { id = "high", type = "masquerade", out = "wan", protocol = "tcp", destination_port = 443, to_port = "50000-50099" },
  { id = "out", type = "masquerade", out = "wan", source = ["192.168.0.0/16", "fd00::/8"] },`),
  [
    "lan -> wan tcp 80: accepted by default-forward via out; wan port 80 sees router.wan",
    "lan -> wan udp 53: accepted by default-forward via out; wan port 53 sees router.wan",
    "lan -> wan ping: accepted by default-forward via out",
    "dmz -> wan tcp 80: accepted by default-forward via out; wan sees router.wan",
    "lan -> wan tcp 443: accepted by default-forward via high; wan sees router.wan port 50000-50099",
    "lan -> dmz tcp 80: accepted by default-forward; dmz sees lan",
    "wan -> dmz tcp 80: accepted by default-forward; dmz sees wan",
    // The first match decides here too.
    "lan.12 -> 203.0.113.2 tcp 80: accepted by default-forward via not-12; wan sees 198.51.100.12",
  ],
);

claims(
  topology,
  "masquerade of one family",
  nat(`  { id = "out", type = "masquerade", out = "wan", family = "ipv4" },`),
  [
    "lan -> 203.0.113.2 tcp 80: accepted by default-forward via out; wan sees router.wan",
    "lan -> 2001:db8::2 tcp 80: accepted by default-forward; wan sees lan",
  ],
);

claims(
  topology,
  "ports stay as they are",
  nat(`  { id = "out", type = "masquerade", out = "wan" },`),
  ["lan port 4301 -> wan tcp 80: accepted by default-forward via out; wan port 80 sees router.wan port 4301"],
);

for (const [family, from, to] of [[4, "192.168.1.10", "203.0.113.2"], [6, "fd00:1::10", "2001:db8::2"]] as const) {
  for (
    const rule of [`type = "masquerade"`, `type = "snat", to = "${family === 4 ? "198.51.100.10" : "2001:db8:9::10"}"`]
  ) {
    Deno.test(`random_port, ${rule}: ports become others, IPv${family}`, async () => {
      await topology().load(nat(`  { id = "out", ${rule}, out = "wan", random_port = true },`));
      const seen: string[] = [];
      const ports = [4311, 4312, 4313];
      for (const port of ports) {
        const source = { address: from, port };
        const attempt = { protocol: "tcp", source, address: to, port: 80, timeout: 3000, listen: true } as const;
        const { heard = "" } = await topology().station("lan").ask("attempt", attempt);
        seen.push(/You come from \S+ port (\d+)\./.exec(heard)?.[1] ?? heard);
      }
      for (const port of seen) assertMatch(port, /^\d+$/);
      // By chance one of them may stay, but not all three.
      assertNotEquals(seen, ports.map(String));
    });
  }
}

claims(
  topology,
  "snat",
  nat(`
  { id = "one", type = "snat", out = "wan", source = "192.168.1.10", to = "198.51.100.10" },
  { id = "one6", type = "snat", out = "wan", source = "fd00:1::10", to = "2001:db8:9::10" },
  { id = "port", type = "snat", out = "wan", source = "192.168.1.11", protocol = "tcp", to = "198.51.100.11", to_port = "50000-50009" },
  { id = "port6", type = "snat", out = "wan", source = "fd00:1::11", protocol = "tcp", to = "2001:db8:9::11", to_port = "50000-50009" },
  { id = "range", type = "snat", out = "wan", source = "192.168.1.12", to = "198.51.100.16-198.51.100.19" },
  { id = "range6", type = "snat", out = "wan", source = "fd00:1::12", to = "2001:db8:9::16-2001:db8:9::19", persistent = true },
  { id = "off", type = "snat", out = "dmz", to = "198.51.100.99", enabled = false },`),
  [
    "lan -> 203.0.113.2 tcp 80: accepted by default-forward via one; wan sees 198.51.100.10",
    "lan -> 203.0.113.2 udp 53: accepted by default-forward via one; wan sees 198.51.100.10",
    "lan -> 203.0.113.2 ping: accepted by default-forward via one",
    "lan -> 2001:db8::2 tcp 80: accepted by default-forward via one6; wan sees 2001:db8:9::10",
    "lan -> 2001:db8::2 udp 53: accepted by default-forward via one6; wan sees 2001:db8:9::10",
    "lan.11 -> 203.0.113.2 tcp 80: accepted by default-forward via port; wan sees 198.51.100.11 port 50000-50009",
    "lan.11 -> 2001:db8::2 tcp 80: accepted by default-forward via port6; wan sees 2001:db8:9::11 port 50000-50009",
    "lan.12 -> 203.0.113.2 tcp 80: accepted by default-forward via range; wan sees 198.51.100.16-198.51.100.19",
    "lan.12 -> 2001:db8::2 tcp 80: accepted by default-forward via range6; wan sees 2001:db8:9::16-2001:db8:9::19",
    "lan -> dmz tcp 80: accepted by default-forward; dmz sees lan",
  ],
);

const PORTS = `
  { id = "web", type = "dnat", in = "wan", protocol = "tcp", destination_port = 8080, to = "192.168.2.10", to_port = 80 },
  { id = "web6", type = "dnat", in = "wan", protocol = "tcp", destination_port = 8080, to = "fd00:2::10", to_port = 80 },
  { id = "names", type = "dnat", in = "wan", protocol = "udp", destination = "203.0.113.1", destination_port = 5353, to = "192.168.2.10", to_port = 53 },
  { id = "moved", type = "dnat", in = "wan", protocol = "tcp", destination_port = "8001-8003", to = "192.168.2.11", to_port = "7000-7002" },
  { id = "same", type = "dnat", in = "wan", protocol = "tcp", destination_port = "7010-7012", to = "192.168.2.11" },
  { id = "odd", type = "dnat", in = "wan", protocol = "tcp", destination = "198.51.100.50", to = "192.168.1.10" },`;

claims(topology, "dnat", nat(PORTS), [
  "wan -> 203.0.113.1 tcp 8080: accepted by default-forward via web; dmz port 80 sees wan",
  "wan -> 2001:db8::1 tcp 8080: accepted by default-forward via web6; dmz port 80 sees wan",
  "wan -> 203.0.113.1 udp 5353: accepted by default-forward via names; dmz port 53 sees wan",
  "wan -> 203.0.113.1 tcp 8001: accepted by default-forward via moved; dmz.11 port 7000 sees wan",
  "wan -> 203.0.113.1 tcp 8003: accepted by default-forward via moved; dmz.11 port 7002 sees wan",
  "wan -> 203.0.113.1 tcp 7011: accepted by default-forward via same; dmz.11 port 7011 sees wan",
  "wan -> 198.51.100.50 tcp 443: accepted by default-forward via odd; lan port 443 sees wan",
  // Other ports, other places and what only passes through stay as they are.
  "wan -> router.wan tcp 80: dropped by default-input",
  "lan -> router.wan tcp 8080: dropped by default-input",
  "wan -> dmz tcp 7011: accepted by default-forward; dmz port 7011 sees wan",
]);

claims(
  topology,
  "filter rules see the new destination",
  `
[firewall]
forwarding = true

[[firewall.rules]]
id = "new"
action = "accept"
destination = "192.168.2.10"
protocol = "tcp"
destination_port = 80

[nat]
rules = [${PORTS}
]`,
  [
    "wan -> 203.0.113.1 tcp 8080: accepted by new via web",
    "wan -> 203.0.113.1 tcp 8001: dropped by default-forward via moved",
  ],
);

claims(
  topology,
  "hairpin",
  `
[zones.inside]
interfaces = ["lan", "dmz"]
${
    nat(`
  { id = "home", type = "dnat", in = "wan", protocol = "tcp", destination_port = 8081, to = "192.168.1.11", to_port = 80, hairpin = "lan" },
  { id = "home6", type = "dnat", in = "wan", protocol = "tcp", destination_port = 8081, to = "fd00:1::11", to_port = 80, hairpin = "lan" },
  { id = "shop", type = "dnat", in = "wan", protocol = "tcp", destination = "203.0.113.1", destination_port = 8082, to = "192.168.2.10", to_port = 443, hairpin = "inside" },`)
  }`,
  [
    "wan -> 203.0.113.1 tcp 8081: accepted by default-forward via home; lan.11 port 80 sees wan",
    "wan -> 2001:db8::1 tcp 8081: accepted by default-forward via home6; lan.11 port 80 sees wan",
    "lan -> 203.0.113.1 tcp 8081: accepted by default-forward via home; lan.11 port 80 sees router.lan",
    // The router also tells of the shorter way (RFC 4861, section 8.2): that is system-link, which no claim names.
    "lan -> 2001:db8::1 tcp 8081: accepted by default-forward via home6; lan.11 port 80 sees router.lan",
    "dmz -> router.wan tcp 8081: dropped by default-input",
    "lan -> 203.0.113.1 tcp 8082: accepted by default-forward via shop; dmz port 443 sees router.dmz",
    "dmz -> 203.0.113.1 tcp 8082: accepted by default-forward via shop; dmz port 443 sees router.dmz",
    // Without a detour by the public address nothing is translated.
    "lan -> dmz tcp 443: accepted by default-forward; dmz sees lan",
  ],
);

claims(
  topology,
  "redirect",
  `
[firewall]
forwarding = true

[[firewall.rules]]
id = "own"
chain = "input"
action = "accept"
in = "lan"
protocol = "tcp+udp"
destination_port = "7000-7002"

[nat]
rules = [
  { id = "names", type = "redirect", in = "lan", protocol = "tcp+udp", destination_port = 53, to_port = 7000 },
  { id = "range", type = "redirect", in = "lan", protocol = "tcp", destination_port = "8001-8002", to_port = "7001-7002" },
]`,
  [
    "lan -> wan tcp 53: accepted by own via names; router.lan port 7000 sees lan",
    "lan -> wan udp 53: accepted by own via names; router.lan port 7000 sees lan",
    "lan -> wan tcp 8002: accepted by own via range; router.lan port 7002 sees lan",
    "dmz -> wan tcp 53: dropped by default-forward",
  ],
);

claims(
  topology,
  "one-to-one",
  nat(`
  { id = "all", type = "one-to-one", out = "wan", external = "198.51.100.8/29", internal = "192.168.2.8/29" },
  { id = "host6", type = "one-to-one", out = "wan", external = "2001:db8:9::99/128", internal = "fd00:2::11/128" },`),
  [
    "wan -> 198.51.100.10 tcp 80: accepted by default-forward via all; dmz port 80 sees wan",
    "wan -> 198.51.100.11 tcp 443: accepted by default-forward via all; dmz.11 port 443 sees wan",
    "wan -> 198.51.100.10 ping: accepted by default-forward via all",
    "wan -> 2001:db8:9::99 tcp 80: accepted by default-forward via host6; dmz.11 sees wan",
    "dmz -> 203.0.113.2 tcp 80: accepted by default-forward via all; wan sees 198.51.100.10",
    "dmz.11 -> 203.0.113.2 udp 53: accepted by default-forward via all; wan sees 198.51.100.11",
    "dmz.11 -> 2001:db8::2 tcp 80: accepted by default-forward via host6; wan sees 2001:db8:9::99",
    // Only on the side that it is for.
    "dmz -> lan tcp 80: accepted by default-forward; lan sees dmz",
  ],
);

claims(
  topology,
  "nptv6",
  nat(`  { id = "prefix", type = "nptv6", out = "wan", external = "2001:db8:2::/64", internal = "fd00:2::/64" },`),
  [
    "dmz -> 2001:db8::2 tcp 80: accepted by default-forward via prefix; wan sees 2001:db8:2::10",
    "dmz.11 -> 2001:db8::2 udp 53: accepted by default-forward via prefix; wan sees 2001:db8:2::11",
    "dmz -> 2001:db8::2 ping: accepted by default-forward via prefix",
    "wan -> 2001:db8:2::11 tcp 80: accepted by default-forward via prefix; dmz.11 port 80 sees wan",
    "lan -> 2001:db8::2 tcp 80: accepted by default-forward; wan sees lan",
  ],
);
