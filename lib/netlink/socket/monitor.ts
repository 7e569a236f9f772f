/** What happens to the network of this namespace, as it happens. */
import { NetlinkOverrunError } from "../wire/error.ts";
import { type EventSubject, GROUPS, type NetworkEvent, readEvent } from "../wire/event.ts";
import { type Message, NLM_F, NLMSG_NOOP } from "../wire/message.ts";
import { message } from "../wire/rtnetlink.ts";
import { NetlinkSocket, ROUTE, type SocketOptions } from "./socket.ts";

const OPERATION = "listen to network events";
/** Milliseconds after which a wait begins anew: no process that ends has to wait longer for the thread that waits. */
const PATIENCE = 1000;

/**
 * Events of the wanted subjects from the moment it is opened, for `for await`. Where more happens than the receive buffer
 * holds, an event `lost` says so in the place of what is missing. After `close` the loop ends at once.
 */
export class Monitor implements AsyncIterable<NetworkEvent> {
  readonly #socket: NetlinkSocket;
  readonly #subjects: ReadonlySet<string>;
  #waiting = false;
  #ended = false;

  private constructor(socket: NetlinkSocket, subjects: readonly EventSubject[]) {
    this.#socket = socket;
    this.#subjects = new Set(subjects);
  }

  /** Opens a socket that listens. Takes no special rights. Throws a `NetlinkError`. */
  static open(subjects: readonly EventSubject[], options: SocketOptions = {}): Monitor {
    const socket = NetlinkSocket.open(ROUTE, options);
    try {
      for (const group of new Set(subjects.flatMap((subject) => [...GROUPS[subject]]))) socket.join(group);
    } catch (error) {
      socket.close();
      throw error;
    }
    return new Monitor(socket, subjects);
  }

  /** One loop at a time: an event is given once. Throws a `NetlinkDecodeError` or `NetlinkError`, and is closed then. */
  async *[Symbol.asyncIterator](): AsyncGenerator<NetworkEvent, void> {
    try {
      while (!this.#ended) {
        const messages = this.#receive();
        if (messages === "lost") yield { subject: "lost" };
        else if (messages === null) await this.#wait();
        else yield* this.#events(messages);
      }
    } finally {
      this.#ended = true;
      this.#socket.close();
    }
  }

  /** Ends the loop, also one that waits. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    // A socket that a thread waits at must stay open until that returns: the kernel's answer to nothing makes it return.
    if (this.#waiting) this.#socket.send(message(NLMSG_NOOP, NLM_F.REQUEST | NLM_F.ACK, []), OPERATION);
    else this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  *#events(messages: readonly Message[]): Generator<NetworkEvent, void> {
    for (const message of messages) {
      if (this.#ended) return;
      const event = readEvent(message);
      // Some subjects share a group.
      if (event !== null && this.#subjects.has(event.subject)) yield event;
    }
  }

  #receive(): Message[] | "lost" | null {
    try {
      return this.#socket.receive(OPERATION);
    } catch (error) {
      if (!(error instanceof NetlinkOverrunError)) throw error;
      // Until its queue was empty once, the kernel goes on dropping without another word (netlink_overrun in
      // net/netlink/af_netlink.c). So what is left in it goes first: whoever then reads anew and listens misses nothing.
      while (this.#socket.receive(OPERATION) !== null);
      return "lost";
    }
  }

  async #wait(): Promise<void> {
    this.#waiting = true;
    try {
      await this.#socket.wait(PATIENCE);
    } finally {
      this.#waiting = false;
    }
  }
}
