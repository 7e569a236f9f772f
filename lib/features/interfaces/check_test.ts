import { testFindings } from "../../../tests/check_cases.ts";

/** An interface with some lines. */
function item(name: string, ...lines: readonly string[]): string {
  return `[[interfaces]]\nname = "${name}"\n${lines.join("\n")}\n`;
}

testFindings("devices", [
  [
    item("a", 'device = "eth0"') + item("b", 'device = "eth0"'),
    "error interfaces[b].device: the device eth0 has two names: a and b",
  ],
  [
    item("a-name-that-is-too-long"),
    "error interfaces[a-name-that-is-too-long].device: the name is no device's: it has 23",
  ],
  [
    item("a", 'vlan = { parent = "b", tag = 1 }', "dummy = true") + item("b"),
    "error interfaces[a].dummy: a device is one",
  ],
  [item("a", "mtu = 1000", 'addresses = "fd00::1/64"'), "error interfaces[a].mtu: fd00::1/64 cannot be on it"],
  [item("a", "mtu = 1000"), "warning interfaces[a].mtu: below 1280 bytes there is no IPv6 on it"],
], "");

testFindings("layers", [
  [
    item("v", 'vlan = { parent = "nowhere", tag = 1 }'),
    "error interfaces[v].vlan.parent: there is no interface nowhere",
  ],
  [
    item("v", 'vlan = { parent = "w", tag = 1 }') + item("w", 'vlan = { parent = "v", tag = 2 }'),
    "error interfaces[v]: it stands on itself: v on w on v",
  ],
  [item("v", 'vlan = { parent = "v", tag = 1 }'), "error interfaces[v]: it stands on itself: v on v"],
  [
    item("lan") + item("v", 'vlan = { parent = "lan", tag = 7 }') + item("w", 'vlan = { parent = "lan", tag = 7 }'),
    "error interfaces[w].vlan.tag: v has VLAN 7 of the same parent already",
  ],
  [
    item("lan") + item("v", 'vlan = { parent = "lan", tag = 7 }', "mtu = 1600"),
    "error interfaces[v].mtu: 1600 is more than the 1500 of lan, which carries it (give lan an MTU of its own)",
  ],
  [
    item("lan", "mtu = 1400") + item("v", 'vlan = { parent = "lan", tag = 7 }', "mtu = 1500"),
    "error interfaces[v].mtu: 1500 is more than the 1400 of lan",
  ],
  [
    item("a") + item("b", 'bridge = { members = ["a"] }') + item("c", 'bond = { members = ["a"] }'),
    "error interfaces[c].bond.members[0]: a is part of b already",
  ],
  [
    item("a", 'addresses = "10.0.0.1/24"') + item("b", 'bridge = { members = ["a"] }'),
    "error interfaces[a].addresses: a member of a bridge has no addresses of its own (give b the addresses)",
  ],
  [
    item("a") + item("b", 'bridge = { members = ["a", "a"] }'),
    "note interfaces[b].bridge.members[1]: a stands here twice",
  ],
  [item("a", "port = { untagged = 10 }"), "error interfaces[a].port: it is no member of a bridge"],
  [
    item("a", "port = { untagged = 10 }") + item("b", 'bridge = { members = ["a"] }'),
    "warning interfaces[a].port: the bridge does not filter VLANs",
  ],
  [
    item("a", 'port = { untagged = 10, tagged = "5-15" }') +
    item("b", 'bridge = { members = ["a"], vlan_filtering = true }'),
    "error interfaces[a].port.tagged: VLAN 10 passes either with its tag or without",
  ],
  [
    item("x", 'vxlan = { vni = 5, remote = "2001:db8::1", local = "192.0.2.1" }'),
    "error interfaces[x].vxlan.local: both ends are of one family",
  ],
  [item("x", "mtu = 1500", 'vxlan = { vni = 5, remote = "192.0.2.1" }'), "warning interfaces[x].mtu: more than 1450"],
], "");

testFindings("addresses", [
  [
    item("a", 'addresses = "10.0.0.1/24"') + item("b", 'addresses = "10.0.0.1/24"'),
    "error interfaces[b].addresses: 10.0.0.1 is an address of a already",
  ],
  [
    item("a", 'addresses = "10.0.0.1/16"') + item("b", 'addresses = "10.0.5.1/24"'),
    "error interfaces[b].addresses: 10.0.5.0/24 overlaps 10.0.0.0/16 of a (each network is behind one interface)",
  ],
  [
    item("a", 'addresses = "fd00::1/48"') + item("b", 'addresses = "fd00:0:0:5::1/64"'),
    "error interfaces[b].addresses: fd00:0:0:5::/64 overlaps fd00::/48 of a",
  ],
  [
    item("a", 'addresses = "10.0.0.1/24"') + item("b", 'addresses = "10.0.0.9/32"'),
    "note interfaces[b].addresses: 10.0.0.9/32 overlaps 10.0.0.0/24 of a",
  ],
  [item("a", 'addresses = "10.0.0.0/24"'), "error interfaces[a].addresses: 10.0.0.0/24 is no address of one machine"],
  [item("a", 'addresses = "10.0.0.255/24"'), "error interfaces[a].addresses: 10.0.0.255/24 is no address of one"],
  [item("a", 'addresses = ["dhcp", "dhcp"]'), "note interfaces[a].addresses[1]: dhcp stands here twice"],
], "");
