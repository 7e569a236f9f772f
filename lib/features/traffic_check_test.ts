import { rule, testFindings } from "../../tests/check_cases.ts";

testFindings("places of a rule", [
  [rule('in = "lam"'), "error firewall.rules[r].in[0]: there is no interface or zone lam (did you mean lan?)"],
  [rule('in = "any"'), "error firewall.rules[r].in[0]: there is no interface or zone any (leave the field out"],
  [rule('out = ["lan", "!wna"]'), "error firewall.rules[r].out[1]: there is no interface or zone wna"],
  [rule('out = "web"'), "error firewall.rules[r].out[0]: web is an alias, where an interface or zone stands"],
  [rule('in = "nowhere"'), "warning firewall.rules[r].in: no interface is in nowhere: no packet ever matches"],
  [rule('in = ["lan", "!inside"]'), "warning firewall.rules[r].in: what it names it excludes as well"],
  [rule('in = ["lan", "lan"]'), "note firewall.rules[r].in[1]: lan stands here twice"],
  [rule('chain = "output"', 'in = "lan"'), "error firewall.rules[r].in: packets of this machine itself come in"],
  [rule('chain = "input"', 'out = "lan"'), "error firewall.rules[r].out: packets for this machine itself go out"],
]);

testFindings("addresses of a rule", [
  [rule('source = "webb"'), "error firewall.rules[r].source[0]: there is no alias webb (did you mean web?)"],
  [rule('source = "services"'), "error firewall.rules[r].source[0]: services is an alias of ports"],
  [rule('source = "!10.0.0.1/8"'), "error firewall.rules[r].source[0]: 10.0.0.1/8 has host bits set"],
  [
    rule('source = "fe80::1%lan"'),
    "error firewall.rules[r].source[0]: fe80::1%lan names an interface, where only an address stands (write fe80::1, and",
  ],
  [
    rule('destination = "!fe80::%eth0/64"'),
    "error firewall.rules[r].destination[0]: fe80::%eth0/64 names an interface, where only an address stands (write fe80::/64",
  ],
  [rule('destination = "1.2.3"'), "error firewall.rules[r].destination[0]: 1.2.3 is no address, network or range"],
  [rule('source = "none"'), "warning firewall.rules[r].source: none is empty: no packet ever matches"],
  [rule('source = ["10.0.0.1", "!10.0.0.0/8"]'), "warning firewall.rules[r].source: it excludes all that it names"],
  [rule('source = ["web", "!web"]'), "warning firewall.rules[r].source: it excludes all that it names"],
  [rule('source = ["!0.0.0.0/0", "!::/0"]'), "warning firewall.rules[r].source: it excludes all that it names"],
  [rule('source = ["10.0.0.1", "10.0.0.1"]'), "note firewall.rules[r].source[1]: 10.0.0.1 stands here twice"],
]);

testFindings("families of a rule", [
  [
    rule('source = "10.0.0.1"', 'destination = "fd00::1"'),
    "error firewall.rules[r].destination: destination is IPv6 only, and source is IPv4 only",
  ],
  [
    rule('family = "ipv4"', 'destination = "six"'),
    "error firewall.rules[r].destination: destination is IPv6 only, and family is IPv4 only",
  ],
  [
    rule('family = "ipv6"', 'protocol = "icmp"'),
    "error firewall.rules[r].protocol: protocol is IPv4 only, and family is IPv6 only",
  ],
  [
    rule('protocol = "icmpv6"', 'source = "10.0.0.1"'),
    "error firewall.rules[r].source: source is IPv4 only, and protocol is IPv6 only",
  ],
  [
    rule('source = "!0.0.0.0/0"', 'destination = "10.0.0.1"'),
    "error firewall.rules[r].destination: destination is IPv4 only, and source is IPv6 only",
  ],
  [
    rule('family = "ipv4"', 'source = ["10.0.0.1", "fd00::1"]'),
    "warning firewall.rules[r].source[1]: fd00::1 has no effect: family is IPv4 only",
  ],
  [
    rule('destination = "10.0.0.1"', 'source = ["web", "six"]'),
    "warning firewall.rules[r].source[1]: six has no effect: destination is IPv4 only",
  ],
]);

testFindings("ports of a rule", [
  [rule("destination_port = 80"), "error firewall.rules[r].destination_port: ports need a protocol that has them"],
  [
    rule("source_port = 80", 'protocol = "gre"'),
    "error firewall.rules[r].source_port: ports need a protocol that has them, and gre has none",
  ],
  [
    rule('destination_port = "servises"', 'protocol = "tcp"'),
    "error firewall.rules[r].destination_port[0]: there is no alias servises (did you mean services?)",
  ],
  [
    rule('destination_port = "web"', 'protocol = "tcp"'),
    "error firewall.rules[r].destination_port[0]: web is an alias of addresses, where ports stand",
  ],
  [
    rule('destination_port = "!70000"', 'protocol = "tcp"'),
    "error firewall.rules[r].destination_port[0]: 70000 is no port",
  ],
  [
    rule('destination_port = "p"', 'protocol = "tcp"', '[aliases.p]\ntype = "port"'),
    "warning firewall.rules[r].destination_port: p is empty: no packet ever matches",
  ],
  [
    rule('destination_port = [80, "!1-100"]', 'protocol = "tcp"'),
    "warning firewall.rules[r].destination_port: it excludes all that it names",
  ],
  [
    rule('destination_port = "!0-65535"', 'protocol = "udp"'),
    "warning firewall.rules[r].destination_port: it excludes all that it names",
  ],
  [
    rule("destination_port = [80, 80]", "protocol = 6"),
    "note firewall.rules[r].destination_port[1]: 80 stands here twice",
  ],
]);

testFindings("ICMP types", [
  [
    rule('icmp_type = "echo-request"'),
    "error firewall.rules[r].icmp_type: ICMP types need protocol icmp or icmpv6, and here it is any",
  ],
  [
    rule('icmp_type = "echo-reqest"', 'protocol = "icmp"'),
    "error firewall.rules[r].icmp_type[0]: icmp has no type echo-reqest (did you mean echo-request?)",
  ],
  [
    rule('icmp_type = "packet-too-big"', 'protocol = "icmp"'),
    "error firewall.rules[r].icmp_type[0]: icmp has no type packet-too-big (protocol icmpv6 has it)",
  ],
  [rule('icmp_type = "300"', 'protocol = "icmp"'), "error firewall.rules[r].icmp_type[0]: icmp has no type 300"],
  [rule('icmp_type = ""', 'protocol = "icmp"'), "error firewall.rules[r].icmp_type[0]: icmp has no type "],
  [rule("icmp_type = [8, 8]", 'protocol = "icmp"'), "note firewall.rules[r].icmp_type[1]: 8 stands here twice"],
]);
