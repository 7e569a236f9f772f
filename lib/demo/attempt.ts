/** Tries one connection over plain sockets, so that the kernel's own errno says how it was refused. */
import { type Address, parseAddress } from "../model/address.ts";
import { LITTLE_ENDIAN } from "../netlink/wire/attribute.ts";
import { errnoName } from "../netlink/wire/errno.ts";
import { addressBytes, AF } from "../netlink/wire/inet.ts";
import { errno, libc } from "../netlink/socket/libc.ts";
import type { Attempt, Outcome } from "./protocol.ts";

/** linux/net.h and asm-generic/fcntl.h. */
const SOCK = { STREAM: 1, DGRAM: 2 } as const;
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;
/** linux/in.h and in6.h: an echo socket of ping_group_range fills in identifier and checksum itself. */
const IPPROTO = { 4: 1, 6: 58 } as const;
/** RFC 792 and RFC 4443, section 4.1: echo requests. */
const ECHO_REQUEST = { 4: 8, 6: 128 } as const;
/** asm-generic/socket.h and poll.h. */
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_LINGER = 13;
const POLLIN = 1;
const POLLOUT = 4;
const EINPROGRESS = 115;

/** Tries it, for at most `timeout` milliseconds. Throws where the socket itself cannot be had. */
export async function attempt({ protocol, address, port, timeout }: Attempt): Promise<Outcome> {
  const to = parseAddress(address);
  if (to === null) throw new Error(`${address} is no address`);
  const fd = openSocket(protocol, to);
  const began = performance.now();
  try {
    const refused = knock(fd, protocol, to, port) ?? await answer(fd, protocol === "tcp" ? POLLOUT : POLLIN, timeout);
    const milliseconds = performance.now() - began;
    if (refused === null) return { result: "dropped", milliseconds };
    if (refused === 0) return { result: "accepted", milliseconds };
    return { result: "rejected", errno: errnoName(refused), milliseconds };
  } finally {
    libc().close(fd);
  }
}

function openSocket(protocol: Attempt["protocol"], { family }: Address): number {
  const type = protocol === "tcp" ? SOCK.STREAM : SOCK.DGRAM;
  const fd = libc().socket(AF[family], type | SOCK_NONBLOCK_CLOEXEC, protocol === "icmp" ? IPPROTO[family] : 0);
  if (fd < 0) throw new Error(`cannot open a socket for ${protocol}: ${errnoName(errno())}`);
  // struct linger, on and 0 seconds: closing sends one reset and nothing comes later, when others are counting.
  if (protocol === "tcp") {
    libc().setsockopt(fd, SOL_SOCKET, SO_LINGER, new Uint8Array(new Int32Array([1, 0]).buffer), 8);
  }
  return fd;
}

/** Sends the first packet. Gives an errno where the kernel refuses it at once, undefined where an answer may come. */
function knock(fd: number, protocol: Attempt["protocol"], to: Address, port: number): number | undefined {
  const address = socketAddress(to, port);
  if (libc().connect(fd, address, address.length) < 0) {
    const number = errno();
    return number === EINPROGRESS ? undefined : number;
  }
  if (protocol === "tcp") return undefined;
  const packet = protocol === "icmp" ? echoRequest(to) : new TextEncoder().encode("knock");
  const sent = libc().sendto(fd, packet, BigInt(packet.length), 0, address, address.length);
  return Number(sent) < 0 ? errno() : undefined;
}

/** Waits for an answer: 0, the errno of a refusal, or null where none comes. */
async function answer(fd: number, events: number, timeout: number): Promise<number | null> {
  // struct pollfd: fd, events, revents.
  const wait = new Uint8Array(8);
  const view = new DataView(wait.buffer);
  view.setInt32(0, fd, LITTLE_ENDIAN);
  view.setInt16(4, events, LITTLE_ENDIAN);
  if (await libc().poll(wait, 1n, timeout) <= 0) return null;
  const error = new Int32Array(1);
  const size = new Uint32Array([4]);
  libc().getsockopt(fd, SOL_SOCKET, SO_ERROR, new Uint8Array(error.buffer), new Uint8Array(size.buffer));
  return error[0] ?? 0;
}

/** struct icmphdr: type, code, checksum, identifier, sequence number 1. */
function echoRequest({ family }: Address): Uint8Array<ArrayBuffer> {
  return new Uint8Array([ECHO_REQUEST[family], 0, 0, 0, 0, 0, 0, 1, ...new TextEncoder().encode("patronus")]);
}

/** struct sockaddr_in or sockaddr_in6: family, port, (flow), address, (scope). */
function socketAddress(address: Address, port: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(address.family === 4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF[address.family], LITTLE_ENDIAN);
  view.setUint16(2, port);
  bytes.set(addressBytes(address), address.family === 4 ? 4 : 8);
  return bytes;
}
