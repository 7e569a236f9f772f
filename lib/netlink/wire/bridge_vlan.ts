/** VLANs of bridge ports: access ports, trunks, and the bridge itself (linux/if_bridge.h, bridge(8)). */
import { AttributeReader, type AttributeWriter, LITTLE_ENDIAN } from "./attribute.ts";
import { NetlinkDecodeError } from "./error.ts";
import { IFINFO, ifinfo, IFLA, RTM_LINK } from "./ifinfo.ts";
import type { LinkReference } from "./link.ts";
import { type Change, message } from "./rtnetlink.ts";

/** AF_BRIDGE of linux/socket.h. */
const AF_BRIDGE = 7;
/** RTEXT_FILTER_BRVLAN_COMPRESSED: neighbouring VLANs of the same kind as ranges. */
const COMPRESSED = 1 << 2;
/** IFLA_BRIDGE_* inside IFLA_AF_SPEC. */
const BRIDGE = { FLAGS: 0, VLAN_INFO: 2 } as const;
/** BRIDGE_FLAGS_SELF: the message is for the bridge, not for a port of one. */
const SELF = 2;
/** BRIDGE_VLAN_INFO_*. */
const INFO = { PVID: 0x02, UNTAGGED: 0x04, RANGE_BEGIN: 0x08, RANGE_END: 0x10 } as const;
/** Bytes of struct bridge_vlan_info: flags and number. */
const SIZE = 4;

/** One VLAN, or several in a row, that a port is a member of. */
export interface BridgeVlan {
  /** 1 to 4094. */
  readonly from: number;
  /** The last of several; `from` where it is one. */
  readonly to: number;
  /** Packets leave the port without a tag. */
  readonly untagged: boolean;
  /** Packets that arrive without a tag belong to it (PVID); one VLAN of a port at most. */
  readonly native: boolean;
}

/** A port of a bridge, or a bridge, with its VLANs in rising order. */
export interface PortVlans {
  /** Index of the device. */
  readonly device: number;
  readonly vlans: readonly BridgeVlan[];
}

/** Asks for the VLANs of all bridges and their ports; for `Netlink.dump`. */
export function bridgeVlanDump(): Uint8Array<ArrayBuffer> {
  return message(
    RTM_LINK.GET,
    0,
    ifinfo(0, undefined, AF_BRIDGE),
    (writer) => writer.u32(IFLA.EXT_MASK, COMPRESSED),
  );
}

/** Makes a port a member of VLANs, or changes how it is one; `bridge` where the device is the bridge itself. */
export function addBridgeVlans(port: LinkReference, vlans: readonly BridgeVlan[], bridge = false): Change {
  return change("add", RTM_LINK.SET, port, vlans, bridge);
}

/** Takes a port out of VLANs. */
export function delBridgeVlans(port: LinkReference, vlans: readonly BridgeVlan[], bridge = false): Change {
  return change("delete", RTM_LINK.DEL, port, vlans, bridge);
}

/** Reads the payload of an RTM_NEWLINK of AF_BRIDGE; null for other families. Throws a `NetlinkDecodeError`. */
export function readPortVlans(payload: Uint8Array): PortVlans | null {
  if (payload.length < IFINFO) throw new NetlinkDecodeError(`a bridge port of ${payload.length} bytes`);
  if (payload[0] !== AF_BRIDGE) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const attributes = new AttributeReader(payload, IFINFO);
  const vlans: BridgeVlan[] = [];
  while (attributes.next()) if (attributes.type === IFLA.AF_SPEC) readVlans(attributes.nested(), vlans);
  return { device: view.getInt32(4, LITTLE_ENDIAN), vlans };
}

function readVlans(spec: AttributeReader, vlans: BridgeVlan[]): void {
  let begin: number | undefined;
  while (spec.next()) {
    if (spec.type !== BRIDGE.VLAN_INFO) continue;
    const bytes = spec.bytes();
    if (bytes.length < SIZE) throw new NetlinkDecodeError(`a bridge's VLAN of ${bytes.length} bytes`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, SIZE);
    const [flags, id] = [view.getUint16(0, LITTLE_ENDIAN), view.getUint16(2, LITTLE_ENDIAN)];
    if ((flags & INFO.RANGE_BEGIN) !== 0) {
      begin = id;
      continue;
    }
    if ((flags & INFO.RANGE_END) !== 0 && begin === undefined) {
      throw new NetlinkDecodeError(`VLAN ${id} ends a range that nothing began`);
    }
    vlans.push({
      from: begin ?? id,
      to: id,
      untagged: (flags & INFO.UNTAGGED) !== 0,
      native: (flags & INFO.PVID) !== 0,
    });
    begin = undefined;
  }
}

function writeVlan(writer: AttributeWriter, { from, to, untagged, native }: BridgeVlan): void {
  const flags = (untagged ? INFO.UNTAGGED : 0) | (native ? INFO.PVID : 0);
  const one = (id: number, more: number) => {
    const bytes = new Uint8Array(SIZE);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, flags | more, LITTLE_ENDIAN);
    view.setUint16(2, id, LITTLE_ENDIAN);
    writer.bytes(BRIDGE.VLAN_INFO, bytes);
  };
  if (from === to) return one(from, 0);
  one(from, INFO.RANGE_BEGIN);
  one(to, INFO.RANGE_END);
}

function change(
  verb: "add" | "delete",
  type: number,
  { index, name }: LinkReference,
  vlans: readonly BridgeVlan[],
  bridge: boolean,
): Change {
  const words = vlans.map(({ from, to }) => from === to ? `${from}` : `${from}-${to}`).join(", ");
  return {
    operation: `${verb} VLANs ${words} ${verb === "add" ? "to" : "from"} ${bridge ? "bridge" : "bridge port"} ${name}`,
    message: message(type, 0, ifinfo(index, undefined, AF_BRIDGE), (writer) => {
      const spec = writer.nest(IFLA.AF_SPEC);
      if (bridge) writer.u16(BRIDGE.FLAGS, SELF);
      for (const vlan of vlans) writeVlan(writer, vlan);
      writer.end(spec);
    }),
  };
}
