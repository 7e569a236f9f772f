/**
 * What a document asks of the machine's network, in the kernel's names and as plain JSON: it is planned, kept in the
 * journal, and compared with what the kernel has. Fields that are left out stay as they are.
 */
import type { BOND_MODES } from "./interfaces/virtual.ts";

/** A device that Patronus makes. Devices below it are named. */
export type MadeLink =
  | { readonly kind: "vlan"; readonly parent: string; readonly tag: number; readonly protocol: "802.1Q" | "802.1ad" }
  | { readonly kind: "bridge"; readonly stp: boolean; readonly vlanFiltering: boolean }
  | {
    readonly kind: "bond";
    readonly mode: (typeof BOND_MODES)[number];
    readonly lacpRate: "slow" | "fast";
    /** Milliseconds. */
    readonly monitor: number;
    readonly transmitHash: "layer2" | "layer2+3" | "layer3+4";
  }
  | {
    readonly kind: "vxlan";
    readonly vni: number;
    readonly local?: string;
    readonly remote?: string;
    readonly parent?: string;
    readonly port: number;
  }
  | { readonly kind: "macvlan"; readonly parent: string; readonly mode: "private" | "vepa" | "bridge" | "passthru" }
  | { readonly kind: "dummy" };

/** VLANs of a bridge's port. */
export interface PortVlans {
  readonly untagged?: number;
  /** Ranges, sorted and apart from each other. */
  readonly tagged: readonly (readonly [from: number, to: number])[];
}

/** One device. */
export interface LinkState {
  readonly device: string;
  /** Absent for a device that the machine has. */
  readonly made?: MadeLink;
  /** The name that it had in the version before, if it has another now. */
  readonly formerly?: string;
  /** The kernel's number of the device that shall have this name, where it has another. */
  readonly index?: number;
  readonly up?: boolean;
  /** Bytes. */
  readonly mtu?: number;
  readonly mac?: string;
  /** The bridge or bond that it is part of; null for none. */
  readonly controller?: string | null;
  readonly vlans?: PortVlans;
  /** All of its static addresses, as `192.168.1.1/24`. */
  readonly addresses?: readonly string[];
  /** Whether it takes IPv6 addresses and routes from router advertisements, as `accept_ra`: 0 never, 2 always. */
  readonly acceptRa?: number;
  /** Whether DHCP gives it addresses: those are no static ones. */
  readonly dhcp?: boolean;
}

/** One way of a route. */
export interface HopState {
  readonly gateway?: string;
  readonly device?: string;
  readonly weight?: number;
  readonly onLink?: boolean;
}

/** One static route. */
export interface RouteState {
  /** `0.0.0.0/0` and `::/0` are default routes. */
  readonly destination: string;
  readonly type: "unicast" | "blackhole" | "unreachable" | "prohibit";
  readonly hops: readonly HopState[];
  readonly metric: number;
  readonly table: number;
  /** RTPROT_*, of a route that is not Patronus's own. */
  readonly protocol?: number;
}

export interface NetworkState {
  readonly links: readonly LinkState[];
  /** Devices that Patronus made and that shall go. */
  readonly gone: readonly string[];
  /** All routes of Patronus's own origin. */
  readonly routes: readonly RouteState[];
  /** Routes of others that shall be there, as they were before a change that took them along. */
  readonly others?: readonly RouteState[];
}

/** Name servers that this machine asks. */
export interface ResolverState {
  readonly servers: readonly string[];
  readonly search: readonly string[];
}
