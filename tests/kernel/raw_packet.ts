/** Packets as bytes on a cable, put there by a packet socket, so that any header can be sent. */
import type { Family } from "../../lib/model/address.ts";
import { errno, libc } from "../../lib/netlink/socket/libc.ts";
import { LITTLE_ENDIAN } from "../../lib/netlink/wire/attribute.ts";
import { addressBytes } from "../../lib/netlink/wire/inet.ts";
import type { Packet } from "../../lib/nft/evaluate/mod.ts";

/** AF_PACKET and SOCK_RAW with SOCK_CLOEXEC (linux/socket.h, net.h). */
const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
/** linux/if_ether.h. */
const ETHERTYPE = { 4: 0x0800, 6: 0x86dd } as const;
/** A sender that nobody is. */
const SENDER = [2, 0, 0, 0, 0, 1];

/** A socket that sends frames out of devices. */
export class Injector implements Disposable {
  readonly #fd: number;

  constructor() {
    this.#fd = libc().socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0);
    if (this.#fd < 0) throw new Error(`cannot open a packet socket: errno ${errno()}`);
  }

  /** Sends a packet out of the device of that index to an Ethernet address, as `02:42:ac:11:00:02`. */
  send(packet: Packet, device: number, mac: string): void {
    const frame = new Uint8Array([...mac.split(":").map((hex) => parseInt(hex, 16)), ...SENDER, 0, 0, ...ip(packet)]);
    const view = new DataView(frame.buffer);
    view.setUint16(12, ETHERTYPE[packet.family]);
    // struct sockaddr_ll: family, protocol, device index; the rest is for receiving.
    const to = new Uint8Array(20);
    new DataView(to.buffer).setUint16(0, AF_PACKET, LITTLE_ENDIAN);
    new DataView(to.buffer).setInt32(4, device, LITTLE_ENDIAN);
    const sent = libc().sendto(this.#fd, frame, BigInt(frame.length), 0, to, to.length);
    if (Number(sent) < 0) throw new Error(`cannot send a packet: errno ${errno()}`);
  }

  [Symbol.dispose](): void {
    libc().close(this.#fd);
  }
}

const word = (value = 0) => [value >> 8, value & 255];

function ip(packet: Packet): number[] {
  const { family, protocol, source, destination, ttl = 64 } = packet;
  const [from, to] = [source, destination].map(({ address = 0 }) => bytes(family, address));
  if (from === undefined || to === undefined) throw new Error("a packet without addresses");
  const payload = transport(packet, [...from, ...to]);
  if (family === 6) return [0x60, 0, 0, 0, ...word(payload.length), protocol, ttl, ...from, ...to, ...payload];
  const header = [0x45, 0, ...word(20 + payload.length), 0, 0, 0x40, 0, ttl, protocol, 0, 0, ...from, ...to];
  return [...header.with(10, checksum(header) >> 8).with(11, checksum(header) & 255), ...payload];
}

function bytes(family: Family, value: number | bigint): Uint8Array {
  return addressBytes({ family, value: BigInt(value) });
}

/** `addresses` go into the checksum (RFC 9293, section 3.1; RFC 8200, section 8.1). */
function transport(packet: Packet, addresses: readonly number[]): number[] {
  const { family, protocol, source, destination, icmp, tcpFlags = 0 } = packet;
  const ports = [...word(source.port), ...word(destination.port)];
  const sealed = (body: number[], at: number, pseudo = true) => {
    const head = pseudo ? [...addresses, ...word(body.length), ...word(protocol)] : [];
    const sum = checksum([...head, ...body]);
    return body.with(at, sum >> 8).with(at + 1, sum & 255);
  };
  switch (protocol) {
    case 6:
      return sealed([...ports, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, tcpFlags, 0xff, 0xff, 0, 0, 0, 0], 16);
    case 17:
      return sealed([...ports, ...word(12), 0, 0, 1, 2, 3, 4], 6);
    case 132:
      // An INIT chunk (RFC 9260, section 3.3.2).
      return [...ports, ...Array(8).fill(0), 1, 0, 0, 20, 0, 0, 0, 1, 0, 0, 16, 0, 0, 1, 0, 1, 0, 0, 0, 1];
    case 1:
    case 58:
      return sealed([icmp?.type ?? 8, icmp?.code ?? 0, 0, 0, 0x12, 0x34, 0, 1, 1, 2, 3, 4], 2, family === 6);
    default:
      return Array(16).fill(0);
  }
}

/** RFC 1071. */
function checksum(data: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 2) sum += (data[at] ?? 0) * 256 + (data[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
