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
  /** The bridge or bond that it is part of. */
  readonly controller?: string;
  readonly received: Traffic;
  readonly sent: Traffic;
}

/** What a device has carried since it was made. */
export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
  /** Packets that were bad or that there was no room for. */
  readonly errors: number;
}

/** A route of the kernel's. */
export interface KernelRoute {
  /** As `10.8.0.0/16`, or `default`. */
  readonly destination: string;
  readonly type: string;
  /** As `by 192.168.1.254 on eth1`. */
  readonly way: string;
  readonly metric: number;
  readonly table: number;
  /** Who set it: `kernel`, `dhcp`, `patronus` … */
  readonly origin: string;
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
  /** The routes that the kernel has for other machines, of all tables. */
  routes(): Promise<readonly KernelRoute[]>;
  /** Name of this machine. */
  hostname(): string;
  /** Local address that the caller's SSH session came in on, null without one. */
  sshAddress(): { readonly from: string; readonly to: string; readonly port: number } | null;
}
