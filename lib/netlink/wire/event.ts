/** What rtnetlink tells everybody who listens (rtnetlink(7), enum rtnetlink_groups of linux/rtnetlink.h). */
import { type DeviceAddress, readAddress } from "./address.ts";
import { type PortVlans, readPortVlans } from "./bridge_vlan.ts";
import { type Link, readLink } from "./link.ts";
import type { Message } from "./message.ts";
import { type Neighbour, readNeighbour } from "./neighbour.ts";
import { readRoute, type Route } from "./route.ts";
import { readRule, type Rule } from "./rule.ts";

/** What one can listen for, each with its groups: RTNLGRP_*, those of IPv4 and of IPv6 together. */
export const GROUPS = {
  link: [1],
  "bridge port": [1],
  neighbour: [3],
  address: [5, 9],
  route: [7, 11],
  rule: [8, 19],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type EventSubject = keyof typeof GROUPS;

/** Something that is there now, new or changed, or that is gone. */
export type NetworkEvent =
  | { readonly subject: "link"; readonly gone: boolean; readonly link: Link }
  /** A port of a bridge or the bridge itself, with the VLANs it now has. */
  | { readonly subject: "bridge port"; readonly gone: boolean; readonly port: PortVlans }
  | { readonly subject: "address"; readonly gone: boolean; readonly address: DeviceAddress }
  | { readonly subject: "route"; readonly gone: boolean; readonly route: Route }
  | { readonly subject: "rule"; readonly gone: boolean; readonly rule: Rule }
  | { readonly subject: "neighbour"; readonly gone: boolean; readonly neighbour: Neighbour }
  /** More happened than the receive buffer holds: whoever follows must read everything anew. */
  | { readonly subject: "lost" };

/** RTM_NEW*; the RTM_DEL* is the next number. */
const RTM = { LINK: 16, ADDRESS: 20, ROUTE: 24, NEIGHBOUR: 28, RULE: 32 } as const;

/** Reads one message of a group; null for what is none of the above. Throws a `NetlinkDecodeError`. */
export function readEvent({ type, payload }: Message): NetworkEvent | null {
  const gone = (type & 1) === 1;
  switch (type & ~1) {
    case RTM.LINK: {
      if (payload[0] === 0) return { subject: "link", gone, link: readLink(payload) };
      const port = readPortVlans(payload);
      return port === null ? null : { subject: "bridge port", gone, port };
    }
    case RTM.ADDRESS: {
      const address = readAddress(payload);
      return address === null ? null : { subject: "address", gone, address };
    }
    case RTM.ROUTE: {
      const route = readRoute(payload);
      return route === null ? null : { subject: "route", gone, route };
    }
    case RTM.NEIGHBOUR: {
      const neighbour = readNeighbour(payload);
      return neighbour === null ? null : { subject: "neighbour", gone, neighbour };
    }
    case RTM.RULE: {
      const rule = readRule(payload);
      return rule === null ? null : { subject: "rule", gone, rule };
    }
    default:
      return null;
  }
}
