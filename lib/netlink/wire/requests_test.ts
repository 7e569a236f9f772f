/**
 * Requests are held to the bytes that iproute2 6.1 sends for the command in the first column (strace -e write=all).
 * Sequence numbers are zero; nests carry NLA_F_NESTED (0x8000), which iproute2 leaves out.
 */
import { assertEquals } from "../../std/assert.ts";
import { delAddress, newAddress, replaceAddress } from "./address.ts";
import { addBridgeVlans, delBridgeVlans } from "./bridge_vlan.ts";
import { delLink, newLink, setLink } from "./link.ts";
import { delNeighbour, replaceNeighbour } from "./neighbour.ts";
import { address, prefix } from "../../../tests/addresses.ts";
import { delRoute, getRoute, newRoute, replaceRoute } from "./route.ts";
import type { Change } from "./rtnetlink.ts";
import { newRule } from "./rule.ts";

const V0 = { index: 3, name: "v0" };

/** As the connection sends it: NLM_F_REQUEST and NLM_F_ACK added; without the sequence number. */
function sent(message: Uint8Array): string {
  const bytes = new Uint8Array(message);
  bytes[6] = (bytes[6] ?? 0) | 5;
  bytes.fill(0, 8, 12);
  return bytes.toHex();
}

const CHANGES: readonly (readonly [command: string, change: Change, bytes: string])[] = [
  [
    "ip link add va type veth peer name vb",
    newLink({ name: "va", settings: { kind: "veth", peer: { name: "vb" } } }),
    `54000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 07000300 76610000 2c001280 08000100 76657468 20000280 1c000180 00000000 00000000 00000000 00000000 07000300 76620000`,
  ],
  [
    "ip link add link v1 name vl type vlan id 20",
    newLink({ name: "vl", parent: 2, settings: { kind: "vlan", id: 20 } }),
    `48000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 08000500 02000000 07000300 766c0000 18001280 08000100 766c616e 0c000280 06000100 14000000`,
  ],
  [
    "ip link add link v1 name vl type vlan protocol 802.1ad id 20 ingress-qos-map 1:2 egress-qos-map 3:4 gvrp on",
    newLink({
      name: "vl",
      parent: 2,
      settings: {
        kind: "vlan",
        protocol: "802.1ad",
        id: 20,
        ingress: [{ from: 1, to: 2 }],
        egress: [{ from: 3, to: 4 }],
        options: { gvrp: true },
      },
    }),
    `7c000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 08000500 02000000 07000300 766c0000 4c001280 08000100 766c616e 40000280 06000500 88a80000 06000100 14000000 10000480 0c000100 01000000 02000000 10000380 0c000100 03000000 04000000 0c000200 02000000 02000000`,
  ],
  [
    "ip link add bo type bond mode 802.3ad miimon 100 lacp_rate fast xmit_hash_policy layer3+4",
    newLink({
      name: "bo",
      settings: { kind: "bond", mode: "802.3ad", miimon: 100, lacpRate: "fast", transmitHash: "layer3+4" },
    }),
    `58000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 07000300 626f0000 30001280 08000100 626f6e64 24000280 05000100 04000000 08000300 64000000 05001500 01000000 05000e00 01000000`,
  ],
  [
    "ip link add bo type bond mode active-backup updelay 200 downdelay 300 arp_interval 100 arp_ip_target 10.0.0.1,10.0.0.2 min_links 1 primary v1 primary_reselect better fail_over_mac follow all_slaves_active 1",
    newLink({
      name: "bo",
      settings: {
        kind: "bond",
        mode: "active-backup",
        upDelay: 200,
        downDelay: 300,
        arpInterval: 100,
        arpTargets: [address("10.0.0.1"), address("10.0.0.2")],
        minLinks: 1,
        primary: 2,
        primaryReselect: "better",
        failOverMac: "follow",
        allMembersActive: true,
      },
    }),
    `94000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 07000300 626f0000 6c001280 08000100 626f6e64 60000280 05000100 01000000 08000400 c8000000 08000500 2c010000 08000700 64000000 14000880 08000000 0a000001 08000100 0a000002 08001200 01000000 08000b00 02000000 05000c00 01000000 05000d00 02000000 05001100 01000000`,
  ],
  [
    "ip link add bo type bond mode 802.3ad ad_select count ad_actor_sys_prio 7 ad_actor_system 02:00:00:00:00:09",
    newLink({
      name: "bo",
      settings: {
        kind: "bond",
        mode: "802.3ad",
        aggregatorSelection: "count",
        systemPriority: 7,
        systemMac: "02:00:00:00:00:09",
      },
    }),
    `5c000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 07000300 626f0000 34001280 08000100 626f6e64 28000280 05000100 04000000 05001600 02000000 06001800 07000000 0a001a00 02000000 00090000`,
  ],
  [
    "ip link add br1 type bridge stp_state 1 priority 4096 forward_delay 400 hello_time 300 max_age 1200 ageing_time 30000 mcast_snooping 0 mcast_querier 1",
    newLink({
      name: "br1",
      settings: {
        kind: "bridge",
        stp: true,
        priority: 4096,
        forwardDelay: 4,
        helloTime: 3,
        maxAge: 12,
        ageingTime: 300,
        multicastSnooping: false,
        multicastQuerier: true,
      },
    }),
    `7c000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 08000300 62723100 54001280 0a000100 62726964 67650000 44000280 08000500 01000000 06000600 00100000 08000100 90010000 08000200 2c010000 08000300 b0040000 08000400 30750000 05001700 00000000 05001900 01000000`,
  ],
  [
    "ip link add br2 type bridge vlan_filtering 1 vlan_protocol 802.1ad vlan_default_pvid 7",
    newLink({
      name: "br2",
      settings: { kind: "bridge", vlanFiltering: true, vlanProtocol: "802.1ad", defaultVlan: 7 },
    }),
    `54000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 08000300 62723200 2c001280 0a000100 62726964 67650000 1c000280 05000700 01000000 06000800 88a80000 06002700 07000000`,
  ],
  [
    "ip link add vx type vxlan id 42 remote 10.0.0.2 local 10.0.0.1 dev v1 dstport 4789 ttl 5 nolearning",
    newLink({
      name: "vx",
      settings: {
        kind: "vxlan",
        id: 42,
        remote: address("10.0.0.2"),
        local: address("10.0.0.1"),
        device: 2,
        port: 4789,
        ttl: 5,
        learning: false,
      },
    }),
    `74000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 07000300 76780000 4c001280 09000100 76786c61 6e000000 3c000280 08000300 02000000 05000500 05000000 08000100 2a000000 08000400 0a000001 08000200 0a000002 05000700 00000000 06000f00 12b50000`,
  ],
  [
    "ip link add vx6 type vxlan id 43 remote fd00::2 dstport 4789 noudpcsum udp6zerocsumtx udp6zerocsumrx",
    newLink({
      name: "vx6",
      settings: {
        kind: "vxlan",
        id: 43,
        remote: address("fd00::2"),
        learning: true,
        port: 4789,
        checksum: false,
        zeroChecksumSend6: true,
        zeroChecksumReceive6: true,
      },
    }),
    `80000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 08000300 76783600 58001280 09000100 76786c61 6e000000 48000280 05001200 00000000 05001300 01000000 05001400 01000000 08000100 2b000000 14001000 fd000000 00000000 00000000 00000002 05000700 01000000 06000f00 12b50000`,
  ],
  [
    "ip link add link v1 name mv address 02:00:00:00:00:05 type macvlan mode bridge",
    newLink({ name: "mv", mac: "02:00:00:00:00:05", parent: 2, settings: { kind: "macvlan", mode: "bridge" } }),
    `58000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 0a000100 02000000 00050000 08000500 02000000 07000300 6d760000 1c001280 0b000100 6d616376 6c616e00 0c000280 08000100 04000000`,
  ],
  [
    "ip link add du type dummy",
    newLink({ name: "du", settings: { kind: "dummy" } }),
    `38000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 07000300 64750000 10001280 09000100 64756d6d 79000000`,
  ],
  [
    "ip link add vr type vrf table 10",
    newLink({ name: "vr", settings: { kind: "vrf", table: 10 } }),
    `40000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 07000300 76720000 18001280 07000100 76726600 0c000280 08000100 0a000000`,
  ],
  [
    "ip link add wg type wireguard",
    newLink({ name: "wg", settings: { kind: "wireguard" } }),
    `3c000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000 07000300 77670000 14001280 0d000100 77697265 67756172 64000000`,
  ],
  [
    "ip link set v0 up",
    setLink(V0, { up: true }),
    `20000000 10000500 00000000 00000000 00000000 03000000 01000000 01000000`,
  ],
  [
    "ip link set v0 down",
    setLink(V0, { up: false }),
    `20000000 10000500 00000000 00000000 00000000 03000000 00000000 01000000`,
  ],
  [
    "ip link set v0 promisc on",
    setLink(V0, { promiscuous: true }),
    `20000000 10000500 00000000 00000000 00000000 03000000 00010000 00010000`,
  ],
  [
    "ip link set v0 name vx0",
    setLink(V0, { name: "vx0" }),
    `28000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 08000300 76783000`,
  ],
  [
    "ip link set vx0 name v0",
    setLink(V0, { name: "v0" }),
    `28000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 07000300 76300000`,
  ],
  [
    "ip link set v0 mtu 1300",
    setLink(V0, { mtu: 1300 }),
    `28000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 08000400 14050000`,
  ],
  [
    "ip link set v0 address 02:00:00:00:00:07",
    setLink(V0, { mac: "02:00:00:00:00:07" }),
    `2c000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 0a000100 02000000 00070000`,
  ],
  [
    "ip link set v0 alias lan",
    setLink(V0, { alias: "lan" }),
    `28000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 07001400 6c616e00`,
  ],
  [
    "ip link set v0 nomaster",
    setLink(V0, { controller: 0 }),
    `28000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 08000a00 00000000`,
  ],
  [
    "ip link set v0 master br0",
    setLink(V0, { controller: 5 }),
    `28000000 10000500 00000000 00000000 00000000 03000000 00000000 00000000 08000a00 05000000`,
  ],
  [
    "bridge vlan add dev v0 vid 10 pvid untagged",
    addBridgeVlans(V0, [{ from: 10, to: 10, untagged: true, native: true }]),
    `2c000000 13000500 00000000 00000000 07000000 03000000 00000000 00000000 0c001a80 08000200 06000a00`,
  ],
  [
    "bridge vlan add dev v0 vid 20-30",
    addBridgeVlans(V0, [{ from: 20, to: 30, untagged: false, native: false }]),
    `34000000 13000500 00000000 00000000 07000000 03000000 00000000 00000000 14001a80 08000200 08001400 08000200 10001e00`,
  ],
  [
    "bridge vlan del dev v0 vid 20-30",
    delBridgeVlans(V0, [{ from: 20, to: 30, untagged: false, native: false }]),
    `34000000 11000500 00000000 00000000 07000000 03000000 00000000 00000000 14001a80 08000200 08001400 08000200 10001e00`,
  ],
  [
    "bridge vlan add dev br0 vid 20 self",
    addBridgeVlans({ index: 5, name: "br0" }, [{ from: 20, to: 20, untagged: false, native: false }], true),
    `34000000 13000500 00000000 00000000 07000000 05000000 00000000 00000000 14001a80 06000000 02000000 08000200 00001400`,
  ],
  [
    "ip addr add 192.168.7.1/24 dev v0",
    newAddress({ device: 3, address: address("192.168.7.1"), length: 24 }),
    `28000000 14000506 00000000 00000000 02180000 03000000 08000200 c0a80701 08000100 c0a80701`,
  ],
  [
    "ip -6 addr add fd00:7::1/64 dev v0 nodad",
    newAddress({ device: 3, address: address("fd00:7::1"), length: 64, unchecked: true }),
    `40000000 14000506 00000000 00000000 0a400200 03000000 14000200 fd000007 00000000 00000000 00000001 14000100 fd000007 00000000 00000000 00000001`,
  ],
  [
    "ip addr add 10.1.0.1/24 dev v0 valid_lft 100 preferred_lft 50",
    newAddress({ device: 3, address: address("10.1.0.1"), length: 24, lifetime: { valid: 100, preferred: 50 } }),
    `3c000000 14000506 00000000 00000000 02180000 03000000 08000200 0a010001 08000100 0a010001 14000600 32000000 64000000 00000000 00000000`,
  ],
  [
    "ip addr add 10.2.0.1 peer 10.2.0.2/32 dev v0",
    newAddress({ device: 3, address: address("10.2.0.1"), length: 32, peer: address("10.2.0.2") }),
    `28000000 14000506 00000000 00000000 02200000 03000000 08000200 0a020001 08000100 0a020002`,
  ],
  [
    "ip addr add 10.3.0.1/24 brd + dev v0 label v0:x",
    newAddress({
      device: 3,
      address: address("10.3.0.1"),
      length: 24,
      broadcast: address("10.3.0.255"),
      label: "v0:x",
    }),
    `3c000000 14000506 00000000 00000000 02180000 03000000 08000200 0a030001 09000300 76303a78 00000000 08000100 0a030001 08000400 0a0300ff`,
  ],
  [
    "ip addr add 10.4.0.1/24 dev v0 scope link metric 5 noprefixroute",
    newAddress({ device: 3, address: address("10.4.0.1"), length: 24, scope: "link", metric: 5, noPrefixRoute: true }),
    `38000000 14000506 00000000 00000000 021800fd 03000000 08000200 0a040001 08000900 05000000 08000800 00020000 08000100 0a040001`,
  ],
  [
    "ip addr replace 10.1.0.1/24 dev v0 valid_lft 200 preferred_lft 0",
    replaceAddress({ device: 3, address: address("10.1.0.1"), length: 24, lifetime: { valid: 200, preferred: 0 } }),
    `3c000000 14000505 00000000 00000000 02180000 03000000 08000200 0a010001 08000100 0a010001 14000600 00000000 c8000000 00000000 00000000`,
  ],
  [
    "ip addr del 10.3.0.1/24 dev v0",
    delAddress({ device: 3, address: address("10.3.0.1"), length: 24 }),
    `28000000 15000500 00000000 00000000 02180000 03000000 08000200 0a030001 08000100 0a030001`,
  ],
  [
    "ip route add 10.9.0.0/16 dev v0",
    newRoute({ destination: prefix("10.9.0.0/16"), hops: [{ device: 3 }] }),
    `2c000000 18000506 00000000 00000000 02100000 fe03fd01 00000000 08000100 0a090000 08000400 03000000`,
  ],
  [
    "ip route add default via 192.168.7.2 dev v0 metric 77",
    newRoute({ destination: prefix("0.0.0.0/0"), hops: [{ gateway: address("192.168.7.2"), device: 3 }], metric: 77 }),
    `34000000 18000506 00000000 00000000 02000000 fe030001 00000000 08000500 c0a80702 08000600 4d000000 08000400 03000000`,
  ],
  [
    "ip -6 route add fd00:9::/64 via fd00:7::2 dev v0",
    newRoute({ destination: prefix("fd00:9::/64"), hops: [{ gateway: address("fd00:7::2"), device: 3 }] }),
    `4c000000 18000506 00000000 00000000 0a400000 fe030001 00000000 14000100 fd000009 00000000 00000000 00000000 14000500 fd000007 00000000 00000000 00000002 08000400 03000000`,
  ],
  [
    "ip route add blackhole 10.20.0.0/16",
    newRoute({ destination: prefix("10.20.0.0/16"), type: "blackhole" }),
    `24000000 18000506 00000000 00000000 02100000 fe030006 00000000 08000100 0a140000`,
  ],
  [
    "ip route add unreachable 10.21.0.0/16 metric 9",
    newRoute({ destination: prefix("10.21.0.0/16"), type: "unreachable", metric: 9 }),
    `2c000000 18000506 00000000 00000000 02100000 fe030007 00000000 08000100 0a150000 08000600 09000000`,
  ],
  [
    "ip route add 10.22.0.0/16 table 100 via 10.0.0.9 src 10.0.0.1 dev v0 onlink proto static",
    newRoute({
      destination: prefix("10.22.0.0/16"),
      table: 100,
      protocol: 4,
      source: address("10.0.0.1"),
      hops: [{ gateway: address("10.0.0.9"), device: 3, onLink: true }],
    }),
    `3c000000 18000506 00000000 00000000 02100000 64040001 04000000 08000100 0a160000 08000500 0a000009 08000700 0a000001 08000400 03000000`,
  ],
  [
    "ip route add 10.22.0.0/16 dev v0 table 1000",
    newRoute({ destination: prefix("10.22.0.0/16"), table: 1000, hops: [{ device: 3 }] }),
    `34000000 18000506 00000000 00000000 02100000 0003fd01 00000000 08000100 0a160000 08000f00 e8030000 08000400 03000000`,
  ],
  [
    "ip route add 10.23.0.0/16 nexthop via 10.0.0.9 dev v0 weight 2 nexthop via 10.0.0.8 dev v0",
    newRoute({
      destination: prefix("10.23.0.0/16"),
      hops: [{ gateway: address("10.0.0.9"), device: 3, weight: 2 }, { gateway: address("10.0.0.8"), device: 3 }],
    }),
    `48000000 18000506 00000000 00000000 02100000 fe030001 00000000 08000100 0a170000 24000980 10000001 03000000 08000500 0a000009 10000000 03000000 08000500 0a000008`,
  ],
  [
    "ip route add 10.24.0.0/16 via inet6 fd00::9 dev v0",
    newRoute({ destination: prefix("10.24.0.0/16"), hops: [{ gateway: address("fd00::9"), device: 3 }] }),
    `44000000 18000506 00000000 00000000 02100000 fe030001 00000000 08000100 0a180000 16001200 0a00fd00 00000000 00000000 00000000 00090000 08000400 03000000`,
  ],
  [
    "ip route add 10.25.0.0/16 via 10.0.0.9 mtu 1400",
    newRoute({ destination: prefix("10.25.0.0/16"), hops: [{ gateway: address("10.0.0.9") }], mtu: 1400 }),
    `38000000 18000506 00000000 00000000 02100000 fe030001 00000000 08000100 0a190000 08000500 0a000009 0c000880 08000200 78050000`,
  ],
  [
    "ip route replace 10.25.0.0/16 via 10.0.0.8",
    replaceRoute({ destination: prefix("10.25.0.0/16"), hops: [{ gateway: address("10.0.0.8") }] }),
    `2c000000 18000505 00000000 00000000 02100000 fe030001 00000000 08000100 0a190000 08000500 0a000008`,
  ],
  [
    "ip route del unicast 10.25.0.0/16",
    delRoute({ destination: prefix("10.25.0.0/16") }),
    `24000000 19000500 00000000 00000000 02100000 fe00ff01 00000000 08000100 0a190000`,
  ],
  [
    "ip -6 route add fd01::/64 nexthop via fd00::9 dev v0 nexthop via fd00::8 dev v0 weight 3",
    newRoute({
      destination: prefix("fd01::/64"),
      hops: [{ gateway: address("fd00::9"), device: 3 }, { gateway: address("fd00::8"), device: 3, weight: 3 }],
    }),
    `6c000000 18000506 00000000 00000000 0a400000 fe030001 00000000 14000100 fd010000 00000000 00000000 00000000 3c000980 1c000000 03000000 14000500 fd000000 00000000 00000000 00000009 1c000002 03000000 14000500 fd000000 00000000 00000000 00000008`,
  ],
  [
    "ip -6 route add blackhole fd02::/64",
    newRoute({ destination: prefix("fd02::/64"), type: "blackhole" }),
    `30000000 18000506 00000000 00000000 0a400000 fe030006 00000000 14000100 fd020000 00000000 00000000 00000000`,
  ],
  [
    "ip rule add from 10.0.0.0/8 to 10.9.0.0/16 table 1000 priority 50",
    newRule({
      family: 4,
      priority: 50,
      source: prefix("10.0.0.0/8"),
      destination: prefix("10.9.0.0/16"),
      action: { type: "table", table: 1000 },
    }),
    `3c000000 20000506 00000000 00000000 02100800 00000001 00000000 08000200 0a000000 08000100 0a090000 08000f00 e8030000 08000600 32000000`,
  ],
  [
    "ip rule add iif v0 fwmark 0x10/0xff table 100 priority 51",
    newRule({
      family: 4,
      priority: 51,
      incoming: "v0",
      mark: { value: 0x10, mask: 0xff },
      action: { type: "table", table: 100 },
    }),
    `3c000000 20000506 00000000 00000000 02000000 64000001 00000000 07000300 76300000 08000a00 10000000 08001000 ff000000 08000600 33000000`,
  ],
  [
    "ip -6 rule add not from fd00::/8 ipproto tcp sport 5-7 dport 80-90 suppress_prefixlength 0 table main priority 52",
    newRule({
      family: 6,
      priority: 52,
      not: true,
      source: prefix("fd00::/8"),
      protocol: 6,
      sourcePorts: { from: 5, to: 7 },
      destinationPorts: { from: 80, to: 90 },
      suppressPrefixLength: 0,
      action: { type: "table", table: 254 },
    }),
    `58000000 20000506 00000000 00000000 0a000800 fe000001 02000000 14000200 fd000000 00000000 00000000 00000000 05001600 06000000 08001700 05000700 08001800 50005a00 08000e00 00000000 08000600 34000000`,
  ],
  [
    "ip rule add oif v0 tos 0x10 unreachable priority 53",
    newRule({ family: 4, priority: 53, outgoing: "v0", tos: 0x10, action: { type: "unreachable" } }),
    `2c000000 20000506 00000000 00000000 02000010 00000007 00000000 07001100 76300000 08000600 35000000`,
  ],
  [
    "ip rule add goto 200 priority 54",
    newRule({ family: 4, priority: 54, action: { type: "goto", priority: 200 } }),
    `2c000000 20000506 00000000 00000000 02000000 00000002 00000000 08000400 c8000000 08000600 36000000`,
  ],
  [
    "ip rule add l3mdev priority 55",
    newRule({ family: 4, priority: 55, action: { type: "vrf" } }),
    `2c000000 20000506 00000000 00000000 02000000 00000001 00000000 05001300 01000000 08000600 37000000`,
  ],
  [
    "ip neigh replace 10.0.0.7 lladdr 02:00:00:00:00:01 dev v0",
    replaceNeighbour({ device: 3, address: address("10.0.0.7"), mac: "02:00:00:00:00:01" }),
    `30000000 1c000505 00000000 00000000 02000000 03000000 80000000 08000100 0a000007 0a000200 02000000 00010000`,
  ],
  [
    "ip -6 neigh replace fd00::7 lladdr 02:00:00:00:00:01 dev v0 nud stale router",
    replaceNeighbour({
      device: 3,
      address: address("fd00::7"),
      mac: "02:00:00:00:00:01",
      state: "stale",
      router: true,
    }),
    `3c000000 1c000505 00000000 00000000 0a000000 03000000 04008000 14000100 fd000000 00000000 00000000 00000007 0a000200 02000000 00010000`,
  ],
  [
    "ip neigh replace proxy 10.0.0.77 dev v0",
    replaceNeighbour({ device: 3, address: address("10.0.0.77"), proxy: true }),
    `24000000 1c000505 00000000 00000000 02000000 03000000 80000800 08000100 0a00004d`,
  ],
  [
    "ip neigh del 10.0.0.7 dev v0",
    delNeighbour({ device: 3, address: address("10.0.0.7") }),
    `24000000 1d000500 00000000 00000000 02000000 03000000 80000000 08000100 0a000007`,
  ],
  [
    "ip link add vc type veth peer name vd netns 21777",
    newLink({ name: "vc", settings: { kind: "veth", peer: { name: "vd", namespace: 21777 } } }),
    `5c000000 10000506 00000000 00000000 00000000 00000000 00000000 00000000
     07000300 76630000 34001280 08000100 76657468 28000280 24000180 00000000
     00000000 00000000 00000000 08001300 11550000 07000300 76640000`,
  ],
  [
    "ip link set vb netns 21777",
    setLink({ index: 2, name: "vb" }, { namespace: 21777 }),
    "28000000 10000500 00000000 00000000 00000000 02000000 00000000 00000000 08001300 11550000",
  ],
  [
    "ip link del vc",
    delLink({ index: 4, name: "vc" }),
    "20000000 11000500 00000000 00000000 00000000 04000000 00000000 00000000",
  ],
];

const LOOKUPS: readonly (readonly [command: string, message: Uint8Array, bytes: string])[] = [
  [
    "ip route get fibmatch 10.0.0.2 from 10.0.0.1",
    getRoute({ destination: address("10.0.0.2"), source: address("10.0.0.1") }),
    "2c000000 1a000500 00000000 00000000 02202000 00000000 00300000 08000100 0a000002 08000200 0a000001",
  ],
  [
    "ip -6 route get fibmatch fd00:7::9 oif va",
    getRoute({ destination: address("fd00:7::9"), device: 3 }),
    `38000000 1a000500 00000000 00000000 0a800000 00000000 00200000
     14000100 fd000007 00000000 00000000 00000009 08000400 03000000`,
  ],
];

Deno.test("changes are the bytes that iproute2 sends", () => {
  for (const [command, { message }, bytes] of CHANGES) {
    assertEquals(sent(message), bytes.replaceAll(/\s/g, ""), command);
  }
  for (const [command, message, bytes] of LOOKUPS) assertEquals(sent(message), bytes.replaceAll(/\s/g, ""), command);
});

const WORDS: readonly (readonly [change: Change, words: string])[] = [
  [newLink({ name: "guests", settings: { kind: "vlan", id: 20 } }), "create vlan link guests"],
  [setLink(V0, { up: true, mtu: 1400, alias: "to Lüneburg" }), `set link v0 up mtu 1400 alias "to Lüneburg"`],
  [setLink(V0, { controller: 0, promiscuous: false }), "set link v0 promiscuous off free of its controller"],
  [
    setLink(V0, { settings: { kind: "bridge", stp: true }, port: { controller: "bridge", cost: 7 } }),
    "set link v0 stp on cost 7",
  ],
  [
    setLink(V0, { settings: { kind: "vxlan", remote: address("10.0.0.2"), learning: false } }),
    "set link v0 remote 10.0.0.2 learning off",
  ],
  [
    setLink(V0, {
      settings: { kind: "vlan", options: { gvrp: true }, egress: [{ from: 1, to: 2 }, { from: 3, to: 4 }] },
    }),
    "set link v0 options gvrp on egress [from 1 to 2, from 3 to 4]",
  ],
  [delLink(V0), "delete link v0"],
  [
    addBridgeVlans(V0, [{ from: 1, to: 1, untagged: true, native: true }, {
      from: 20,
      to: 30,
      untagged: false,
      native: false,
    }]),
    "add VLANs 1, 20-30 to bridge port v0",
  ],
  [newAddress({ device: 3, address: address("10.0.0.1"), length: 24 }), "add address 10.0.0.1/24 on device 3"],
  [
    delRoute({
      destination: prefix("10.0.0.0/8"),
      table: 7,
      hops: [{ gateway: address("10.0.0.2") }, { gateway: address("10.0.0.3"), device: 3 }],
    }),
    "delete route to 10.0.0.0/8 by 10.0.0.2 and by 10.0.0.3 on device 3 in table 7",
  ],
  [newRoute({ destination: prefix("::/0"), type: "blackhole" }), "add blackhole route to ::/0"],
  [
    newRule({ family: 4, priority: 50, source: prefix("10.0.0.0/8"), action: { type: "table", table: 7 } }),
    "add IPv4 rule 50 from 10.0.0.0/8: table 7",
  ],
  [delNeighbour({ device: 3, address: address("fd00::2") }), "delete neighbour fd00::2 on device 3"],
];

Deno.test("changes say what they do", () => {
  for (const [{ operation }, words] of WORDS) assertEquals(operation, words);
});
