import { parsed, testFindings } from "../../../tests/check_cases.ts";
import { assertEquals } from "../../std/assert.ts";
import { check } from "../check.ts";

const LAN = '[[interfaces]]\nname = "lan"\naddresses = ["192.168.1.1/24", "fd00:1::1/64"]\n';
const WAN = '[[interfaces]]\nname = "wan"\naddresses = ["dhcp", "slaac"]\n';

/** A route with the id `r` and some lines, below `lan`. */
function route(...lines: readonly string[]): string {
  return `${LAN}\n[[routes]]\nid = "r"\n${lines.join("\n")}\n`;
}

testFindings("where routes lead", [
  [route('destination = "10.0.0.0/8"'), "error routes[r]: it leads nowhere (give it a gateway, an interface, or both)"],
  [
    route('destination = "10.0.0.0/8"', 'type = "blackhole"', 'gateway = "192.168.1.9"'),
    "error routes[r]: a route that is blackhole leads nowhere",
  ],
  [
    route('destination = "10.0.0.0/8"', 'interface = "lna"'),
    "error routes[r].interface: there is no interface lna (did",
  ],
  [
    route('destination = "10.0.0.0/8"', 'gateway = "fd00:1::9"'),
    "error routes[r].gateway: fd00:1::9 is IPv6, and the destination IPv4",
  ],
  [
    route('destination = "default"', 'gateway = "192.168.2.9"'),
    "error routes[r].gateway: the gateway is outside every network of the interfaces",
  ],
  [
    route('destination = "default"', 'gateway = "192.168.2.9"', 'interface = "lan"'),
    "error routes[r].gateway: the gateway is outside every network of lan (on_link says",
  ],
  [
    route('destination = "default"', 'gateway = "192.168.1.1"'),
    "error routes[r].gateway: it is this machine's own address, on lan",
  ],
  [
    route('destination = "default"', 'gateway = "fe80::1"'),
    "error routes[r].gateway: a link-local gateway is on every link (name the interface)",
  ],
  [
    route('destination = "default"', 'gateway = "192.168.2.9"', "on_link = true"),
    "error routes[r].on_link: on which link?",
  ],
  [
    route('destination = "default"', 'hops = [{ gateway = "192.168.1.2" }, { gateway = "fd00:1::2" }]'),
    "error routes[r].hops: its gateways are of both families (make it two routes)",
  ],
  [
    route('destination = "default"', 'gateway = "192.168.1.2"', 'hops = [{ gateway = "192.168.1.3" }]'),
    "error routes[r].hops: it has a way of its own already",
  ],
  [
    route('destination = "default"', 'gateway = "192.168.1.2"') +
    '[[routes]]\nid = "s"\ndestination = "0.0.0.0/0"\ngateway = "192.168.1.3"\n',
    "error routes[s]: r goes to 0.0.0.0/0 with the same metric",
  ],
], "");

Deno.test("check finds nothing wrong with routes that lead somewhere", () => {
  for (
    const toml of [
      route('destination = "default"', 'gateway = "192.168.1.254"'),
      route('destination = "default"', 'gateway = "fe80::1"', 'interface = "lan"'),
      route('destination = "default"', 'gateway = "203.0.113.1"') + WAN,
      route('destination = "10.0.0.0/8"', 'type = "unreachable"'),
      route('destination = "default"', 'gateway = "10.9.9.9"', 'interface = "lan"', "on_link = true"),
    ]
  ) assertEquals(check(parsed(toml)), [], toml);
});
