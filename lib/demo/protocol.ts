/** What the demo asks of the processes that hold its namespaces: one line of JSON each way. */
import type { Services } from "./topology.ts";

/** A connection to try. */
export interface Attempt {
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly address: string;
  /** 0 for `icmp`, which is an echo request. */
  readonly port: number;
  /** Milliseconds after which nobody answers any more. */
  readonly timeout: number;
  /** Where it comes from, if the kernel shall not choose; port 0 is any. */
  readonly source?: { readonly address: string; readonly port: number };
  /** ICMP type to send instead of an echo request. */
  readonly icmpType?: number;
  /** Protocol (IANA number) of a packet of zeros that is sent instead; `port` is where SCTP has its own. */
  readonly raw?: number;
  /** Whether to hear what the server says of itself and of whom it sees. */
  readonly listen?: boolean;
}

/** What became of it: answered, refused by somebody, or never heard of again. */
export interface Outcome {
  readonly result: "accepted" | "rejected" | "dropped";
  /** Why it was rejected: the errno's name, as `ECONNREFUSED`. */
  readonly errno?: string;
  /** What the server said, where it was asked to. */
  readonly heard?: string;
  readonly milliseconds: number;
}

/** What one rule of the document has counted, over all its kernel rules in one chain. */
export interface Counted {
  readonly chain: string;
  readonly rule: string;
  readonly packets: number;
  readonly bytes: number;
}

/** Addresses of one device, and default routes out of it. */
export interface Configuration {
  readonly device: string;
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
}

export interface Cable {
  readonly device: string;
  readonly index: number;
  readonly peer: { readonly name: string; readonly namespace: number };
}

/** What a namespace's process can do: what it is asked with, and what it answers. */
export interface Jobs {
  /** Makes a cable: a device here, and its peer in the namespace of another process. */
  cable: { ask: Cable; answer: null };
  configure: { ask: Configuration; answer: null };
  serve: { ask: Services & { readonly title: string }; answer: null };
  attempt: { ask: Attempt; answer: Outcome };
  count: { ask: null; answer: readonly Counted[] };
  /** Brings the firewall here to a document in TOML. */
  load: { ask: string; answer: null };
}

export type Job = keyof Jobs;

export interface Request<J extends Job = Job> {
  readonly job: J;
  readonly ask: Jobs[J]["ask"];
}

export type Answer<J extends Job = Job> = { readonly done: Jobs[J]["answer"] } | { readonly failed: string };

/** Lines of a stream of bytes, without their ends. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
