/** Two Ethernet devices, each the other's cable (linux/veth.h). */
import type { AttributeReader } from "../attribute.ts";
import { type Field, FieldTable } from "../field.ts";
import { IFINFO, ifinfo, IFLA } from "../ifinfo.ts";
import { formatMac, macBytes } from "../mac.ts";

export interface Veth {
  readonly kind: "veth";
  /** Only said when the two are made: the kernel then lists them as two links. */
  readonly peer?: VethPeer;
}

export interface VethPeer {
  readonly name: string;
  /** A process whose network namespace the peer starts in; else this one. */
  readonly namespace?: number;
  /** Bytes; the kernel's own choice where it is left out. */
  readonly mtu?: number;
  readonly mac?: string;
}

/** VETH_INFO_PEER: a whole ifinfomsg with attributes. */
const PEER = 1;

const peer: Field<VethPeer> = {
  types: [PEER],
  write: (writer, { name, namespace, mtu, mac }) => {
    const nest = writer.nest(PEER);
    writer.raw(ifinfo(0));
    if (mac !== undefined) writer.bytes(IFLA.ADDRESS, macBytes(mac));
    if (namespace !== undefined) writer.u32(IFLA.NET_NS_PID, namespace);
    if (mtu !== undefined) writer.u32(IFLA.MTU, mtu);
    writer.string(IFLA.IFNAME, name);
    writer.end(nest);
  },
  read: (reader) => readPeer(reader),
};

function readPeer(reader: AttributeReader): VethPeer {
  const attributes = reader.nested(IFINFO);
  const found: { -readonly [Key in keyof VethPeer]: VethPeer[Key] } = { name: "" };
  while (attributes.next()) {
    if (attributes.type === IFLA.IFNAME) found.name = attributes.string();
    else if (attributes.type === IFLA.MTU) found.mtu = attributes.u32();
    else if (attributes.type === IFLA.NET_NS_PID) found.namespace = attributes.u32();
    else if (attributes.type === IFLA.ADDRESS) found.mac = formatMac(attributes.bytes());
  }
  return found;
}

export const veth: FieldTable<Omit<Veth, "kind">> = new FieldTable<Omit<Veth, "kind">>({ peer });
