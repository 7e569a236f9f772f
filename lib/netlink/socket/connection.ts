/** A netlink socket: requests with an answer, dumps, and nf_tables transactions. */
import { LITTLE_ENDIAN, MESSAGE_HEADER } from "../wire/attribute.ts";
import { EAGAIN, EBADF, EINTR, EMSGSIZE, ENOBUFS, errnoName } from "../wire/errno.ts";
import { NetlinkError, NetlinkOverrunError, NetlinkSizeError } from "../wire/error.ts";
import { errorOf, isDone, isError, type Message, NLM_F, splitMessages } from "../wire/message.ts";
import { FIRST, MOST, receiveDatagrams } from "./datagrams.ts";
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
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const POLLIN = 1;

/** Bytes of one receive: the kernel fills dumps up to 32 KiB a datagram and never more than what is offered. */
const RECEIVE_SIZE = 64 * 1024;
/**
 * Bytes that answers may pile up to. A dump fills it only while it is read; a transaction that replaces ten thousand rules
 * brings 7 MB of answers at once, of which the kernel counts more than the bytes.
 */
const RECEIVE_BUFFER = 64 * 1024 * 1024;
/** Answers behind which a dump is a long one: what more there is comes from another thread. */
const MANY = 64;
/** How often an interrupted dump is begun again. */
const DUMP_TRIES = 10;
/** Milliseconds without any answer after which the kernel is taken for silent. */
const SILENCE = 10_000;

export interface ConnectionOptions {
  /** Bytes of the send buffer, not forced: for a machine that gives no more (tests). */
  readonly sendBuffer?: number;
  /** Bytes of the receive buffer, not forced. */
  readonly receiveBuffer?: number;
}

/** What both this connection and one in another thread can do. */
export interface Netlink {
  /** Sends one message and waits for its acknowledgement; gives the messages that came before it. */
  request(message: Uint8Array, operation: string): Promise<Message[]>;
  /** Sends one request with NLM_F_DUMP and gives all answers; begins again when a change interrupts it. */
  dump(message: Uint8Array, operation: string): Promise<Message[]>;
  /**
   * Sends a transaction in one piece. Its messages ask for no acknowledgement; only refusals come back, and what a message
   * asked to have repeated (NLM_F_ECHO), which is given. Throws the first refusal as a `NetlinkError`, a `NetlinkSizeError`
   * when the send buffer is too small, and a `NetlinkOverrunError` when the outcome is unknown.
   */
  batch(messages: Uint8Array, operation: (sequence: number) => string): Promise<Message[]>;
  close(): void;
}

/** Requests are made one after the other, whoever makes them: a second one waits for the answers to the first. */
export class NetlinkConnection implements Netlink {
  readonly #fd: number;
  readonly #sendBuffer: number;
  /** Most datagrams are far shorter: each is copied out of here. */
  readonly #datagram = new Uint8Array(RECEIVE_SIZE);
  #sequence = 1;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(fd: number, sendBuffer: number) {
    this.#fd = fd;
    this.#sendBuffer = sendBuffer;
  }

  /** Opens a socket for `ROUTE` or `NETFILTER`. Throws a `NetlinkError` with the errno's name. */
  static open(protocol: number, options: ConnectionOptions = {}): NetlinkConnection {
    const fd = libc().socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
    if (fd < 0) throw failure("open a netlink socket");
    // struct sockaddr_nl: family, padding, port id (0: the kernel chooses), groups.
    const address = new Uint8Array(12);
    new DataView(address.buffer).setUint16(0, AF_NETLINK, LITTLE_ENDIAN);
    if (libc().bind(fd, address, address.length) < 0) {
      const error = failure("bind a netlink socket");
      libc().close(fd);
      throw error;
    }
    setOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
    setOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    setBuffer(fd, SO_RCVBUF, options.receiveBuffer, RECEIVE_BUFFER);
    const sendBuffer = setBuffer(fd, SO_SNDBUF, options.sendBuffer, 256 * 1024 * 1024);
    return new NetlinkConnection(fd, sendBuffer);
  }

  request(message: Uint8Array, operation: string): Promise<Message[]> {
    return this.#inTurn(() => this.#request(message, operation));
  }

  dump(message: Uint8Array, operation: string): Promise<Message[]> {
    return this.#inTurn(() => this.#dump(message, operation));
  }

  batch(messages: Uint8Array, operation: (sequence: number) => string): Promise<Message[]> {
    return this.#inTurn(() => this.#batch(messages, operation));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    libc().close(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #inTurn<T>(exchange: () => T | Promise<T>): Promise<T> {
    const answer = this.#last.then(() => {
      this.#refuseClosed();
      return exchange();
    });
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #request(message: Uint8Array, operation: string): Promise<Message[]> {
    const sequence = this.#stamp(message, NLM_F.REQUEST | NLM_F.ACK);
    this.#send(message, operation);
    const answers: Message[] = [];
    while (true) {
      for (const answer of await this.#receive(operation)) {
        if (answer.sequence !== sequence) continue;
        if (!isError(answer)) {
          answers.push(answer);
          continue;
        }
        const error = errorOf(answer, () => operation);
        if (error !== null) throw error;
        return answers;
      }
    }
  }

  async #dump(message: Uint8Array, operation: string): Promise<Message[]> {
    for (let tries = 0; tries < DUMP_TRIES; tries++) {
      const answers = await this.#dumpOnce(message, operation);
      if (answers !== null) return answers;
    }
    throw new NetlinkError(operation, EINTR, "EINTR", `the dump was interrupted ${DUMP_TRIES} times by changes`, 0);
  }

  #batch(messages: Uint8Array, operation: (sequence: number) => string): Message[] {
    this.#drain();
    this.#send(messages, "send a transaction");
    // The kernel works inside the send call: what it had to say is in the queue now, and an empty queue is success.
    let first: NetlinkError | undefined;
    const repeated: Message[] = [];
    try {
      for (let answers; (answers = this.#receiveNow("commit a transaction")) !== null;) {
        for (const answer of answers) {
          if (isError(answer)) first ??= errorOf(answer, operation) ?? undefined;
          else repeated.push(answer);
        }
      }
    } catch (error) {
      // A queue that stays full leaves no room for the next answer.
      if (error instanceof NetlinkOverrunError) this.#drain();
      throw error;
    }
    if (first !== undefined) throw first;
    return repeated;
  }

  async #dumpOnce(message: Uint8Array, operation: string): Promise<Message[] | null> {
    const sequence = this.#stamp(message, NLM_F.REQUEST | NLM_F.DUMP);
    this.#send(message, operation);
    const answers: Message[] = [];
    let interrupted = false;
    let most = FIRST;
    while (true) {
      const received = answers.length >= MANY ? await this.#receiveMore(operation, most) : [];
      if (received.length > 0) most = Math.min(MOST, most * 4);
      for (const answer of received.length > 0 ? received : await this.#receive(operation)) {
        if (answer.sequence !== sequence) continue;
        if ((answer.flags & NLM_F.DUMP_INTR) !== 0) interrupted = true;
        if (isError(answer) || isDone(answer)) {
          const error = errorOf(answer, () => operation);
          if (error !== null) throw error;
          return interrupted ? null : answers;
        }
        answers.push(answer);
      }
    }
  }

  /** The number of a closed socket may be another file's by now. */
  #refuseClosed(): void {
    if (this.#closed) throw new NetlinkError("use a netlink socket", EBADF, errnoName(EBADF), "it is closed", 0);
  }

  /** Gives the first message of `bytes` a sequence number of this connection and adds flags. */
  #stamp(bytes: Uint8Array, flags: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < MESSAGE_HEADER) throw new RangeError("a netlink request without a header");
    view.setUint16(6, view.getUint16(6, LITTLE_ENDIAN) | flags, LITTLE_ENDIAN);
    view.setUint32(8, ++this.#sequence, LITTLE_ENDIAN);
    return this.#sequence;
  }

  #send(bytes: Uint8Array, operation: string): void {
    // struct sockaddr_nl with port id 0: the kernel.
    const kernel = new Uint8Array(12);
    new DataView(kernel.buffer).setUint16(0, AF_NETLINK, LITTLE_ENDIAN);
    const sent = libc().sendto(this.#fd, owned(bytes), BigInt(bytes.length), 0, kernel, kernel.length);
    if (Number(sent) >= 0) return;
    const number = errno();
    if (number === EMSGSIZE) throw new NetlinkSizeError(bytes.length, this.#sendBuffer);
    throw new NetlinkError(operation, number, errnoName(number), undefined, 0);
  }

  /** Waits for a datagram of the kernel; bounded. */
  async #receive(operation: string): Promise<Message[]> {
    const deadline = Date.now() + SILENCE;
    while (true) {
      const answers = this.#receiveNow(operation);
      if (answers !== null) return answers;
      if (Date.now() > deadline) throw new NetlinkError(operation, 110, "ETIMEDOUT", "the kernel did not answer", 0);
      // struct pollfd: fd, events, revents.
      const wait = new Uint8Array(8);
      const view = new DataView(wait.buffer);
      view.setInt32(0, this.#fd, LITTLE_ENDIAN);
      view.setInt16(4, POLLIN, LITTLE_ENDIAN);
      await libc().poll(wait, 1n, 1000);
    }
  }

  /** What is left of a dump, without keeping this thread from other work; none where there is nothing or reading fails. */
  async #receiveMore(operation: string, most: number): Promise<Message[]> {
    const datagrams = await receiveDatagrams(this.#fd, RECEIVE_SIZE, most);
    return datagrams.flatMap(({ bytes, portId, cut }) => {
      if (cut) throw cutShort(operation, `more than ${bytes.length}`);
      return portId === 0 ? splitMessages(bytes) : [];
    });
  }

  /** One datagram of the kernel, or null where none is waiting. */
  #receiveNow(operation: string): Message[] | null {
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

  /** Throws away what an earlier, failed request left in the queue. */
  #drain(): void {
    for (let left = 10_000; left > 0; left--) {
      try {
        if (this.#receiveNow("drain") === null) return;
      } catch (error) {
        if (!(error instanceof NetlinkOverrunError)) throw error;
      }
    }
  }
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
