// needs: nft unshare
/** Which packets a rule means: places, addresses, aliases, ports, protocols, and what `!` takes out of them. */
import { claims, useTopology } from "./topology.ts";

const topology = useTopology();

claims(
  topology,
  "interfaces and zones",
  `
[zones.inside]
interfaces = ["lan", "dmz"]

[firewall]
forwarding = true
default_forward = "reject"
rules = [
  { id = "from-lan", action = "accept", in = "lan", protocol = "tcp", destination_port = 7001 },
  { id = "from-inside", action = "accept", in = "inside", out = "wan", protocol = "tcp", destination_port = 7002 },
  { id = "from-two", action = "accept", in = ["lan", "wan"], protocol = "tcp", destination_port = 7003 },
  { id = "not-lan", action = "accept", in = "!lan", protocol = "tcp", destination_port = 7004 },
  { id = "not-inside", action = "accept", in = "!inside", protocol = "tcp", destination_port = 7005 },
  { id = "to-outside", action = "accept", out = "!inside", protocol = "tcp", destination_port = 7006 },
  { id = "within", action = "accept", in = ["inside", "!dmz"], protocol = "tcp", destination_port = 7007 },
]`,
  [
    "lan -> wan tcp 7001: accepted by from-lan",
    "dmz -> wan tcp 7001: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7002: accepted by from-inside",
    "dmz -> wan tcp 7002: accepted by from-inside",
    "lan -> dmz tcp 7002: rejected ECONNREFUSED by default-forward",
    "wan -> dmz tcp 7003: accepted by from-two",
    "dmz -> wan tcp 7003: rejected ECONNREFUSED by default-forward",
    "dmz -> wan tcp 7004: accepted by not-lan",
    "lan -> wan tcp 7004: rejected ECONNREFUSED by default-forward",
    "wan -> lan tcp 7005: accepted by not-inside",
    "dmz -> lan tcp 7005: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7006: accepted by to-outside",
    "wan -> lan tcp 7006: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7007: accepted by within",
    "dmz -> wan tcp 7007: rejected ECONNREFUSED by default-forward",
  ],
);

claims(
  topology,
  "addresses",
  `
[firewall]
forwarding = true
default_forward = "reject"
rules = [
  { id = "host", action = "accept", source = ["192.168.1.11", "fd00:1::11"], protocol = "tcp", destination_port = 7001 },
  { id = "prefix", action = "accept", source = ["192.168.1.8/30", "fd00:1::10/127"], protocol = "tcp", destination_port = 7002 },
  { id = "range", action = "accept", source = ["192.168.1.11-192.168.1.12", "fd00:1::11-fd00:1::12"], protocol = "tcp", destination_port = 7003 },
  { id = "not-host", action = "accept", source = ["!192.168.1.11", "!fd00:1::11"], protocol = "tcp", destination_port = 7004 },
  { id = "not-prefix", action = "accept", source = ["!192.168.1.8/30", "!fd00:1::10/127"], protocol = "tcp", destination_port = 7005 },
  { id = "not-range", action = "accept", source = ["!192.168.1.11-192.168.1.12", "!fd00:1::11-fd00:1::12"], protocol = "tcp", destination_port = 7006 },
  { id = "but-host", action = "accept", source = ["192.168.1.0/24", "fd00:1::/64", "!192.168.1.11", "!fd00:1::11"], protocol = "tcp", destination_port = 7007 },
  { id = "one-family", action = "accept", source = "192.168.1.0/24", protocol = "tcp", destination_port = 7008 },
  { id = "ipv6", action = "accept", family = "ipv6", protocol = "tcp", destination_port = 7009 },
  { id = "both-ends", action = "accept", source = ["192.168.1.11", "fd00:1::11"], destination = ["203.0.113.67", "2001:db8::67"], protocol = "tcp", destination_port = 7010 },
]`,
  [
    "lan.11 -> wan tcp 7001: accepted by host",
    "lan -> wan tcp 7001: rejected ECONNREFUSED by default-forward",
    "lan.11 -> wan tcp 7002: accepted by prefix",
    "lan.12 -> wan tcp 7002: rejected ECONNREFUSED by default-forward",
    "lan.12 -> wan tcp 7003: accepted by range",
    "lan -> wan tcp 7003: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7004: accepted by not-host",
    "lan.11 -> wan tcp 7004: rejected ECONNREFUSED by default-forward",
    "lan.12 -> wan tcp 7005: accepted by not-prefix",
    "lan.11 -> wan tcp 7005: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7006: accepted by not-range",
    "lan.12 -> wan tcp 7006: rejected ECONNREFUSED by default-forward",
    "lan.12 -> wan tcp 7007: accepted by but-host",
    "lan.11 -> wan tcp 7007: rejected ECONNREFUSED by default-forward",
    "lan -> 203.0.113.2 tcp 7008: accepted by one-family",
    "lan -> 2001:db8::2 tcp 7008: rejected ECONNREFUSED by default-forward",
    "lan -> 2001:db8::2 tcp 7009: accepted by ipv6",
    "lan -> 203.0.113.2 tcp 7009: rejected ECONNREFUSED by default-forward",
    "lan.11 -> wan.67 tcp 7010: accepted by both-ends",
    "lan.11 -> wan tcp 7010: rejected ECONNREFUSED by default-forward",
    "lan -> wan.67 tcp 7010: rejected ECONNREFUSED by default-forward",
  ],
);

claims(
  topology,
  "aliases of addresses",
  `
[aliases]
printer = { type = "host", members = ["192.168.1.11", "fd00:1::11"] }
guests = { type = "host", members = ["192.168.1.12-192.168.1.20", "fd00:1::12-fd00:1::20"] }
all = { type = "host", members = ["printer", "guests"] }
perimeter = { type = "network", members = ["192.168.2.0/24", "fd00:2::/64"] }
elsewhere = { type = "network", members = ["perimeter", "all", "10.0.0.0/8"] }

[firewall]
forwarding = true
default_forward = "reject"
rules = [
  { id = "host", action = "accept", source = "printer", protocol = "tcp", destination_port = 7001 },
  { id = "range", action = "accept", source = "guests", protocol = "tcp", destination_port = 7002 },
  { id = "nested", action = "accept", source = "all", protocol = "tcp", destination_port = 7003 },
  { id = "network", action = "accept", destination = "perimeter", protocol = "tcp", destination_port = 7004 },
  { id = "not-host", action = "accept", source = "!printer", protocol = "tcp", destination_port = 7005 },
  { id = "not-network", action = "accept", destination = "!perimeter", protocol = "tcp", destination_port = 7006 },
  { id = "not-nested", action = "accept", source = "!elsewhere", protocol = "tcp", destination_port = 7007 },
  { id = "but-guests", action = "accept", source = ["all", "!guests"], protocol = "tcp", destination_port = 7008 },
  { id = "or-literal", action = "accept", source = ["printer", "192.168.1.10", "fd00:1::10"], protocol = "tcp", destination_port = 7009 },
]`,
  [
    "lan.11 -> wan tcp 7001: accepted by host",
    "lan -> wan tcp 7001: rejected ECONNREFUSED by default-forward",
    "lan.12 -> wan tcp 7002: accepted by range",
    "lan.11 -> wan tcp 7002: rejected ECONNREFUSED by default-forward",
    "lan.11 -> wan tcp 7003: accepted by nested",
    "lan.12 -> wan tcp 7003: accepted by nested",
    "lan -> wan tcp 7003: rejected ECONNREFUSED by default-forward",
    "lan -> dmz tcp 7004: accepted by network",
    "lan -> wan tcp 7004: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7005: accepted by not-host",
    "lan.11 -> wan tcp 7005: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7006: accepted by not-network",
    "lan -> dmz tcp 7006: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7007: accepted by not-nested",
    "lan.12 -> wan tcp 7007: rejected ECONNREFUSED by default-forward",
    "dmz -> wan tcp 7007: rejected ECONNREFUSED by default-forward",
    "lan.11 -> wan tcp 7008: accepted by but-guests",
    "lan.12 -> wan tcp 7008: rejected ECONNREFUSED by default-forward",
    "lan -> wan tcp 7009: accepted by or-literal",
    "lan.12 -> wan tcp 7009: rejected ECONNREFUSED by default-forward",
  ],
);

claims(
  topology,
  "ports",
  `
[aliases]
web = { type = "port", members = [7006, "7007-7008"] }
public = { type = "port", members = ["web", 7009] }
early = { type = "port", members = ["4100-4109"] }

[firewall]
forwarding = true
default_forward = "reject"
rules = [
  { id = "one", action = "accept", in = "lan", protocol = "tcp+udp", destination_port = 7001 },
  { id = "range", action = "accept", in = "lan", protocol = "tcp+udp", destination_port = "7002-7003" },
  { id = "several", action = "accept", in = "lan", protocol = "tcp", destination_port = [80, "7004-7005"] },
  { id = "alias", action = "accept", in = "lan", protocol = "tcp", destination_port = "web" },
  { id = "nested", action = "accept", in = "lan", protocol = "tcp", destination_port = "public" },
  { id = "from", action = "accept", in = "lan", protocol = "tcp+udp", source_port = 4000, destination_port = [53, 443] },
  { id = "from-alias", action = "accept", in = "lan", protocol = "tcp", source_port = ["early", "!4105"] },
  { id = "not-one", action = "accept", in = "dmz", out = "wan", protocol = "tcp", destination_port = "!7001" },
  { id = "not-alias", action = "accept", in = "dmz", out = "lan", protocol = "tcp", destination_port = "!public" },
  { id = "not-range", action = "accept", in = "dmz", protocol = "udp", destination_port = ["!7001-7002", "!53"] },
]`,
  [
    "lan -> wan tcp 7001: accepted by one",
    "lan -> wan udp 7001: accepted by one",
    "lan -> wan tcp 7003: accepted by range",
    "lan -> wan udp 7002: accepted by range",
    "lan -> wan tcp 7005: accepted by several",
    "lan -> wan tcp 80: accepted by several",
    "lan -> wan tcp 7006: accepted by alias",
    "lan -> wan tcp 7008: accepted by alias",
    "lan -> wan tcp 7009: accepted by nested",
    "lan -> wan tcp 7010: rejected ECONNREFUSED by default-forward",
    "lan port 4000 -> wan tcp 443: accepted by from",
    "lan port 4000 -> wan udp 53: accepted by from",
    "lan port 4001 -> wan tcp 443: rejected ECONNREFUSED by default-forward",
    "lan port 4104 -> wan tcp 443: accepted by from-alias",
    "lan port 4105 -> wan tcp 443: rejected ECONNREFUSED by default-forward",
    "dmz -> wan tcp 7002: accepted by not-one",
    "dmz -> wan tcp 7001: rejected ECONNREFUSED by default-forward",
    "dmz -> lan tcp 7001: accepted by not-alias",
    "dmz -> lan tcp 7009: rejected ECONNREFUSED by default-forward",
    "dmz -> wan udp 7003: accepted by not-range",
    "dmz -> wan udp 7002: rejected ECONNREFUSED by default-forward",
    "dmz -> wan udp 53: rejected ECONNREFUSED by default-forward",
  ],
);

claims(
  topology,
  "protocols",
  `
[firewall]
forwarding = true
default_forward = "reject"
rules = [
  { id = "by-number", action = "accept", in = "lan", out = "wan", protocol = 17 },
  { id = "by-name", action = "accept", in = "lan", out = "wan", protocol = "tcp" },
  { id = "any", action = "accept", in = "lan", out = "dmz" },
  { id = "echo", action = "accept", in = "dmz", protocol = "icmp" },
  { id = "echo6", action = "accept", in = "dmz", protocol = "icmpv6" },
]`,
  [
    "lan -> wan udp 53: accepted by by-number",
    "lan -> wan tcp 80: accepted by by-name",
    "lan -> wan ping: rejected ECONNREFUSED by default-forward",
    "lan -> dmz tcp 80: accepted by any",
    "lan -> dmz udp 53: accepted by any",
    "lan -> dmz ping: accepted by any",
    "dmz -> 203.0.113.2 ping: accepted by echo",
    "dmz -> 2001:db8::2 ping: accepted by echo6",
    "dmz -> wan udp 53: rejected ECONNREFUSED by default-forward",
  ],
);

claims(
  topology,
  "protocols of tunnels, and SCTP",
  `
[firewall]
forwarding = true
drop_invalid = false
rules = [
  { id = "esp", action = "accept", in = "lan", protocol = "esp" },
  { id = "ah", action = "accept", in = "lan", protocol = "ah" },
  { id = "gre", action = "accept", in = "lan", protocol = "gre" },
  { id = "sctp", action = "accept", in = "lan", protocol = "sctp", destination_port = 7001 },
  { id = "others", action = "drop", in = "dmz", protocol = 47 },
]`,
  [
    // Whoever they are for is not there to answer.
    "lan -> nobody esp: dropped by esp",
    "lan -> nobody ah: dropped by ah",
    "lan -> nobody gre: dropped by gre",
    "lan -> nobody sctp 7001: dropped by sctp",
    "lan -> nobody sctp 7002: dropped by default-forward",
    "lan -> nobody udp 7001: dropped by default-forward",
    "dmz -> nobody gre: dropped by others",
    "dmz -> nobody esp: dropped by default-forward",
  ],
);
