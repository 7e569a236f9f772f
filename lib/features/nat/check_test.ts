import { dnat, GROUND, nat, parsed, rule, testFindings } from "../../../tests/check_cases.ts";
import { assertEquals } from "../../std/assert.ts";
import { check } from "../check.ts";

testFindings("sources that change", [
  [nat("masquerade", 'in = "lan"'), "error nat.rules[n].in: type masquerade changes packets where they go out"],
  [nat("snat", 'in = "lan"', 'to = "192.0.2.1"'), "error nat.rules[n].in: type snat changes packets where they go"],
  [nat("masquerade"), "warning nat.rules[n].out: type masquerade without out changes packets on every interface"],
  [nat("masquerade", 'to = "192.0.2.1"'), "error nat.rules[n].to: type masquerade has no to"],
  [nat("masquerade", "persistent = true"), "error nat.rules[n].persistent: type masquerade has no persistent"],
  [nat("snat", 'out = "wan"'), "error nat.rules[n].to: type snat needs the new address (type masquerade needs none)"],
  [
    nat("snat", 'out = "wan"', 'to = "10.0.0.9-10.0.0.1"'),
    "error nat.rules[n].to: 10.0.0.9-10.0.0.1 is no address or range",
  ],
  [
    nat("snat", 'out = "wan"', 'to = "192.0.2.1"', 'source = "fd00::/8"'),
    "error nat.rules[n].to: to is IPv4 only, and source is IPv6 only",
  ],
  [
    nat("masquerade", 'out = "wan"', "to_port = 80"),
    "error nat.rules[n].to_port: ports need a protocol that has them",
  ],
  [
    nat("masquerade", 'out = "wan"', "to_port = 0", 'protocol = "tcp"'),
    "error nat.rules[n].to_port: 0 is no port that packets can go to",
  ],
]);

testFindings("destinations that change", [
  [nat("dnat", 'protocol = "tcp"'), "error nat.rules[n].to: type dnat needs the new address (type redirect leads"],
  [dnat('out = "wan"'), "error nat.rules[n].out: type dnat has no out (a destination changes before"],
  [dnat('external = "192.0.2.0/24"'), "error nat.rules[n].external: type dnat has no external"],
  [dnat("random_port = true"), "error nat.rules[n].random_port: type dnat has no random_port"],
  [dnat('destination = "2001:db8::1"'), "error nat.rules[n].to: to is IPv4 only, and destination is IPv6 only"],
  [nat("dnat", 'to = "10.0.0.1"'), "warning nat.rules[n]: every packet to this machine is led away"],
  [nat("redirect"), "warning nat.rules[n]: every packet that comes in is led away"],
  [nat("redirect", 'to = "10.0.0.1"'), "error nat.rules[n].to: type redirect has no to (to belongs to snat, dnat)"],
  [nat("redirect", 'hairpin = "lan"'), "error nat.rules[n].hairpin: type redirect has no hairpin"],
  [dnat('hairpin = "!lan"'), "error nat.rules[n].hairpin[0]: hairpin cannot exclude"],
  [dnat('hairpin = "lna"'), "error nat.rules[n].hairpin[0]: there is no interface or zone lna (did you mean lan?)"],
  [dnat('in = "!inside"', 'hairpin = "lan"'), "warning nat.rules[n].hairpin[0]: in excludes lan"],
  [dnat('to_port = "80-89"'), "error nat.rules[n].to_port: no port pairs with those of 80-89"],
  [
    dnat('to_port = "80-89"', 'destination_port = "8080-8081"'),
    "error nat.rules[n].to_port: 2 ports (8080-8081) cannot pair with 10 (80-89)",
  ],
  [
    dnat('to_port = "2000-2999"', 'destination_port = "1000-1999"'),
    "error nat.rules[n].to_port: 1000 ports are too many to move to others",
  ],
]);

testFindings("networks for networks", [
  [nat("one-to-one", 'external = "192.0.2.0/24"'), "error nat.rules[n].internal: type one-to-one needs the internal"],
  [nat("nptv6", 'internal = "fd00::/64"'), "error nat.rules[n].external: type nptv6 needs the external network"],
  [
    nat("one-to-one", 'external = "192.0.2.0/24"', 'internal = "10.0.0.0/25"'),
    "error nat.rules[n].internal: internal has prefix length 25, and external has 24",
  ],
  [
    nat("one-to-one", 'external = "192.0.2.0/24"', 'internal = "fd00::/120"'),
    "error nat.rules[n].internal: internal is IPv6 only, and external is IPv4 only",
  ],
  [
    nat("one-to-one", 'external = "10.0.0.0/24"', 'internal = "10.0.0.0/24"'),
    "error nat.rules[n].internal: internal and external are the same network",
  ],
  [
    nat("nptv6", 'external = "192.0.2.0/24"', 'internal = "10.0.0.0/24"'),
    "error nat.rules[n].external: nptv6 is for IPv6",
  ],
  [
    nat("one-to-one", 'external = "192.0.2.0/24"', 'internal = "10.0.0.0/24"', 'source = "10.0.0.1"'),
    "error nat.rules[n].source: type one-to-one has no source (internal says it)",
  ],
]);

/** A forwarded port: 8080 outside, 80 on 10.0.0.1. */
const FORWARDED = dnat('in = "wan"', "destination_port = 8080", "to_port = 80");

Deno.test("check tells where no rule lets a forwarded port through", () => {
  const cases: [rule: string, passes: boolean][] = [
    ["", false],
    [rule(), true],
    [rule('protocol = "tcp"', "destination_port = 80", 'destination = "10.0.0.0/24"'), true],
    [rule('protocol = "tcp"', "destination_port = 8080"), false],
    [rule('protocol = "tcp"', 'destination_port = "services"'), true],
    [rule('protocol = "udp"', "destination_port = 80"), false],
    [rule('destination = "10.0.0.2"'), false],
    [rule('destination = "web"'), true],
    [rule('in = "lan"'), false],
    [rule('family = "ipv6"'), false],
    [rule('chain = "input"'), false],
    [rule('state = "established"'), false],
    [rule("enabled = false"), false],
    ['[[firewall.rules]]\naction = "drop"', false],
  ];
  for (const [toml, passes] of cases) {
    const warnings = check(parsed(`${GROUND}${toml}\n${FORWARDED}`)).map(({ message }) => message)
      .filter((message) => message.startsWith("no rule in forward accepts what this leads to 10.0.0.1"));
    assertEquals(warnings.length, passes ? 0 : 1, toml);
  }
});
