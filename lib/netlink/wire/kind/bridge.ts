/** Bridges and their ports (IFLA_BR_* and IFLA_BRPORT_* of linux/if_link.h). VLANs of ports are in ../bridge_vlan.ts. */
import { centiseconds, choice, counted, FieldTable, flag, number } from "../field.ts";
import { VLAN_PROTOCOLS, type VlanProtocol } from "./vlan.ts";

export interface Bridge {
  readonly kind: "bridge";
  /** Spanning tree (802.1D). */
  readonly stp?: boolean;
  /** Of this bridge in the tree, 0 to 65535; the lowest becomes root. */
  readonly priority?: number;
  /** Seconds that a port listens and learns before it forwards: 2 to 30. */
  readonly forwardDelay?: number;
  /** Seconds between two of the root's messages: 1 to 10. */
  readonly helloTime?: number;
  /** Seconds after which a silent root is gone: 6 to 40. */
  readonly maxAge?: number;
  /** Seconds after which a learned address is forgotten. */
  readonly ageingTime?: number;
  /** Ports pass only packets of the VLANs that they are members of. */
  readonly vlanFiltering?: boolean;
  readonly vlanProtocol?: VlanProtocol;
  /** VLAN of untagged packets at new ports; 0: none. */
  readonly defaultVlan?: number;
  /** Multicast goes only where somebody listens (IGMP and MLD snooping). */
  readonly multicastSnooping?: boolean;
  /** Ask who listens where no router does. */
  readonly multicastQuerier?: boolean;
}

export const bridge: FieldTable<Omit<Bridge, "kind">> = new FieldTable<Omit<Bridge, "kind">>({
  stp: flag(5, "u32"),
  priority: number(6, "u16"),
  forwardDelay: centiseconds(1),
  helloTime: centiseconds(2),
  maxAge: centiseconds(3),
  ageingTime: centiseconds(4),
  vlanFiltering: flag(7),
  vlanProtocol: choice(8, "be16", VLAN_PROTOCOLS),
  defaultVlan: number(39, "u16"),
  multicastSnooping: flag(23),
  multicastQuerier: flag(25),
});

/** One port of a bridge. */
export interface BridgePort {
  readonly controller: "bridge";
  /** Spanning tree: where the port is; without the protocol it can be set by hand. */
  readonly state?: "disabled" | "listening" | "learning" | "forwarding" | "blocking";
  /** Spanning tree: 0 to 63. */
  readonly priority?: number;
  /** Spanning tree: cost of the way through this port, 1 to 65535. */
  readonly cost?: number;
  /** Spanning tree messages at this port are not taken. */
  readonly bpduGuard?: boolean;
  /** This port never leads to the root. */
  readonly rootBlock?: boolean;
  /** Packets may go out of the port that they came in by. */
  readonly hairpin?: boolean;
  /** One listener's farewell ends its multicast at once. */
  readonly fastLeave?: boolean;
  readonly learning?: boolean;
  /** Packets for addresses that no port is known for go out here, too. */
  readonly unicastFlood?: boolean;
  readonly multicastFlood?: boolean;
  readonly broadcastFlood?: boolean;
  /** Isolated ports do not reach each other. */
  readonly isolated?: boolean;
  /** Answer ARP and neighbour discovery from what is known. */
  readonly neighbourSuppression?: boolean;
}

export const bridgePort: FieldTable<Omit<BridgePort, "controller">> = new FieldTable<Omit<BridgePort, "controller">>({
  state: choice(1, "u8", counted("disabled", "listening", "learning", "forwarding", "blocking")),
  cost: number(3, "u32"),
  priority: number(2, "u16"),
  hairpin: flag(4),
  bpduGuard: flag(5),
  rootBlock: flag(6),
  fastLeave: flag(7),
  learning: flag(8),
  unicastFlood: flag(9),
  multicastFlood: flag(27),
  broadcastFlood: flag(30),
  neighbourSuppression: flag(32),
  isolated: flag(33),
});
