/** VLANs on top of another device, 802.1Q and 802.1ad (IFLA_VLAN_* of linux/if_link.h, linux/if_vlan.h). */
import { LITTLE_ENDIAN } from "../attribute.ts";
import { NetlinkDecodeError } from "../error.ts";
import { choice, type Field, FieldTable, list, number } from "../field.ts";

export interface Vlan {
  readonly kind: "vlan";
  /** 1 to 4094. Fixed when the link is made, as the protocol is. */
  readonly id?: number;
  /** 802.1Q where it is left out; 802.1ad is the outer tag of two. */
  readonly protocol?: VlanProtocol;
  readonly options?: VlanOptions;
  /** Priorities of the tag (PCP) that arriving packets get their kernel priority from. A change to 0 takes one away. */
  readonly ingress?: readonly PriorityMapping[];
  /** Kernel priorities that leaving packets get the priority of their tag from. */
  readonly egress?: readonly PriorityMapping[];
}

export type VlanProtocol = keyof typeof VLAN_PROTOCOLS;

/** VLAN_FLAG_*; what is left out stays. */
export interface VlanOptions {
  /** The tag is taken out of packets before others see them; on by default. */
  readonly reorderHeader?: boolean;
  /** Announce the VLAN with GVRP or MVRP. */
  readonly gvrp?: boolean;
  readonly mvrp?: boolean;
  /** Do not follow the device below up and down. */
  readonly looseBinding?: boolean;
  /** On a bridge: follow the ports that are members of this VLAN. */
  readonly bridgeBinding?: boolean;
}

export interface PriorityMapping {
  readonly from: number;
  readonly to: number;
}

/** ETH_P_8021Q and ETH_P_8021AD of linux/if_ether.h. */
export const VLAN_PROTOCOLS = { "802.1Q": 0x8100, "802.1ad": 0x88a8 } as const;

/** IFLA_VLAN_*. */
const TYPE = { ID: 1, FLAGS: 2, EGRESS: 3, INGRESS: 4, PROTOCOL: 5 } as const;
/** VLAN_FLAG_*. */
const FLAGS: Readonly<Record<keyof VlanOptions, number>> = {
  reorderHeader: 0x1,
  gvrp: 0x2,
  looseBinding: 0x4,
  mvrp: 0x8,
  bridgeBinding: 0x10,
};
const NAMES = Object.keys(FLAGS) as (keyof VlanOptions)[];
/** Bytes of struct ifla_vlan_flags (flags, mask) and of struct ifla_vlan_qos_mapping (from, to). */
const PAIR = 8;

/** Two integers of 32 bits side by side. */
function pair(type: number): Field<readonly [number, number]> {
  return {
    types: [type],
    write: (writer, [first, second]) => {
      const bytes = new Uint8Array(PAIR);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, first, LITTLE_ENDIAN);
      view.setUint32(4, second, LITTLE_ENDIAN);
      writer.bytes(type, bytes);
    },
    read: (reader) => {
      const bytes = reader.bytes();
      if (bytes.length < PAIR) throw new NetlinkDecodeError(`a pair of integers in ${bytes.length} bytes`);
      const view = new DataView(bytes.buffer, bytes.byteOffset, PAIR);
      return [view.getUint32(0, LITTLE_ENDIAN), view.getUint32(4, LITTLE_ENDIAN)];
    },
  };
}

/** The kernel reports all flags, with a mask of all bits; only those that this program has words for are read. */
function options(type: number): Field<VlanOptions> {
  const { types, write, read } = pair(type);
  return {
    types,
    write: (writer, value) => {
      const given = NAMES.filter((name) => value[name] !== undefined);
      const bits = (names: readonly (keyof VlanOptions)[]) => names.reduce((sum, name) => sum | FLAGS[name], 0);
      write(writer, [bits(given.filter((name) => value[name])), bits(given)]);
    },
    read: (reader) => {
      const [flags, mask] = read(reader) ?? [0, 0];
      const told = NAMES.filter((name) => (mask & FLAGS[name]) !== 0);
      return Object.fromEntries(told.map((name) => [name, (flags & FLAGS[name]) !== 0]));
    },
  };
}

/** IFLA_VLAN_QOS_MAPPING: every element of the list has the type 1. */
function mapping(): Field<PriorityMapping> {
  const { types, write, read } = pair(1);
  return {
    types,
    write: (writer, { from, to }) => write(writer, [from, to]),
    read: (reader) => {
      const [from, to] = read(reader) ?? [0, 0];
      return { from, to };
    },
  };
}

export const vlan: FieldTable<Omit<Vlan, "kind">> = new FieldTable<Omit<Vlan, "kind">>({
  protocol: choice(TYPE.PROTOCOL, "be16", VLAN_PROTOCOLS),
  id: number(TYPE.ID, "u16"),
  ingress: list(TYPE.INGRESS, mapping),
  egress: list(TYPE.EGRESS, mapping),
  options: options(TYPE.FLAGS),
}, { ingress: [], egress: [], options: Object.fromEntries(NAMES.map((name) => [name, false])) });
