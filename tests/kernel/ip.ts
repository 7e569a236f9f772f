/** What the real `ip` and `bridge` list, in the words of the driver: so that the two can be compared whole. */
import { listAddresses } from "../../lib/netlink/socket/address.ts";
import type { Netlink } from "../../lib/netlink/socket/connection.ts";
import { listLinks } from "../../lib/netlink/socket/link.ts";
import { listNeighbours } from "../../lib/netlink/socket/neighbour.ts";
import { listRoutes } from "../../lib/netlink/socket/route.ts";
import { listRules } from "../../lib/netlink/socket/rule.ts";
import { type Address, BITS, parsePrefix, type Prefix } from "../../lib/model/address.ts";
import { assertEquals, equal } from "../../lib/std/assert.ts";
import { address } from "../addresses.ts";

// deno-lint-ignore no-explicit-any
export type Listed = Record<string, any>;

function program(name: string, args: readonly string[]): Listed[] {
  const { success, stdout, stderr } = new Deno.Command(name, { args: ["-j", "-d", ...args] }).outputSync();
  if (!success) throw new Error(`${name} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout) || "[]");
}

/** Runs `ip` with these words; gives what it prints as JSON, if it prints any. */
export function ip(...args: string[]): Listed[] {
  return program("ip", args);
}

export function bridge(...args: string[]): Listed[] {
  return program("bridge", args);
}

/** Without what is undefined, which assertEquals takes for a difference. */
function told<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

/** Index by name. */
function indexes(): (name: string | undefined) => number | undefined {
  const byName = new Map(ip("link").map((link) => [link["ifname"], link["ifindex"]]));
  return (name) => name === undefined ? undefined : byName.get(name);
}

const TYPES: Readonly<Record<string, number>> = { ether: 1, loopback: 772, none: 65534, void: 65535 };

type Index = ReturnType<typeof indexes>;

const on = (value: unknown) => value === undefined ? undefined : value === true || value === 1 || value === "on";
const hundredth = (value: number) => value / 100;
const either = (...values: (string | undefined)[]) => {
  const value = values.find((value) => value !== undefined);
  return value === undefined ? undefined : address(value);
};

/** `info_data` of each kind as the driver's settings. */
const SETTINGS: Readonly<Record<string, (data: Listed, index: Index) => object>> = {
  bond: (data, index) => ({
    mode: data["mode"],
    miimon: data["miimon"],
    upDelay: data["updelay"],
    downDelay: data["downdelay"],
    arpInterval: data["arp_interval"],
    arpTargets: ((data["arp_ip_target"] ?? []) as string[]).map(address),
    primary: index(data["primary"]) ?? 0,
    primaryReselect: data["primary_reselect"],
    failOverMac: data["fail_over_mac"],
    transmitHash: data["xmit_hash_policy"],
    allMembersActive: on(data["all_slaves_active"]),
    minLinks: data["min_links"],
    lacpRate: data["ad_lacp_rate"],
    aggregatorSelection: data["ad_select"],
    systemPriority: data["ad_actor_sys_prio"],
    systemMac: data["ad_actor_system"],
  }),
  bridge: (data) => ({
    stp: on(data["stp_state"]),
    priority: data["priority"],
    forwardDelay: hundredth(data["forward_delay"]),
    helloTime: hundredth(data["hello_time"]),
    maxAge: hundredth(data["max_age"]),
    ageingTime: hundredth(data["ageing_time"]),
    vlanFiltering: on(data["vlan_filtering"]),
    vlanProtocol: data["vlan_protocol"],
    defaultVlan: data["vlan_default_pvid"],
    multicastSnooping: on(data["mcast_snooping"]),
    multicastQuerier: on(data["mcast_querier"]),
  }),
  dummy: () => ({}),
  ifb: () => ({}),
  macvlan: (data) => ({ mode: data["mode"] }),
  veth: () => ({}),
  vlan: ({ id, protocol, flags = [], ingress_qos: ingress = [], egress_qos: egress = [] }) => ({
    id,
    protocol,
    options: {
      reorderHeader: flags.includes("REORDER_HDR"),
      gvrp: flags.includes("GVRP"),
      mvrp: flags.includes("MVRP"),
      looseBinding: flags.includes("LOOSE_BINDING"),
      bridgeBinding: flags.includes("BRIDGE_BINDING"),
    },
    ingress,
    egress,
  }),
  vrf: (data) => ({ table: data["table"] }),
  vxlan: (data, index) => ({
    id: data["id"],
    remote: either(data["remote"], data["remote6"], data["group"], data["group6"]),
    local: either(data["local"], data["local6"]),
    device: index(data["link"]),
    port: data["port"],
    ttl: data["ttl"],
    tos: Number(data["tos"] ?? 0),
    learning: data["learning"],
    ageing: data["ageing"],
    checksum: data["udp_csum"],
    zeroChecksumSend6: data["udp_zero_csum6_tx"],
    zeroChecksumReceive6: data["udp_zero_csum6_rx"],
  }),
  wireguard: () => ({}),
};

const PORTS: Readonly<Record<string, (data: Listed) => object>> = {
  bond: (data) => ({
    state: data["state"].toLowerCase(),
    carrier: data["mii_status"].toLowerCase().replace("_", " "),
    failures: data["link_failure_count"],
    hardwareMac: data["perm_hwaddr"],
    aggregator: data["ad_aggregator_id"],
  }),
  bridge: (data) => ({
    state: data["state"],
    priority: data["priority"],
    cost: data["cost"],
    hairpin: data["hairpin"],
    bpduGuard: data["guard"],
    rootBlock: data["root_block"],
    fastLeave: data["fastleave"],
    learning: data["learning"],
    unicastFlood: data["flood"],
    multicastFlood: data["mcast_flood"],
    broadcastFlood: data["bcast_flood"],
    neighbourSuppression: data["neigh_suppress"],
    isolated: data["isolated"],
  }),
};

const STATES: Readonly<Record<string, string>> = { LOWERLAYERDOWN: "lower layer down", NOTPRESENT: "not present" };

/** Links as `ip -d link` lists them. */
export function ipLinks(): Listed[] {
  const index = indexes();
  return ip("link").map((link) => {
    const { info_kind: kind, info_data, info_slave_kind, info_slave_data } = link["linkinfo"] ?? {};
    const flags = link["flags"] as string[];
    const settings = kind === undefined ? undefined : SETTINGS[kind]?.(info_data ?? {}, index);
    const port = info_slave_kind === undefined ? undefined : PORTS[info_slave_kind]?.(info_slave_data ?? {});
    return told({
      index: link["ifindex"],
      name: link["ifname"],
      type: TYPES[link["link_type"]],
      kind,
      settings: settings === undefined ? undefined : told({ kind, ...settings }),
      port: port === undefined ? undefined : told({ controller: info_slave_kind, ...port }),
      up: flags.includes("UP"),
      carrier: flags.includes("LOWER_UP"),
      state: STATES[link["operstate"]] ?? link["operstate"].toLowerCase(),
      promiscuous: flags.includes("PROMISC"),
      mtu: link["mtu"],
      minMtu: link["min_mtu"] || undefined,
      maxMtu: link["max_mtu"] || undefined,
      mac: link["address"],
      hardwareMac: link["permaddr"],
      alias: link["ifalias"],
      [kind === "veth" ? "peer" : "parent"]: link["link_index"] ?? index(link["link"]),
      otherNamespace: link["link_netnsid"],
      controller: index(link["master"]),
    });
  });
}

const FOREVER = 0xffffffff;

/** Addresses as `ip -d addr` lists them. */
export function ipAddresses(): Listed[] {
  return ip("addr").flatMap((link) =>
    (link["addr_info"] as Listed[]).map((info) => {
      const [valid, preferred] = [info["valid_life_time"], info["preferred_life_time"]];
      return told({
        device: link["ifindex"],
        address: address(info["local"]),
        length: info["prefixlen"],
        peer: either(info["address"]),
        broadcast: either(info["broadcast"]),
        label: info["label"],
        metric: info["metric"],
        lifetime: valid === FOREVER && preferred === FOREVER ? undefined : told({
          valid: valid === FOREVER ? undefined : valid,
          preferred: preferred === FOREVER ? undefined : preferred,
        }),
        unchecked: info["nodad"],
        noPrefixRoute: info["noprefixroute"],
        scope: info["scope"],
        permanent: info["dynamic"] !== true,
        tentative: info["tentative"] === true,
        duplicate: info["dadfailed"] === true,
        deprecated: info["deprecated"] === true,
        secondary: info["secondary"] === true || info["temporary"] === true,
      });
    })
  );
}

const TABLES: Readonly<Record<string, number>> = { main: 254, local: 255, default: 253 };
const ORIGINS: Readonly<Record<string, number>> = { kernel: 2, boot: 3, static: 4, ra: 9 };
const DEAD_ENDS: readonly string[] = ["blackhole", "unreachable", "prohibit", "throw"];

const tableOf = (name: string | number) => TABLES[name] ?? Number(name);

/** `default`, an address or a prefix. */
function prefixOf(text: string, family: 4 | 6): Prefix {
  if (text === "default") return { family, value: 0n, length: 0 };
  return parsePrefix(text) ?? { ...address(text), length: BITS[family] };
}

function hopOf(hop: Listed, index: Index): object {
  const { device, gateway, weight = 1, flags = [] } = {
    device: index(hop["dev"]),
    gateway: either(hop["gateway"], hop["via"]?.["host"]),
    weight: hop["weight"],
    flags: hop["flags"],
  };
  return told({
    device,
    gateway,
    weight: weight === 1 ? undefined : weight,
    onLink: flags.includes("onlink") ? true : undefined,
  });
}

/** Routes of all tables as `ip -d route` lists them. */
export function ipRoutes(): Listed[] {
  const index = indexes();
  const listed = ([4, 6] as const).flatMap((family) =>
    ip(`-${family}`, "route", "show", "table", "all").map((route) => ({ family, route }))
  );
  return listed.map(({ family, route }) => {
    const hops = (route["nexthops"] ?? [route]) as Listed[];
    const dead = DEAD_ENDS.includes(route["type"]);
    return told({
      destination: prefixOf(route["dst"], family),
      type: route["type"],
      table: tableOf(route["table"] ?? "main"),
      protocol: ORIGINS[route["protocol"]] ?? Number(route["protocol"]),
      metric: route["metric"] ?? 0,
      source: either(route["prefsrc"]),
      mtu: (route["metrics"] as Listed[] | undefined)?.[0]?.["mtu"],
      hops: dead ? [] : hops.map((hop) => hopOf(hop, index)),
    });
  });
}

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 };

function rulePrefix(text: string | undefined, length: number | undefined): Prefix | undefined {
  if (text === undefined || text === "all") return undefined;
  const { family, value }: Address = address(text);
  return { family, value, length: length ?? BITS[family] };
}

function ports(rule: Listed, which: "sport" | "dport"): object | undefined {
  const [one, from, to] = [rule[which], rule[`${which}_start`], rule[`${which}_end`]];
  if (one !== undefined) return { from: one, to: one };
  return from === undefined ? undefined : { from, to };
}

function actionOf(rule: Listed): object {
  if ("goto" in rule) return { type: "goto", priority: rule["goto"] };
  if ("l3mdev" in rule) return { type: "vrf" };
  if ("nop" in rule) return { type: "nop" };
  return rule["action"] === undefined ? { type: "table", table: tableOf(rule["table"]) } : { type: rule["action"] };
}

/** Rules as `ip -d rule` lists them. */
export function ipRules(): Listed[] {
  return ([4, 6] as const).flatMap((family) =>
    ip(`-${family}`, "rule").map((rule) =>
      told({
        family,
        priority: rule["priority"],
        not: "not" in rule ? true : undefined,
        source: rulePrefix(rule["src"], rule["srclen"]),
        destination: rulePrefix(rule["dst"], rule["dstlen"]),
        incoming: rule["iif"],
        outgoing: rule["oif"],
        mark: rule["fwmark"] === undefined ? undefined : {
          value: Number(rule["fwmark"]),
          mask: Number(rule["fwmask"] ?? 0xffffffff),
        },
        tos: rule["tos"] === undefined ? undefined : Number(rule["tos"]),
        protocol: rule["ipproto"] === undefined ? undefined : PROTOCOLS[rule["ipproto"]] ?? Number(rule["ipproto"]),
        sourcePorts: ports(rule, "sport"),
        destinationPorts: ports(rule, "dport"),
        action: actionOf(rule),
        suppressPrefixLength: rule["suppress_prefixlen"],
        origin: rule["protocol"] === "unspec" ? undefined : ORIGINS[rule["protocol"]],
      })
    )
  );
}

/** Neighbours as `ip -d neigh` lists them. */
export function ipNeighbours(): Listed[] {
  const index = indexes();
  const known = ip("neigh", "show", "nud", "all");
  return known.map((neighbour) =>
    told({
      device: index(neighbour["dev"]),
      address: address(neighbour["dst"]),
      mac: neighbour["lladdr"],
      state: (neighbour["state"] as string[])[0]?.toLowerCase() ?? "none",
      router: "router" in neighbour ? true : undefined,
    })
  );
}

/** VLANs of bridges and their ports as `bridge vlan` lists them. */
export function ipBridgeVlans(): Listed[] {
  const index = indexes();
  return bridge("vlan").map((port) => ({
    device: index(port["ifname"]),
    vlans: (port["vlans"] as Listed[]).map(({ vlan, vlanEnd = vlan, flags = [] }) => ({
      from: vlan,
      to: vlanEnd,
      untagged: flags.includes("Egress Untagged"),
      native: flags.includes("PVID"),
    })),
  }));
}

/** Sorted, so that the order of a listing makes no difference where it means none. */
function sorted(values: readonly object[]): object[] {
  const text = (value: object) =>
    JSON.stringify(value, (_, part) => typeof part === "bigint" ? part.toString() : part, 0);
  const keyed = values.map((value) => [text(Object.fromEntries(Object.entries(value).sort())), value] as const);
  return keyed.sort(([a], [b]) => a < b ? -1 : 1).map(([, value]) => value);
}

/** Each listing by the driver and by `ip`. The order of links and rules is part of it. */
const LISTINGS: readonly (readonly [native: (netlink: Netlink) => Promise<object[]>, other: () => object[]])[] = [
  [listLinks, ipLinks],
  [async (netlink) => sorted(await listAddresses(netlink)), () => sorted(ipAddresses())],
  [async (netlink) => sorted(await listRoutes(netlink)), () => sorted(ipRoutes())],
  [listRules, ipRules],
  [async (netlink) => sorted(await listNeighbours(netlink)), () => sorted(ipNeighbours())],
];

/** How often a listing may change while it is compared. */
const TRIES = 50;

/** Holds all that the driver lists to all that `ip` lists. */
export async function assertListedAlike(netlink: Netlink): Promise<void> {
  for (const [native, other] of LISTINGS) {
    for (let tries = 0;; tries++) {
      const [before, listed, after] = [await native(netlink), other(), await native(netlink)];
      // Carriers, tentative addresses and neighbours change by themselves.
      if (!equal(before, after) && tries < TRIES) continue;
      assertEquals(before, listed);
      break;
    }
  }
}
