/** The demo's network: who is where. The devices of the router are those that example.toml names. */

/** TCP and UDP ports that a host answers on. */
export interface Services {
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
}

export type HostName = "lan" | "wan" | "dmz";

/** A machine behind one of the router's devices. */
export interface Host {
  readonly name: HostName;
  readonly title: string;
  /** The router's device on the cable to it. */
  readonly device: string;
  /**
   * Its index, unlike any of the host: a device whose peer in another namespace has the same index learns of its carrier
   * up to a second late (linkwatch_urgent_event in net/core/link_watch.c), and has no IPv6 until then.
   */
  readonly index: number;
  /** What the router has there: an address of each IP version, and the host's gateways. */
  readonly router: readonly [ipv4: string, ipv6: string];
  /** What the host has: the first two are its usual ones. */
  readonly addresses: readonly [ipv4: string, ipv6: string, ...more: string[]];
  readonly services: Services;
}

/** The host's own end of its cable. */
export const HOST_DEVICE = "eth0";

export const HOSTS: readonly Host[] = [
  {
    name: "lan",
    title: "a computer of the office",
    device: "eth-lan",
    index: 101,
    router: ["192.168.1.1/24", "fd00:1::1/64"],
    addresses: ["192.168.1.10/24", "fd00:1::10/64"],
    services: { tcp: [80], udp: [] },
  },
  {
    name: "dmz",
    title: "the web server",
    device: "eth-dmz",
    index: 102,
    router: ["192.168.2.1/24", "fd00:2::1/64"],
    addresses: ["192.168.2.10/24", "fd00:2::10/64"],
    services: { tcp: [22, 80, 443], udp: [] },
  },
  {
    name: "wan",
    title: "somebody on the internet",
    device: "eth-wan",
    index: 103,
    router: ["203.0.113.1/24", "2001:db8::1/64"],
    // The last two are on the block list.
    addresses: ["203.0.113.2/24", "2001:db8::2/64", "203.0.113.66/24", "198.51.100.7/32"],
    services: { tcp: [22, 25, 80, 443], udp: [53] },
  },
];

/** A router and what is around it. */
export interface Network {
  readonly hosts: readonly Host[];
  /** What the router itself answers on. */
  readonly router: Services;
}

export const NETWORK: Network = { hosts: HOSTS, router: { tcp: [22], udp: [] } };

/** The whole internet, for the router, is behind this host. */
export const UPSTREAM: HostName = "wan";

export function hostNamed(name: HostName): Host {
  const host = HOSTS.find((each) => each.name === name);
  if (host === undefined) throw new RangeError(`the demo has no host ${name}`);
  return host;
}

/** `192.168.1.10/24` without its length. */
export function bare(address: string): string {
  return address.split("/")[0] ?? address;
}
