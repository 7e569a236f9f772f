/** Random packets, likely to meet the rules of random documents. */
import { type Family, parseAddress } from "../../lib/model/address.ts";
import type { Packet } from "../../lib/nft/evaluate/mod.ts";
import type { Random } from "./random.ts";
import { valueOf } from "./routing_table.ts";

const ADDRESSES: Readonly<Record<Family, readonly string[]>> = {
  4: [
    "10.1.2.3",
    "10.0.0.5",
    "10.0.0.12",
    "192.168.1.10",
    "192.168.2.10",
    "192.168.5.3",
    "198.51.100.7",
    "203.0.113.7",
    "203.0.113.2",
    "8.8.8.8",
  ],
  6: [
    "fd00::1",
    "fd00:1::10",
    "fd00:2::10",
    "fd00:77::1",
    "2001:db8::2",
    "2001:db8:1::5",
    "2001:db8:ffff::1",
    "2a00::1",
  ],
};
const ROUTER: Readonly<Record<Family, readonly string[]>> = {
  4: ["192.168.1.1", "192.168.2.1", "203.0.113.1"],
  6: ["fd00:1::1", "fd00:2::1", "2001:db8::1"],
};
const PORTS = [22, 53, 80, 443, 7005, 8050, 8080, 9005, 1024, 40000, 65535];
const PROTOCOLS = [6, 6, 6, 17, 17, 132, 89, 47, 50] as const;
/** SYN, ACK, SYN and ACK, FIN and ACK, none, SYN and FIN: the last two belong to no connection. */
const TCP_FLAGS = [2, 2, 2, 2, 16, 18, 17, 0, 3];

/** ICMP types that begin a connection and such that do not; no redirects, which would change routes. */
const ICMP_TYPES: Readonly<Record<Family, readonly number[]>> = {
  4: [8, 8, 0, 3, 11, 13],
  6: [128, 128, 129, 1, 2, 136],
};

export function randomPacket(random: Random, devices: readonly string[]): Packet {
  const family = random.pick([4, 6] as const);
  const value = (text: string) => valueOf(parseAddress(text) ?? { family, value: 0n });
  const icmp = random.below(5) === 0;
  const protocol = icmp ? (family === 4 ? 1 : 58) : random.pick(PROTOCOLS);
  const ported = [6, 17, 132].includes(protocol);
  const end = (text: string) => ({ address: value(text), ...(ported ? { port: random.pick(PORTS) } : {}) });
  return {
    family,
    protocol,
    source: end(random.pick(ADDRESSES[family])),
    destination: end(random.pick(random.below(2) === 0 ? ROUTER[family] : ADDRESSES[family])),
    ...(icmp ? { icmp: { type: random.pick(ICMP_TYPES[family]), code: 0 } } : {}),
    ...(protocol === 6 ? { tcpFlags: random.pick(TCP_FLAGS) } : {}),
    in: random.pick(devices),
    out: "",
    mark: 0,
    connection: { state: "new" },
  };
}
