/** What a virtual link is, with the settings of its kind (IFLA_LINKINFO). One file a kind stands in kind/. */
import type { AttributeReader, AttributeWriter } from "./attribute.ts";
import type { FieldTable } from "./field.ts";
import { type Bond, bond, type BondPort, bondPort } from "./kind/bond.ts";
import { type Bridge, bridge, type BridgePort, bridgePort } from "./kind/bridge.ts";
import { type Macvlan, macvlan } from "./kind/macvlan.ts";
import { type Veth, veth } from "./kind/veth.ts";
import { type Vlan, vlan } from "./kind/vlan.ts";
import { type Vrf, vrf } from "./kind/vrf.ts";
import { type Vxlan, vxlan } from "./kind/vxlan.ts";

/** Kinds without settings here. WireGuard's keys and peers go over generic netlink. */
export interface PlainKind {
  readonly kind: "dummy" | "ifb" | "wireguard";
}

/**
 * Settings that are left out are the kernel's own choice when the link is made, and stay as they are when it is changed.
 * The kernel lists all of them.
 */
export type LinkKind = Bond | Bridge | Macvlan | PlainKind | Veth | Vlan | Vrf | Vxlan;

/** What a link that is part of another one has from that; `controller` says what kind the other is. */
export type PortSettings = BondPort | BridgePort;

/** IFLA_INFO_* inside IFLA_LINKINFO. */
const INFO = { KIND: 1, DATA: 2, SLAVE_KIND: 4, SLAVE_DATA: 5 } as const;

// The tables are those of the kinds they stand beside; what TypeScript cannot follow is only which belongs to which.
type AnyTable = FieldTable<object>;

const KINDS: Readonly<Record<LinkKind["kind"], AnyTable | null>> = {
  bond,
  bridge,
  dummy: null,
  ifb: null,
  macvlan,
  veth,
  vlan,
  vrf,
  vxlan,
  wireguard: null,
};

const PORTS: Readonly<Record<PortSettings["controller"], AnyTable>> = { bond: bondPort, bridge: bridgePort };

const text = new TextEncoder();

/** Writes what belongs into IFLA_LINKINFO. */
export function writeKind(writer: AttributeWriter, settings: LinkKind): void {
  // Without a zero byte at the end, as iproute2 sends it.
  writer.bytes(INFO.KIND, text.encode(settings.kind));
  const table = KINDS[settings.kind];
  if (table === null || !table.has(settings)) return;
  const data = writer.nest(INFO.DATA);
  table.write(writer, settings);
  writer.end(data);
}

/** Writes what belongs into IFLA_LINKINFO of a link that is a port. */
export function writePort(writer: AttributeWriter, port: PortSettings): void {
  writer.bytes(INFO.SLAVE_KIND, text.encode(port.controller));
  const data = writer.nest(INFO.SLAVE_DATA);
  PORTS[port.controller].write(writer, port);
  writer.end(data);
}

/** What IFLA_LINKINFO says: the kind by the kernel's name, and what this program understands of it. */
export interface LinkInfo {
  kind?: string;
  settings?: LinkKind;
  port?: PortSettings;
}

/** Reads IFLA_LINKINFO. Throws a `NetlinkDecodeError`. */
export function readLinkInfo(info: AttributeReader): LinkInfo {
  const found: LinkInfo = {};
  let controller = "";
  // The kernel says the kind before its settings.
  while (info.next()) {
    switch (info.type) {
      case INFO.KIND:
        found.kind = info.string();
        if (isOwn(KINDS, found.kind)) found.settings = { kind: found.kind } as LinkKind;
        break;
      case INFO.DATA:
        if (found.settings !== undefined) {
          const more = KINDS[found.settings.kind]?.read(info.nested());
          found.settings = { ...found.settings, ...more } as LinkKind;
        }
        break;
      case INFO.SLAVE_KIND:
        controller = info.string();
        break;
      case INFO.SLAVE_DATA:
        if (isOwn(PORTS, controller)) {
          found.port = { controller, ...PORTS[controller].read(info.nested()) } as PortSettings;
        }
    }
  }
  return found;
}

function isOwn<Key extends string>(table: Readonly<Record<Key, unknown>>, key: string): key is Key {
  return Object.hasOwn(table, key);
}
