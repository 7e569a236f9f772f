/** A netlink socket: opened, written to and read without waiting. What is said over it is the business of others. */
import { LITTLE_ENDIAN } from "../wire/attribute.ts";
import { EAGAIN, EBADF, EINTR, EMSGSIZE, ENOBUFS, errnoName } from "../wire/errno.ts";
import { NetlinkError, NetlinkOverrunError, NetlinkSizeError } from "../wire/error.ts";
import { type Message, splitMessages } from "../wire/message.ts";
import { receiveDatagrams } from "./datagrams.ts";
import { errno, libc, MSG_DONTWAIT, MSG_TRUNC } from "./libc.ts";

/** NETLINK_ROUTE and NETLINK_NETFILTER of linux/netlink.h. */
export const ROUTE = 0;
export const NETFILTER = 12;

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;
const POLLIN = 1;

/** Bytes of one receive: the kernel fills dumps up to 32 KiB a datagram and never more than what is offered. */
const RECEIVE_SIZE = 64 * 1024;
/**
 * Bytes that answers may pile up to. A dump fills it only while it is read; a transaction that replaces ten thousand rules
 * brings 7 MB of answers at once, of which the kernel counts more than the bytes.
 */
const RECEIVE_BUFFER = 64 * 1024 * 1024;
const SEND_BUFFER = 256 * 1024 * 1024;

export interface SocketOptions {
  /** Bytes of the send buffer, not forced: for a machine that gives no more (tests). */
  readonly sendBuffer?: number;
  /** Bytes of the receive buffer, not forced. */
  readonly receiveBuffer?: number;
}

export class NetlinkSocket {
  readonly #fd: number;
  readonly #sendBuffer: number;
  /** Most datagrams are far shorter: each is copied out of here. */
  readonly #datagram = new Uint8Array(RECEIVE_SIZE);
  #closed = false;

  private constructor(fd: number, sendBuffer: number) {
    this.#fd = fd;
    this.#sendBuffer = sendBuffer;
  }

  /** Opens a socket for `ROUTE` or `NETFILTER`. Throws a `NetlinkError` with the errno's name. */
  static open(protocol: number, options: SocketOptions = {}): NetlinkSocket {
    const fd = libc().socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
    if (fd < 0) throw failure("open a netlink socket");
    // The kernel chooses the port id.
    const address = sockaddr();
    if (libc().bind(fd, address, address.length) < 0) {
      const error = failure("bind a netlink socket");
      libc().close(fd);
      throw error;
    }
    setOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    setOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    // Dumps then heed what is said of their table or device; kernels before 4.20 give all.
    setOption(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
    setBuffer(fd, SO_RCVBUF, options.receiveBuffer, RECEIVE_BUFFER);
    const sendBuffer = setBuffer(fd, SO_SNDBUF, options.sendBuffer, SEND_BUFFER);
    return new NetlinkSocket(fd, sendBuffer);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Nobody may be waiting: the number of a closed socket is soon another file's. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    libc().close(this.#fd);
  }

  /** Listens to a multicast group (RTNLGRP_*). Throws a `NetlinkError`. */
  join(group: number): void {
    this.#refuseClosed();
    if (!setOption(this.#fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)) {
      throw failure(`listen to netlink group ${group}`);
    }
  }

  /** Sends bytes to the kernel in one piece. Throws a `NetlinkSizeError` where they do not fit, else a `NetlinkError`. */
  send(bytes: Uint8Array, operation: string): void {
    this.#refuseClosed();
    const kernel = sockaddr();
    const sent = libc().sendto(this.#fd, owned(bytes), BigInt(bytes.length), 0, kernel, kernel.length);
    if (Number(sent) >= 0) return;
    const number = errno();
    if (number === EMSGSIZE) throw new NetlinkSizeError(bytes.length, this.#sendBuffer);
    throw new NetlinkError(operation, number, errnoName(number), undefined, 0);
  }

  /**
   * The messages of one datagram of the kernel, or null where none is waiting. Throws a `NetlinkOverrunError` once for
   * answers that there was no room for.
   */
  receive(operation: string): Message[] | null {
    this.#refuseClosed();
    while (true) {
      const buffer = this.#datagram;
      const sender = new Uint8Array(12);
      const senderSize = new Uint32Array([sender.length]);
      const size = Number(
        libc().recvfrom(
          this.#fd,
          buffer,
          BigInt(buffer.length),
          MSG_DONTWAIT | MSG_TRUNC,
          sender,
          new Uint8Array(senderSize.buffer),
        ),
      );
      if (size < 0) {
        const number = errno();
        if (number === EAGAIN) return null;
        if (number === EINTR) continue;
        if (number === ENOBUFS) throw new NetlinkOverrunError(operation);
        throw new NetlinkError(operation, number, errnoName(number), undefined, 0);
      }
      if (size > buffer.length) throw cutShort(operation, String(size));
      // nl_pid: only the kernel's datagrams count.
      if (new DataView(sender.buffer).getUint32(4, LITTLE_ENDIAN) !== 0) continue;
      return splitMessages(buffer.slice(0, size));
    }
  }

  /** Up to `most` datagrams, read in another thread; no messages where there is nothing or reading fails. */
  async receiveMany(operation: string, most: number): Promise<Message[]> {
    this.#refuseClosed();
    const datagrams = await receiveDatagrams(this.#fd, RECEIVE_SIZE, most);
    return datagrams.flatMap(({ bytes, portId, cut }) => {
      if (cut) throw cutShort(operation, `more than ${bytes.length}`);
      return portId === 0 ? splitMessages(bytes) : [];
    });
  }

  /** Waits until there is something to receive, at most so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    this.#refuseClosed();
    // struct pollfd: fd, events, revents.
    const poll = new Uint8Array(8);
    const view = new DataView(poll.buffer);
    view.setInt32(0, this.#fd, LITTLE_ENDIAN);
    view.setInt16(4, POLLIN, LITTLE_ENDIAN);
    await libc().poll(poll, 1n, milliseconds);
  }

  /** The number of a closed socket may be another file's by now. */
  #refuseClosed(): void {
    if (this.#closed) throw new NetlinkError("use a netlink socket", EBADF, errnoName(EBADF), "it is closed", 0);
  }
}

/** struct sockaddr_nl: family, padding, port id (0: the kernel's), groups. */
function sockaddr(): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(12);
  new DataView(address.buffer).setUint16(0, AF_NETLINK, LITTLE_ENDIAN);
  return address;
}

/** A view whose memory is an ArrayBuffer, as FFI wants it. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? bytes as Uint8Array<ArrayBuffer> : new Uint8Array(bytes);
}

function cutShort(operation: string, size: string): NetlinkError {
  return new NetlinkError(operation, EMSGSIZE, "EMSGSIZE", `a datagram of ${size} bytes was cut`, 0);
}

function failure(operation: string): NetlinkError {
  const number = errno();
  return new NetlinkError(operation, number, errnoName(number), undefined, 0);
}

function setOption(fd: number, level: number, option: number, value: number): boolean {
  return libc().setsockopt(fd, level, option, new Uint8Array(new Int32Array([value]).buffer), 4) === 0;
}

/** Sets a buffer's size, past the administrator's limit where this process may; gives the bytes it has now. */
function setBuffer(fd: number, option: number, wanted: number | undefined, forced: number): number {
  const force = option === SO_SNDBUF ? SO_SNDBUFFORCE : SO_RCVBUFFORCE;
  if (wanted !== undefined) setOption(fd, SOL_SOCKET, option, wanted / 2);
  else if (!setOption(fd, SOL_SOCKET, force, forced)) setOption(fd, SOL_SOCKET, option, forced);
  const value = new Int32Array(1);
  const size = new Uint32Array([4]);
  libc().getsockopt(fd, SOL_SOCKET, option, new Uint8Array(value.buffer), new Uint8Array(size.buffer));
  return value[0] ?? 0;
}
