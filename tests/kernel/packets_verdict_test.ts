// needs: nft unshare
/** What becomes of packets: accepted, dropped, rejected in each way; replies, order, chains of one's own, states. */
import { counted } from "../../lib/demo/counters.ts";
import { assertEquals } from "../../lib/std/assert.ts";
import { claims, useTopology } from "./topology.ts";

const topology = useTopology();

const WEB = `
[firewall]
forwarding = true
rules = [
  { id = "web", action = "accept", in = "lan", protocol = "tcp", destination_port = 80 },
  { id = "udp", action = "accept", in = "lan", protocol = "udp" },
  { id = "no-mail", action = "drop", in = "lan", protocol = "tcp", destination_port = 25 },
]`;

claims(topology, "accept and drop", WEB, [
  "lan -> wan tcp 80: accepted by web",
  "lan -> wan udp 53: accepted by udp",
  "lan -> wan tcp 25: dropped by no-mail",
  "lan -> wan tcp 443: dropped by default-forward",
]);

claims(topology, "replies pass, connections the other way do not", WEB, [
  "lan port 4053 -> dmz udp 53: accepted by udp",
  "dmz port 4053 -> lan udp 53: dropped by default-forward",
  "dmz -> lan tcp 80: dropped by default-forward",
  // Nobody listens: the answer is an ICMP error, which belongs to the connection.
  "lan -> wan udp 9: rejected ECONNREFUSED by udp",
]);

for (const [ours, address] of [["192.168.1.10", "203.0.113.2"], ["fd00:1::10", "2001:db8::2"]] as const) {
  Deno.test(`one rule lets a conversation with ${address} begin, and system-established the rest pass`, async () => {
    await topology().load(WEB);
    const router = topology().station("router");
    const before = await router.ask("count", null);
    const source = { address: ours, port: 0 };
    const attempt = { protocol: "tcp", source, address, port: 80, timeout: 1000, listen: true } as const;
    assertEquals((await topology().station("lan").ask("attempt", attempt)).result, "accepted");
    const packets = new Map(
      counted(before, await router.ask("count", null))
        .filter(({ chain }) => chain.startsWith("forward")).map(({ rule, packets }) => [rule, packets]),
    );
    const rest = packets.get("system-established") ?? 0;
    assertEquals([[...packets.keys()].sort(), packets.get("web")], [["system-established", "web"], 1]);
    // The answer to the first packet, request, reply and their acknowledgements.
    assertEquals(rest >= 5, true, `${rest} packets`);
  });
}

claims(
  topology,
  "reject_with",
  `
[firewall]
forwarding = true
rules = [
  { id = "auto", action = "reject", in = "lan", protocol = "tcp+udp", destination_port = 1001 },
  { id = "port", action = "reject", reject_with = "port-unreachable", destination_port = 1002, protocol = "tcp+udp" },
  { id = "host", action = "reject", reject_with = "host-unreachable", destination_port = 1003, protocol = "tcp+udp" },
  { id = "net", action = "reject", reject_with = "net-unreachable", destination_port = 1004, protocol = "tcp+udp" },
  { id = "admin", action = "reject", reject_with = "admin-prohibited", destination_port = 1005, protocol = "tcp+udp" },
  { id = "reset", action = "reject", reject_with = "tcp-reset", destination_port = 1006, protocol = "tcp" },
  { id = "any", action = "reject", in = "dmz" },
  { id = "to-router", chain = "input", action = "reject", protocol = "tcp+udp", destination_port = 80 },
]`,
  [
    "lan -> wan tcp 1001: rejected ECONNREFUSED by auto",
    "lan -> wan udp 1001: rejected ECONNREFUSED by auto",
    "lan -> wan tcp 1002: rejected ECONNREFUSED by port",
    "lan -> wan udp 1002: rejected ECONNREFUSED by port",
    "lan -> wan tcp 1003: rejected EHOSTUNREACH by host",
    "lan -> wan udp 1003: rejected EHOSTUNREACH by host",
    "lan -> wan tcp 1004: rejected ENETUNREACH by net",
    "lan -> wan udp 1004: rejected ENETUNREACH by net",
    "lan -> wan tcp 1005: rejected EHOSTUNREACH|EACCES by admin",
    "lan -> wan udp 1005: rejected EHOSTUNREACH|EACCES by admin",
    "lan -> wan tcp 1006: rejected ECONNREFUSED by reset",
    "lan -> wan udp 1006: dropped by default-forward",
    "dmz -> wan tcp 80: rejected ECONNREFUSED by any",
    "dmz -> wan udp 53: rejected ECONNREFUSED by any",
    "dmz -> wan ping: rejected ECONNREFUSED by any",
    "wan -> router.wan tcp 80: rejected ECONNREFUSED by to-router",
    "wan -> router.wan udp 80: rejected ECONNREFUSED by to-router",
  ],
);

const ORDER = (first: string, second: string) => `
[firewall]
forwarding = true
rules = [
${first}
${second}
]`;
const OPEN = `{ id = "open", action = "accept", in = "lan", protocol = "tcp" },`;
const CLOSED = `{ id = "closed", action = "reject", in = "lan", protocol = "tcp", destination_port = 80 },`;

claims(topology, "the first match decides", ORDER(OPEN, CLOSED), ["lan -> wan tcp 80: accepted by open"]);
claims(topology, "swapped, the other one decides", ORDER(CLOSED, OPEN), [
  "lan -> wan tcp 80: rejected ECONNREFUSED by closed",
  "lan -> wan tcp 443: accepted by open",
]);
claims(topology, "a disabled rule decides nothing", ORDER(CLOSED.replace(" }", ", enabled = false }"), OPEN), [
  "lan -> wan tcp 80: accepted by open",
]);
claims(topology, "nothing is left of a rule that is gone", ORDER(CLOSED, ""), [
  "lan -> wan tcp 443: dropped by default-forward",
]);

claims(
  topology,
  "chains of one's own",
  `
[firewall]
forwarding = true
chains = [{ name = "web" }, { name = "guests" }]
rules = [
  { id = "to-web", action = "jump", target = "web", in = "lan", protocol = "tcp" },
  { id = "behind", action = "reject", in = "lan", protocol = "tcp" },
  { id = "not-11", chain = "web", action = "return", source = ["192.168.1.11", "fd00:1::11"] },
  { id = "plain", chain = "web", action = "accept", destination_port = 80, protocol = "tcp" },
  { id = "to-guests", chain = "web", action = "jump", target = "guests", destination_port = 443, protocol = "tcp" },
  { id = "guest", chain = "guests", action = "drop", source = ["192.168.1.12", "fd00:1::12"] },
]`,
  [
    "lan -> wan tcp 80: accepted by to-web, plain",
    "lan.11 -> wan tcp 80: rejected ECONNREFUSED by to-web, not-11, behind",
    "lan.12 -> wan tcp 443: dropped by to-web, to-guests, guest",
    "lan -> wan tcp 443: rejected ECONNREFUSED by to-web, to-guests, behind",
    "lan -> wan tcp 25: rejected ECONNREFUSED by to-web, behind",
  ],
);

claims(
  topology,
  "ICMP",
  `
[firewall]
forwarding = true
rules = [
  { id = "ping", action = "accept", in = "lan", protocol = "icmp", icmp_type = "echo-request" },
  { id = "ping6", action = "accept", in = "lan", protocol = "icmpv6", icmp_type = "echo-request" },
  { id = "clock", action = "accept", in = "dmz", protocol = "icmp", icmp_type = ["timestamp-request", 17] },
]`,
  [
    "lan -> 203.0.113.2 ping: accepted by ping",
    "lan -> 2001:db8::2 ping: accepted by ping6",
    // A timestamp request (13) and a node information query (139, RFC 4620).
    "lan -> wan icmp 13: dropped by default-forward",
    "lan -> wan icmpv6 139: dropped by default-forward",
    "dmz -> wan icmp 13: accepted by clock",
    "dmz -> wan ping: dropped by default-forward",
    "lan -> wan udp 53: dropped by default-forward",
    // Answers that nobody asked for, and an error about a connection that nobody has.
    "lan -> wan icmp 0: dropped by system-invalid",
    "lan -> wan icmpv6 129: dropped by system-invalid",
    "lan -> wan icmpv6 2: dropped by system-invalid",
  ],
);

claims(
  topology,
  "states",
  `
[firewall]
forwarding = true
drop_invalid = false
rules = [
  { id = "unasked", action = "drop", state = "invalid" },
  { id = "running", action = "drop", state = ["established", "related"] },
  { id = "fresh", action = "accept", state = "new", protocol = "tcp" },
]`,
  [
    "lan -> wan icmp 0: dropped by unasked",
    "lan -> wan icmpv6 129: dropped by unasked",
    "lan -> wan tcp 80: accepted by fresh",
    "lan -> wan udp 53: dropped by default-forward",
  ],
);

/** A table of somebody else's, by which conntrack leaves UDP with port 7003 alone. */
const UNTRACKED = `table inet others {
  chain raw {
    type filter hook prerouting priority raw;
    udp dport 7003 notrack
    udp sport 7003 notrack
  }
}
`;

Deno.test("somebody keeps packets out of connection tracking", () => nftOnRouter(UNTRACKED));

claims(
  topology,
  "untracked packets",
  `
[firewall]
forwarding = true
rules = [
  { id = "running", action = "accept", state = ["new", "established", "related"], in = "lan", protocol = "udp", destination_port = [7002, 7003] },
  { id = "loose", action = "accept", state = "untracked", in = ["lan", "wan"], protocol = "udp" },
]`,
  [
    "lan -> wan udp 7003: accepted by loose",
    "lan -> wan udp 7002: accepted by running",
    "dmz -> wan udp 7003: dropped by default-forward",
  ],
);

Deno.test("and does so no more", () => nftOnRouter("delete table inet others\n"));

async function nftOnRouter(text: string): Promise<void> {
  const [program = "", ...args] = [...topology().doorway("router"), "nft", text];
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
}
