/** Tries one connection over plain sockets, so that the kernel's own errno says how it was refused. */
import { type Address, parseAddress } from "../model/address.ts";
import { LITTLE_ENDIAN } from "../netlink/wire/attribute.ts";
import { EAGAIN, errnoName } from "../netlink/wire/errno.ts";
import { addressBytes, AF } from "../netlink/wire/inet.ts";
import { errno, libc, MSG_DONTWAIT } from "../netlink/socket/libc.ts";
import { ECHO_REQUEST, icmpMessage } from "./icmp.ts";
import type { Attempt, Outcome } from "./protocol.ts";

/** linux/net.h and asm-generic/fcntl.h. */
const SOCK = { STREAM: 1, DGRAM: 2, RAW: 3 } as const;
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000;
/** linux/in.h and in6.h: an echo socket of ping_group_range fills in identifier and checksum itself. */
const IPPROTO = { 4: 1, 6: 58 } as const;
/** IPPROTO_IP with IP_RECVERR, and IPPROTO_IPV6 with IPV6_RECVERR (linux/in.h, in6.h). */
const RECVERR = { 4: { level: 0, option: 11 }, 6: { level: 41, option: 25 } } as const;
/** asm-generic/socket.h and poll.h. */
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_LINGER = 13;
const POLLIN = 1;
const POLLOUT = 4;
const EINPROGRESS = 115;

const REQUEST = new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n");
const KNOCK = new TextEncoder().encode("knock");
/** Bytes of the longest answer that is read. */
const ANSWER = 4096;

/** Tries it, for at most `timeout` milliseconds. Throws where the socket itself cannot be had. */
export async function attempt(ask: Attempt): Promise<Outcome> {
  const { protocol, timeout } = ask;
  const to = parsed(ask.address);
  const fd = openSocket(ask, to);
  const began = performance.now();
  try {
    const refused = knock(fd, ask, to) ?? await answer(fd, protocol === "tcp" ? POLLOUT : POLLIN, timeout);
    const milliseconds = performance.now() - began;
    if (refused === null) return { result: "dropped", milliseconds };
    if (refused !== 0) return { result: "rejected", errno: errnoName(refused), milliseconds };
    const heard = ask.listen ? await conversation(fd, protocol, timeout) : undefined;
    return { result: "accepted", ...(heard === undefined ? {} : { heard }), milliseconds };
  } finally {
    libc().close(fd);
  }
}

function openSocket({ protocol, icmpType, raw, source }: Attempt, { family }: Address): number {
  const plain = icmpType === undefined && raw === undefined;
  const type = protocol === "tcp" ? SOCK.STREAM : plain ? SOCK.DGRAM : SOCK.RAW;
  const number = raw ?? (protocol === "icmp" ? IPPROTO[family] : 0);
  const fd = libc().socket(AF[family], type | SOCK_NONBLOCK_CLOEXEC, number);
  if (fd < 0) throw new Error(`cannot open a socket for ${protocol}: ${errnoName(errno())}`);
  // struct linger, on and 0 seconds: closing sends one reset and nothing comes later, when others are counting.
  if (protocol === "tcp") setOption(fd, SOL_SOCKET, SO_LINGER, 1, 0);
  // Without it, UDP hears nothing of a host or network that is unreachable (RFC 1122, section 4.1.3.3: they may pass).
  else setOption(fd, RECVERR[family].level, RECVERR[family].option, 1);
  if (source === undefined) return fd;
  const address = socketAddress(parsed(source.address), source.port);
  if (libc().bind(fd, address, address.length) === 0) return fd;
  const reason = errnoName(errno());
  libc().close(fd);
  throw new Error(`cannot send from ${source.address} port ${source.port}: ${reason}`);
}

/** Sends the first packet. Gives an errno where the kernel refuses it at once, undefined where an answer may come. */
function knock(fd: number, { protocol, port, icmpType, raw }: Attempt, to: Destination): number | undefined {
  const address = socketAddress(to, raw === undefined ? port : 0);
  if (libc().connect(fd, address, address.length) < 0) {
    const number = errno();
    return number === EINPROGRESS ? undefined : number;
  }
  if (protocol === "tcp") return undefined;
  if (raw !== undefined) return send(fd, zeros(port));
  return send(fd, protocol === "icmp" ? icmpMessage(icmpType ?? ECHO_REQUEST[to.family], to.family) : KNOCK);
}

/** Enough bytes for the header of any protocol; a port stands where SCTP has its destination (RFC 9260, section 3.1). */
function zeros(port: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint16(2, port);
  return bytes;
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

/** What the server says of itself: over TCP when asked and until it hangs up, over UDP it has said it. */
async function conversation(fd: number, protocol: Attempt["protocol"], timeout: number): Promise<string> {
  if (protocol === "tcp") send(fd, REQUEST);
  const deadline = performance.now() + timeout;
  let heard = "";
  for (let left = timeout; left > 0; left = Math.floor(deadline - performance.now())) {
    if (await answer(fd, POLLIN, left) !== 0) break;
    const buffer = new Uint8Array(ANSWER);
    const size = Number(libc().recvfrom(fd, buffer, BigInt(ANSWER), MSG_DONTWAIT, null, null));
    if (size < 0 && errno() === EAGAIN) continue;
    if (size <= 0) break;
    heard += new TextDecoder().decode(buffer.subarray(0, size));
    if (protocol !== "tcp") break;
  }
  return heard;
}

/** Sends to the other end of a connected socket. Gives the errno of a refusal. */
function send(fd: number, bytes: Uint8Array<ArrayBuffer>): number | undefined {
  return Number(libc().sendto(fd, bytes, BigInt(bytes.length), 0, null, 0)) < 0 ? errno() : undefined;
}

function setOption(fd: number, level: number, option: number, ...values: number[]): void {
  const bytes = new Uint8Array(new Int32Array(values).buffer);
  libc().setsockopt(fd, level, option, bytes, bytes.length);
}

interface Destination extends Address {
  /** Index of the device that a link's own address belongs to; 0 for others. */
  readonly scope: number;
}

/** `192.0.2.1`, or `fe80::1%3` with the index of a device (RFC 4007, section 11). */
function parsed(text: string): Destination {
  const [plain = "", scope = "0"] = text.split("%");
  const address = parseAddress(plain);
  if (address === null || !/^\d+$/.test(scope)) throw new Error(`${text} is no address`);
  return { ...address, scope: Number(scope) };
}

/** struct sockaddr_in or sockaddr_in6: family, port, (flow), address, (scope). */
function socketAddress(address: Destination, port: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(address.family === 4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF[address.family], LITTLE_ENDIAN);
  view.setUint16(2, port);
  bytes.set(addressBytes(address), address.family === 4 ? 4 : 8);
  if (address.family === 6) view.setUint32(24, address.scope, LITTLE_ENDIAN);
  return bytes;
}
