/** The topology that the packet tests run in: the demo's, with more addresses and more open ports. */
import { bare, type HostName, hostNamed, type Network, type Services } from "../../lib/demo/topology.ts";

export type Machine = HostName | "router";

/** What every machine answers on. */
const SERVICES: Services = {
  tcp: [22, 25, 53, 80, 443, ...Array.from({ length: 16 }, (_, index) => 7000 + index)],
  udp: [53, 123, 7000, 7001, 7002, 7003],
};

/** Addresses that hosts have besides their usual ones: of both families under one name. */
const MORE: Readonly<Record<HostName, Readonly<Record<string, readonly [ipv4: string, ipv6: string]>>>> = {
  lan: {
    "lan.11": ["192.168.1.11/24", "fd00:1::11/64"],
    "lan.12": ["192.168.1.12/24", "fd00:1::12/64"],
    // An address of the DMZ's network, and one that nobody knows a way to.
    "lan.forged": ["192.168.2.99/32", "fd00:2::99/128"],
    "lan.unknown": ["10.66.0.1/32", "fd66::1/128"],
  },
  dmz: {
    "dmz.11": ["192.168.2.11/24", "fd00:2::11/64"],
  },
  wan: {
    "wan.67": ["203.0.113.67/24", "2001:db8::67/64"],
  },
};

const NAMES = ["lan", "dmz", "wan"] as const;

/** What the stations are built from. */
export const TOPOLOGY: Network = {
  hosts: NAMES.map((name) => {
    const host = hostNamed(name);
    return { ...host, addresses: [...host.addresses, ...Object.values(MORE[name]).flat()], services: SERVICES };
  }),
  router: SERVICES,
};

/** Addresses by the names that claims give them: IPv4, then IPv6. */
export const PLACES: Readonly<Record<string, readonly [ipv4: string, ipv6: string]>> = Object.fromEntries([
  // Somewhere behind wan, which forwards nothing.
  ["nobody", ["198.51.100.99", "2001:db8:77::1"]],
  ...NAMES.flatMap((name) => {
    const { addresses: [ipv4, ipv6], router } = hostNamed(name);
    const all = { [name]: [ipv4, ipv6], ...MORE[name], [`router.${name}`]: router } as const;
    return Object.entries(all).map(([place, [ipv4, ipv6]]) => [place, [bare(ipv4), bare(ipv6)]] as const);
  }),
]);
