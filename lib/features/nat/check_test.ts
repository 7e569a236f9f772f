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

/** Documents with one NAT rule, and whether some rule of the filter lets through what it is for. */
const PASSAGES: Readonly<
  Record<string, readonly [nat: string, message: string, cases: [rule: string, passes: boolean][]]>
> = {
  "a forwarded port": [
    // 8080 outside, 80 on 10.0.0.1.
    dnat('in = "wan"', "destination_port = 8080", "to_port = 80"),
    "no rule in forward accepts what this leads to 10.0.0.1",
    [
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
    ],
  ],
  "a hairpin": [
    dnat('in = "wan"', "destination_port = 8080", "to_port = 80", 'hairpin = "lan"'),
    "no rule in forward accepts what this leads from lan to 10.0.0.1",
    [
      [rule(), true],
      [rule('in = "inside"'), true],
      [rule('in = "wan"'), false],
      [rule('in = "lan"', 'protocol = "tcp"', "destination_port = 8080"), false],
    ],
  ],
  "a port of this machine": [
    nat("redirect", 'in = "lan"', 'protocol = "udp"', "destination_port = 53", "to_port = 5353"),
    "no rule in input accepts what this leads to this machine",
    [
      ["", false],
      [rule(), false],
      [rule('chain = "input"'), true],
      [rule('chain = "input"', 'protocol = "udp"', "destination_port = 5353", 'destination = "192.168.1.1"'), true],
      [rule('chain = "input"', 'protocol = "udp"', "destination_port = 53"), false],
      [rule('chain = "input"', 'in = "wan"'), false],
    ],
  ],
  "a port that stays open for administrators": [
    nat("redirect", 'in = "wan"', 'protocol = "tcp"', "destination_port = 2222", "to_port = 22"),
    "no rule in input accepts what this leads to this machine",
    [
      ["", true],
      ['[firewall.anti_lockout]\nin = "lan"', false],
      ["[firewall.anti_lockout]\nports = 2200", false],
      ["[firewall.anti_lockout]\nenabled = false", false],
    ],
  ],
  "a network for a network": [
    nat("one-to-one", 'in = "wan"', 'external = "192.0.2.0/24"', 'internal = "10.0.0.0/24"'),
    "no rule in forward accepts what comes in for 10.0.0.0/24",
    [
      ["", false],
      [rule('in = "wan"', 'destination = "10.0.0.7"'), true],
      [rule('in = "wan"', 'destination = "192.0.2.7"'), false],
      [rule('in = "lan"', 'out = "wan"'), false],
      [rule('family = "ipv6"'), false],
    ],
  ],
  "a prefix for a prefix": [
    nat("nptv6", 'out = "wan"', 'external = "2001:db8::/64"', 'internal = "fd00::/64"'),
    "no rule in forward accepts anything from or to fd00::/64",
    [
      ["", false],
      [rule('in = "lan"', 'out = "wan"'), true],
      [rule('in = "wan"', 'destination = "fd00::1"'), true],
      [rule('in = "lan"', 'source = "2001:db8::1"'), false],
      [rule('in = "lan"', 'family = "ipv4"'), false],
    ],
  ],
  "a source that changes": [
    nat("masquerade", 'out = "wan"', 'source = "10.0.0.0/8"'),
    "no rule in forward accepts what goes out through wan",
    [
      ["", false],
      [rule('in = "lan"', 'out = "wan"'), true],
      [rule('source = "10.1.0.0/16"'), true],
      [rule('source = "192.168.0.0/16"'), false],
      [rule('out = "lan"'), false],
    ],
  ],
};

for (const [what, [translation, message, cases]] of Object.entries(PASSAGES)) {
  Deno.test(`check tells where no rule lets ${what} through`, () => {
    for (const [toml, passes] of cases) {
      const warnings = check(parsed(`${GROUND}${toml}\n${translation}`)).filter((one) =>
        one.message.startsWith(message)
      );
      assertEquals(warnings.length, passes ? 0 : 1, toml);
    }
  });
}

Deno.test("where nothing is stopped for want of a rule, none is missed", () => {
  const translations = [dnat('in = "wan"'), nat("redirect", 'protocol = "udp"')].map((one, index) =>
    one.replace('"n"', `"n${index}"`)
  ).join("\n");
  const cases: [settings: string, warnings: number][] = [
    ["", 2],
    ['default_forward = "accept"', 1],
    ['default_input = "accept"', 1],
    ["enabled = false", 0],
  ];
  for (const [settings, warnings] of cases) {
    const found = check(parsed(`${GROUND}${settings}\n${translations}`));
    assertEquals(found.filter(({ message }) => message.startsWith("no rule in")).length, warnings, settings);
  }
});
