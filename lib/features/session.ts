/**
 * What the commands of a feature work on. The command line implements it over the engine; the features stay below both.
 */
import type { Document } from "./document.ts";

/** What the kernel counted for one rule of the document, over all its kernel rules and all restarts. */
export interface Reading {
  readonly packets: number;
  readonly bytes: number;
}

/** A network device of this machine. */
export interface Device {
  readonly name: string;
  readonly index: number;
  /** `ether`, `loopback`, … */
  readonly type: string;
  /** What made it, as `veth` or `bridge`; hardware has none. */
  readonly kind?: string;
  readonly up: boolean;
  /** A cable is plugged in, or the other side is there. */
  readonly carrier: boolean;
  readonly mtu: number;
  readonly mac?: string;
  /** `192.168.1.1/24`, link-local ones included. */
  readonly addresses: readonly string[];
  /** The default route of a family leads out of it. */
  readonly defaultRoute: boolean;
}

export interface Session {
  /** Whether nothing was ever edited or applied here. */
  isNew(): Promise<boolean>;
  /** The user's candidate; where there is none the newest version; where there is none either, an empty document. */
  document(): Promise<Document>;
  /** The newest version, which the machine runs; null before the first. */
  applied(): Promise<Document | null>;
  /**
   * Changes the candidate. Throws an input error with all findings, and changes nothing, where the change would bring
   * errors that were not there before.
   */
  edit(change: (document: Document) => Document): Promise<Document>;
  /** The written form, as TOML and JSON hold it: names instead of ids, defaults left out. */
  written(document: Document): Promise<Record<string, unknown>>;
  /** By rule id; null where this user may not read them. */
  counters(): Promise<ReadonlyMap<string, Reading> | null>;
  /** The machine's devices, read from the kernel. */
  devices(): Promise<readonly Device[]>;
  /** Name of this machine. */
  hostname(): string;
  /** Local address that the caller's SSH session came in on, null without one. */
  sshAddress(): { readonly from: string; readonly to: string; readonly port: number } | null;
}
