import { formatAddress, formatPrefix } from "../../model/address.ts";
import { assertEquals } from "../../std/assert.ts";
import { readDhcp4 } from "./dhcp4.ts";
import { readDhcp6 } from "./dhcp6.ts";
import type { Environment } from "./environment.ts";
import type { Reading } from "./lease.ts";

const NOW = 1_700_000_000;

const FOUR = {
  ip_address: "192.0.2.7",
  subnet_cidr: "24",
  routers: "192.0.2.1",
  domain_name_servers: "192.0.2.1 192.0.2.2",
  domain_name: "example.org",
  dhcp_server_identifier: "192.0.2.1",
  dhcp_lease_time: "3600",
};

const SIX = {
  dhcp6_ia_na1_iaid: "2b77e14c",
  dhcp6_ia_na1_t1: "60",
  dhcp6_ia_na1_t2: "105",
  dhcp6_ia_na1_ia_addr1: "2001:db8::7",
  dhcp6_ia_na1_ia_addr1_pltime: "100",
  dhcp6_ia_na1_ia_addr1_vltime: "120",
  dhcp6_name_servers: "2001:db8::1 fe80::1%wan",
  dhcp6_domain_search: "example.org",
  dhcp6_server_id: "0001000132996f501e9d579986e2",
};

type Variables = Readonly<Record<string, string | undefined>>;

function environment(variables: Variables): Environment {
  const set = Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Map(set.map(([name, value]) => [`new_${name}`, value]));
}

const four = (changes: Variables = {}) => readDhcp4("wan", environment({ ...FOUR, ...changes }), NOW);
const six = (changes: Variables = {}) => readDhcp6("wan", environment({ ...SIX, ...changes }), NOW);

/** A reading in a few words. */
function shown({ lease, problems }: Reading) {
  return {
    addresses: lease?.addresses.map(({ address, length, preferred, valid }) =>
      `${formatAddress(address)}/${length} ${preferred} ${valid}`
    ),
    routes: lease?.routes.map(({ destination, gateway }) =>
      `${formatPrefix(destination)} ${gateway === null ? "link" : formatAddress(gateway)}`
    ),
    resolvers: lease?.resolvers.map(formatAddress),
    search: lease?.search,
    problems,
  };
}

Deno.test("a DHCPv4 lease is read whole", () => {
  assertEquals(shown(four()), {
    addresses: ["192.0.2.7/24 3600 3600"],
    routes: ["0.0.0.0/0 192.0.2.1"],
    resolvers: ["192.0.2.1", "192.0.2.2"],
    search: ["example.org"],
    problems: [],
  });
  const { lease } = four({ interface_mtu: "1400", dhcp_renewal_time: "900" });
  assertEquals([lease?.mtu, lease?.server, lease?.obtained, lease?.renew, lease?.expire], [
    1400,
    "192.0.2.1",
    NOW,
    NOW + 900,
    NOW + 3600,
  ]);
});

Deno.test("a DHCPv6 lease is read whole", () => {
  assertEquals(shown(six()), {
    addresses: ["2001:db8::7/128 100 120"],
    routes: [],
    resolvers: ["2001:db8::1", "fe80::1"],
    search: ["example.org"],
    problems: [],
  });
  const { lease } = six();
  assertEquals([lease?.server, lease?.renew, lease?.expire], [SIX.dhcp6_server_id, NOW + 60, NOW + 120]);
});

Deno.test("a DHCPv4 lease may have nothing but its address", () => {
  const bare = { ...Object.fromEntries(Object.keys(FOUR).map((name) => [name, undefined])) };
  const reading = readDhcp4("wan", environment({ ...bare, ip_address: "192.0.2.7", subnet_cidr: "32" }), NOW);
  assertEquals(shown(reading), {
    addresses: ["192.0.2.7/32 null null"],
    routes: [],
    resolvers: [],
    search: [],
    problems: [],
  });
  assertEquals([reading.lease?.mtu, reading.lease?.server, reading.lease?.renew, reading.lease?.expire], [
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("a lease without a usable address is none", () => {
  const addresses = [
    undefined,
    "",
    "0.0.0.0",
    "127.0.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "2001:db8::1",
    "192.0.2.07",
  ];
  for (const ip_address of addresses) assertEquals(four({ ip_address }).lease, null, ip_address);
  for (const subnet_cidr of [undefined, "0", "33", "-1", "2 4"]) assertEquals(four({ subnet_cidr }).lease, null);
  assertEquals(four({ dhcp_lease_time: "0" }).lease, null);
  for (const dhcp6_ia_na1_ia_addr1 of [undefined, "::", "::1", "ff02::1", "192.0.2.1", "2001:db8::1%wan"]) {
    assertEquals(six({ dhcp6_ia_na1_ia_addr1 }).lease, null, dhcp6_ia_na1_ia_addr1);
  }
});

Deno.test("classless routes stand for the router, in pairs, without host bits (RFC 3442)", () => {
  const cases: [text: string, routes: string[], dropped: number][] = [
    ["10.0.0.0/8 192.0.2.3 0.0.0.0/0 192.0.2.4", ["10.0.0.0/8 192.0.2.3", "0.0.0.0/0 192.0.2.4"], 0],
    ["192.0.2.128/32 0.0.0.0", ["192.0.2.128/32 link"], 0],
    ["10.1.2.3/8 192.0.2.3", ["10.0.0.0/8 192.0.2.3"], 0],
    ["10.0.0.0/8", [], 1],
    ["10.0.0.0/8 192.0.2.3 172.16.0.0/12", ["10.0.0.0/8 192.0.2.3"], 1],
    ["10.0.0.0/33 192.0.2.3 172.16.0.0/12 192.0.2.3", ["172.16.0.0/12 192.0.2.3"], 1],
    ["10.0.0.0/8 127.0.0.1", [], 1],
    ["10.0.0.0/8 2001:db8::1", [], 1],
    ["2001:db8::/32 192.0.2.3", [], 1],
    ["$(reboot) `reboot`", [], 1],
  ];
  for (const [classless_static_routes, routes, dropped] of cases) {
    const { routes: read, problems } = shown(four({ classless_static_routes }));
    assertEquals([read, problems.length], [routes, dropped], classless_static_routes);
  }
});

Deno.test("what a hostile server sends is left out and named, and the rest stays", () => {
  const cases: [changes: Variables, problem: string][] = [
    [{ routers: "192.0.2.1;reboot" }, 'left out routers "192.0.2.1;reboot": not the IPv4 address of a host'],
    [{ routers: "\x1b[2J" }, 'left out routers "\\u001b[2J": not the IPv4 address of a host'],
    [
      { domain_name_servers: "192.0.2.1 192.0.2.2 8.8.8.8\nnameserver" },
      'left out domain_name_servers "8.8.8.8\\nnameserver": not the IPv4 address of a host',
    ],
    [{ domain_search: "a'b" }, `left out domain_search "a'b": not a domain`],
    [{ domain_search: "-x" }, 'left out domain_search "-x": not a domain'],
    [{ domain_search: "a..b" }, 'left out domain_search "a..b": not a domain'],
    [{ domain_search: "." }, 'left out domain_search ".": not a domain'],
    [{ domain_search: "x".repeat(64) }, `left out domain_search "${"x".repeat(64)}": not a domain`],
    [{ domain_search: "a.".repeat(127) + "b" }, `left out domain_search "${"a.".repeat(40)}": not a domain`],
    [{ interface_mtu: "20" }, 'left out interface_mtu "20": not a number from 576 to 65535'],
    [{ interface_mtu: "1e3" }, 'left out interface_mtu "1e3": not a number from 576 to 65535'],
    [{ dhcp_server_identifier: "../x" }, 'left out dhcp_server_identifier "../x": not the IPv4 address of a host'],
  ];
  for (const [changes, problem] of cases) {
    const { lease, problems } = four(changes);
    assertEquals(problems, [problem]);
    assertEquals(lease?.addresses.length, 1);
    assertEquals(lease?.search, ["example.org"]);
  }
  const { lease, problems } = six({
    dhcp6_name_servers: "fe80::1% 192.0.2.1 2001:db8::1%x",
    dhcp6_server_id: "00zz",
    dhcp6_domain_search: "example.org.",
  });
  assertEquals([lease?.resolvers.map(formatAddress), lease?.server, lease?.search], [["fe80::1"], null, [
    "example.org",
  ]]);
  assertEquals(problems, [
    'left out dhcp6_name_servers "192.0.2.1": not the IPv6 address of a host',
    'left out dhcp6_name_servers "2001:db8::1%x": not the IPv6 address of a host',
    'left out dhcp6_server_id "00zz": not a DUID',
  ]);
});

Deno.test("lists are bounded, and each value counts once", () => {
  const many = Array.from({ length: 100 }, (_, index) => `192.0.2.${index + 1}`).join(" ");
  const { resolvers, problems } = shown(four({ domain_name_servers: many }));
  assertEquals([resolvers?.length, problems.length], [64, 1]);
  assertEquals(shown(four({ domain_name_servers: "192.0.2.1 192.0.2.1" })).resolvers, ["192.0.2.1"]);
  assertEquals(shown(four({ domain_search: "A.example a.example." })).search, ["a.example"]);
});

Deno.test("lifetimes: for ever, contradicting, taken back, left to the client", () => {
  const forever = "4294967295";
  assertEquals(shown(four({ dhcp_lease_time: forever })).addresses, ["192.0.2.7/24 null null"]);
  assertEquals(four({ dhcp_lease_time: "100" }).lease?.renew, NOW + 50);
  assertEquals(four({ dhcp_lease_time: "100", dhcp_renewal_time: "500" }).lease?.renew, NOW + 100);
  const lifetimes = (preferred?: string, valid?: string) =>
    six({ dhcp6_ia_na1_ia_addr1_pltime: preferred, dhcp6_ia_na1_ia_addr1_vltime: valid });
  assertEquals(shown(lifetimes(forever, forever)).addresses, ["2001:db8::7/128 null null"]);
  assertEquals(lifetimes(forever, forever).lease?.expire, null);
  for (const [preferred, valid] of [["200", "100"], [forever, "100"], [undefined, "100"], ["0", "0"]]) {
    assertEquals(lifetimes(preferred, valid).lease, null);
  }
  const second = {
    dhcp6_ia_na1_ia_addr2: "2001:db8::8",
    dhcp6_ia_na1_ia_addr2_pltime: "40",
    dhcp6_ia_na1_ia_addr2_vltime: "400",
  };
  const both = six({ ...second, dhcp6_ia_na1_t1: "0" });
  assertEquals(shown(both).addresses, ["2001:db8::7/128 100 120", "2001:db8::8/128 40 400"]);
  assertEquals([both.lease?.renew, both.lease?.expire], [NOW + 20, NOW + 400]);
});
