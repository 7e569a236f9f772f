/** What is done to the network: data that prints as a line of a plan, and that can be done again without harm. */
import type { LinkState, MadeLink, PortVlans, RouteState } from "../../features/network_state.ts";
import type { Change } from "../step.ts";

/** What a device itself can be told, whatever its kind. */
export type LinkFields = Pick<LinkState, "up" | "mtu" | "mac">;

/** One operation. Devices are named: those that an earlier operation makes have no index yet. */
export type Operation =
  | { readonly op: "create"; readonly device: string; readonly made: MadeLink }
  | { readonly op: "delete"; readonly device: string }
  | { readonly op: "rename"; readonly device: string; readonly to: string }
  | { readonly op: "set"; readonly device: string; readonly fields: LinkFields; readonly before: LinkFields }
  /** Settings of its kind that can change while it is there. */
  | { readonly op: "adjust"; readonly device: string; readonly made: MadeLink; readonly before: MadeLink }
  | {
    readonly op: "join";
    readonly device: string;
    readonly controller: string | null;
    readonly before: string | null;
    /** A bond takes no member that is up. */
    readonly bounce?: true;
  }
  | {
    readonly op: "vlans";
    readonly device: string;
    readonly vlans: PortVlans;
    readonly before: PortVlans;
    /** The device is the bridge, not a port of one. */
    readonly isBridge: boolean;
  }
  | { readonly op: "accept-ra"; readonly device: string; readonly value: number; readonly before: number }
  | { readonly op: "add-address"; readonly device: string; readonly address: string }
  | { readonly op: "remove-address"; readonly device: string; readonly address: string }
  | { readonly op: "add-route"; readonly route: RouteState }
  | { readonly op: "remove-route"; readonly route: RouteState };

/** An operation as a line of a plan. */
export function changeOf(operation: Operation): Change {
  switch (operation.op) {
    case "create":
      return { action: "add", subject: `link ${operation.device}`, after: madeWords(operation.made) };
    case "delete":
      return { action: "remove", subject: `link ${operation.device}` };
    case "rename":
      return { action: "change", subject: `link ${operation.device}`, after: `named ${operation.to}` };
    case "set": {
      const before = fieldWords(operation.before);
      return {
        action: "change",
        subject: `link ${operation.device}`,
        ...(before === "" ? {} : { before }),
        after: fieldWords(operation.fields),
      };
    }
    case "adjust":
      return {
        action: "change",
        subject: `link ${operation.device}`,
        before: madeWords(operation.before),
        after: madeWords(operation.made),
      };
    case "join":
      return {
        action: "change",
        subject: `link ${operation.device}`,
        before: partWords(operation.before),
        after: partWords(operation.controller),
      };
    case "vlans":
      return {
        action: "change",
        subject: `VLANs of ${operation.device}`,
        before: vlanWords(operation.before),
        after: vlanWords(operation.vlans),
      };
    case "accept-ra":
      return {
        action: "change",
        subject: `router advertisements on ${operation.device}`,
        before: ACCEPT_RA[operation.before] ?? "",
        after: ACCEPT_RA[operation.value] ?? "",
      };
    case "add-address":
      return { action: "add", subject: `address ${operation.address}`, after: `on ${operation.device}` };
    case "remove-address":
      return { action: "remove", subject: `address ${operation.address}`, before: `on ${operation.device}` };
    case "add-route":
      return { action: "add", subject: `route ${operation.route.destination}`, after: routeWords(operation.route) };
    case "remove-route":
      return { action: "remove", subject: `route ${operation.route.destination}`, before: routeWords(operation.route) };
  }
}

/** Documentation/networking/ip-sysctl.rst */
const ACCEPT_RA = ["not taken", "taken unless the machine forwards", "taken"] as const;

/** As `VLAN 20 of eth1`. */
export function madeWords(made: MadeLink): string {
  switch (made.kind) {
    case "vlan":
      return `${made.protocol === "802.1Q" ? "" : "802.1ad "}VLAN ${made.tag} of ${made.parent}`;
    case "bridge":
      return ["bridge", made.stp ? "with STP" : "", made.vlanFiltering ? "filtering VLANs" : ""]
        .filter((word) => word !== "").join(" ");
    case "bond":
      return `bond, mode ${made.mode}, monitored each ${made.monitor} ms` +
        (made.mode === "802.3ad" ? `, LACP ${made.lacpRate}` : "") + `, hash ${made.transmitHash}`;
    case "vxlan":
      return `VXLAN ${made.vni}, port ${made.port}` + (made.remote === undefined ? "" : ` to ${made.remote}`);
    case "macvlan":
      return `macvlan on ${made.parent}, mode ${made.mode}`;
    case "dummy":
      return "dummy";
  }
}

function fieldWords({ up, mtu, mac }: LinkFields): string {
  const words = [
    up === undefined ? "" : up ? "up" : "down",
    mtu === undefined ? "" : `MTU ${mtu}`,
    mac === undefined ? "" : `MAC ${mac}`,
  ];
  return words.filter((word) => word !== "").join(", ");
}

function partWords(controller: string | null): string {
  return controller === null ? "part of nothing" : `part of ${controller}`;
}

function vlanWords({ untagged, tagged }: PortVlans): string {
  const ranges = tagged.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`);
  const words = [
    untagged === undefined ? "" : `untagged ${untagged}`,
    ranges.length === 0 ? "" : `tagged ${ranges.join(", ")}`,
  ].filter((word) => word !== "");
  return words.join(", ") || "none";
}

function routeWords({ type, hops, metric, table }: RouteState): string {
  const ways = hops.map(({ gateway, device, weight, onLink }) =>
    [
      gateway === undefined ? "" : `by ${gateway}`,
      device === undefined ? "" : `on ${device}`,
      weight === undefined ? "" : `weight ${weight}`,
      onLink ? "on link" : "",
    ].filter((word) => word !== "").join(" ")
  );
  const words = [
    type === "unicast" ? ways.join(" or ") : type,
    `metric ${metric}`,
    table === MAIN ? "" : `table ${table}`,
  ];
  return words.filter((word) => word !== "").join(", ");
}

/** RT_TABLE_MAIN of linux/rtnetlink.h. */
const MAIN = 254;
