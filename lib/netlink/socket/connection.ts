/** What is said over a netlink socket: requests with an answer, dumps, changes, and nf_tables transactions. */
import { LITTLE_ENDIAN, MESSAGE_HEADER } from "../wire/attribute.ts";
import { EINTR } from "../wire/errno.ts";
import { NetlinkError, NetlinkOverrunError } from "../wire/error.ts";
import { countMessages, errorOf, isDone, isError, type Message, NLM_F } from "../wire/message.ts";
import type { Change } from "../wire/rtnetlink.ts";
import { FIRST, MOST } from "./datagrams.ts";
import { NetlinkSocket, type SocketOptions } from "./socket.ts";

export { NETFILTER, ROUTE } from "./socket.ts";

/** Answers behind which a dump is a long one: what more there is comes from another thread. */
const MANY = 64;
/** How often an interrupted dump is begun again. */
const DUMP_TRIES = 10;
/** Milliseconds without any answer after which the kernel is taken for silent. */
const SILENCE = 10_000;
/**
 * Changes of one send, and its bytes. The kernel answers inside the send, and answers of each change in 128 fit the
 * smallest receive buffer that a Linux starts with (212,992 bytes, 1,280 for a refusal with its text); the send itself
 * fits the send buffer of that size.
 */
const CHANGES = 128;
const CHANGE_BYTES = 64 * 1024;

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

/** A connection that changes links, addresses, routes, rules and neighbours. */
export interface RouteNetlink extends Netlink {
  /**
   * Sends changes, each on its own: what becomes of one is nothing to the others. Gives for each the kernel's refusal, or
   * null where it was carried out. Throws a `NetlinkOverrunError` when the outcome is unknown.
   */
  change(changes: readonly Change[]): Promise<(NetlinkError | null)[]>;
}

/** Requests are made one after the other, whoever makes them: a second one waits for the answers to the first. */
export class NetlinkConnection implements RouteNetlink {
  readonly #socket: NetlinkSocket;
  #sequence = 1;
  #changes = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** Opens a socket for `ROUTE` or `NETFILTER`. Throws a `NetlinkError` with the errno's name. */
  static open(protocol: number, options: SocketOptions = {}): NetlinkConnection {
    return new NetlinkConnection(NetlinkSocket.open(protocol, options));
  }

  /** Messages sent so far that change something, those of transactions counted one by one. */
  get changes(): number {
    return this.#changes;
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

  change(changes: readonly Change[]): Promise<(NetlinkError | null)[]> {
    return this.#inTurn(() => portions(changes).flatMap((portion) => this.#change(portion)));
  }

  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #inTurn<T>(exchange: () => T | Promise<T>): Promise<T> {
    const answer = this.#last.then(exchange);
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #request(message: Uint8Array, operation: string): Promise<Message[]> {
    const sequence = this.#stamp(message, NLM_F.REQUEST | NLM_F.ACK);
    this.#socket.send(message, operation);
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
    this.#changes += countMessages(messages);
    let first: NetlinkError | undefined;
    const repeated: Message[] = [];
    for (const answer of this.#exchange(messages, "commit a transaction")) {
      if (isError(answer)) first ??= errorOf(answer, operation) ?? undefined;
      else repeated.push(answer);
    }
    if (first !== undefined) throw first;
    return repeated;
  }

  #change(changes: readonly Change[]): (NetlinkError | null)[] {
    const first = this.#sequence + 1;
    for (const { message } of changes) this.#stamp(message, NLM_F.REQUEST);
    this.#changes += changes.length;
    const outcomes = new Array<NetlinkError | null>(changes.length).fill(null);
    for (const answer of this.#exchange(joined(changes), changes[0]?.operation ?? "change nothing")) {
      const index = answer.sequence - first;
      const change = changes[index];
      if (change !== undefined && isError(answer)) outcomes[index] = errorOf(answer, () => change.operation);
    }
    return outcomes;
  }

  /**
   * Sends messages that ask for no acknowledgement and gives what the kernel has to say. It works inside the send call:
   * when that returns, its words are in the queue, and an empty queue is success.
   */
  #exchange(messages: Uint8Array, operation: string): Message[] {
    this.#drain();
    this.#socket.send(messages, operation);
    const answers: Message[] = [];
    try {
      while (true) {
        const received = this.#socket.receive(operation);
        if (received === null) return answers;
        answers.push(...received);
      }
    } catch (error) {
      // A queue that stays full leaves no room for the next answer.
      if (error instanceof NetlinkOverrunError) this.#drain();
      throw error;
    }
  }

  async #dumpOnce(message: Uint8Array, operation: string): Promise<Message[] | null> {
    const sequence = this.#stamp(message, NLM_F.REQUEST | NLM_F.DUMP);
    this.#socket.send(message, operation);
    const answers: Message[] = [];
    let interrupted = false;
    let most = FIRST;
    while (true) {
      const received = answers.length >= MANY ? await this.#socket.receiveMany(operation, most) : [];
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

  /** Gives the first message of `bytes` a sequence number of this connection and adds flags. */
  #stamp(bytes: Uint8Array, flags: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < MESSAGE_HEADER) throw new RangeError("a netlink request without a header");
    view.setUint16(6, view.getUint16(6, LITTLE_ENDIAN) | flags, LITTLE_ENDIAN);
    view.setUint32(8, ++this.#sequence, LITTLE_ENDIAN);
    return this.#sequence;
  }

  /** Waits for a datagram of the kernel; bounded. */
  async #receive(operation: string): Promise<Message[]> {
    const deadline = Date.now() + SILENCE;
    while (true) {
      const answers = this.#socket.receive(operation);
      if (answers !== null) return answers;
      if (Date.now() > deadline) throw new NetlinkError(operation, 110, "ETIMEDOUT", "the kernel did not answer", 0);
      await this.#socket.wait(1000);
    }
  }

  /** Throws away what an earlier, failed request left in the queue. */
  #drain(): void {
    for (let left = 10_000; left > 0; left--) {
      try {
        if (this.#socket.receive("drain") === null) return;
      } catch (error) {
        if (!(error instanceof NetlinkOverrunError)) throw error;
      }
    }
  }
}

/** Changes in portions of one send each. */
function portions(changes: readonly Change[]): Change[][] {
  const all: Change[][] = [];
  let [portion, bytes]: [Change[], number] = [[], 0];
  for (const change of changes) {
    if (portion.length === CHANGES || (portion.length > 0 && bytes + change.message.length > CHANGE_BYTES)) {
      all.push(portion);
      [portion, bytes] = [[], 0];
    }
    portion.push(change);
    bytes += change.message.length;
  }
  if (portion.length > 0) all.push(portion);
  return all;
}

/** Messages one behind the other; each has a length that is a multiple of four (NLMSG_ALIGN). */
function joined(changes: readonly Change[]): Uint8Array {
  const [only] = changes;
  if (changes.length === 1 && only !== undefined) return only.message;
  const bytes = new Uint8Array(changes.reduce((sum, { message }) => sum + message.length, 0));
  let at = 0;
  for (const { message } of changes) {
    bytes.set(message, at);
    at += message.length;
  }
  return bytes;
}
