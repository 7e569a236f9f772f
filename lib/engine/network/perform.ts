/** Carries operations out over rtnetlink. */
import { ORIGIN_PATRONUS, ORIGIN_RA } from "../../features/allocation.ts";
import type { MadeLink, PortVlans, RouteState } from "../../features/network_state.ts";
import { type Address, parseAddress, parseInterfaceAddress, parsePrefix, type Prefix } from "../../model/address.ts";
import { PatronusError } from "../../model/error.ts";
import type { RouteNetlink } from "../../netlink/socket/connection.ts";
import { listAddresses } from "../../netlink/socket/address.ts";
import { listLinks } from "../../netlink/socket/link.ts";
import { listRoutes } from "../../netlink/socket/route.ts";
import { delAddress, replaceAddress } from "../../netlink/wire/address.ts";
import { addBridgeVlans, type BridgeVlan, delBridgeVlans } from "../../netlink/wire/bridge_vlan.ts";
import type { NetlinkError } from "../../netlink/wire/error.ts";
import type { LinkKind } from "../../netlink/wire/kind.ts";
import { delLink, type LinkReference, newLink, setLink } from "../../netlink/wire/link.ts";
import { delRoute, type NewRoute, newRoute } from "../../netlink/wire/route.ts";
import type { Change } from "../../netlink/wire/rtnetlink.ts";
import { acceptRaSysctl, writeSysctl } from "../../services/sysctl.ts";
import { changeOf, type Operation } from "./operation.ts";

/** Refusals that mean that it is so already. */
const DONE: Partial<Readonly<Record<Operation["op"], readonly string[]>>> = {
  delete: ["ENODEV"],
  "remove-address": ["EADDRNOTAVAIL", "ENODEV"],
  "remove-route": ["ESRCH", "ENODEV"],
};

/** Operations whose messages need no answer to an earlier one of their kind: they go in one send. */
interface Portion {
  readonly operation: Operation;
  readonly messages: readonly Change[];
}

/**
 * Carries out operations in their order, each whatever became of the others. Gives a `PatronusError` for each one that the
 * kernel refuses.
 */
export async function perform(netlink: RouteNetlink, operations: readonly Operation[]): Promise<PatronusError[]> {
  const refusals: PatronusError[] = [];
  let devices = await readDevices(netlink);
  let portions: Portion[] = [];
  const flush = async () => {
    refusals.push(...await send(netlink, portions));
    portions = [];
  };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof PatronusError)) throw error;
      refusals.push(error);
    }
  };
  for (const operation of operations) {
    if (operation.op === "rename") {
      await flush();
      refusals.push(...await rename(netlink, operation, devices));
      devices = await readDevices(netlink);
      continue;
    }
    if (operation.op === "accept-ra") {
      await flush();
      attempt(() => writeSysctl(acceptRaSysctl(operation.device), String(operation.value)));
      if (operation.value === 0) await forgetAdvertisements(netlink, devices.get(operation.device));
      continue;
    }
    if (namesOf(operation).some((name) => !devices.has(name))) {
      // It was made or renamed a moment ago.
      await flush();
      devices = await readDevices(netlink);
    }
    attempt(() => portions.push({ operation, messages: messagesOf(operation, devices) }));
    if (operation.op === "delete") devices.delete(operation.device);
  }
  await flush();
  return refusals;
}

/**
 * Gives a device another name. Kernels before 6.2 want it down for that, which costs IPv6 addresses and routes: what the
 * document says of them is set again behind it.
 */
async function rename(
  netlink: RouteNetlink,
  operation: Extract<Operation, { op: "rename" }>,
  devices: Devices,
): Promise<PatronusError[]> {
  const link = devices.get(operation.device);
  if (link === undefined) return [];
  const name = setLink(link, { name: operation.to });
  const [refusal] = await netlink.change([name]);
  if (refusal === null || refusal === undefined) return [];
  if (refusal.code !== "EBUSY") return [refused(operation, refusal)];
  const outcomes = await netlink.change([setLink(link, { up: false }), name, setLink(link, { up: true })]);
  return outcomes.flatMap((outcome) => outcome === null ? [] : [refused(operation, outcome)]);
}

/** Takes away what router advertisements have brought: the kernel would keep it until it runs out, for weeks perhaps. */
async function forgetAdvertisements(netlink: RouteNetlink, device: LinkReference | undefined): Promise<void> {
  if (device === undefined) return;
  const { index } = device;
  // What DHCP brought has no route of its own, and goes with its lease.
  const addresses = (await listAddresses(netlink, { family: 6, device: index }))
    .filter(({ scope, permanent, noPrefixRoute }) => scope === "global" && !permanent && !noPrefixRoute);
  const routes = (await listRoutes(netlink, { family: 6 }))
    .filter(({ protocol, hops }) => protocol === ORIGIN_RA && hops.some(({ device }) => device === index));
  // What somebody else takes away meanwhile is gone as well.
  await netlink.change([
    ...addresses.map(delAddress),
    ...routes.flatMap(({ type, ...route }) => type === "unicast" ? [delRoute(route)] : []),
  ]);
}

type Devices = Map<string, LinkReference>;

async function readDevices(netlink: RouteNetlink): Promise<Devices> {
  return new Map((await listLinks(netlink)).map(({ name, index }) => [name, { name, index }]));
}

async function send(netlink: RouteNetlink, portions: readonly Portion[]): Promise<PatronusError[]> {
  const messages = portions.flatMap(({ operation, messages }) => messages.map((change) => ({ operation, change })));
  if (messages.length === 0) return [];
  const refusals = await netlink.change(messages.map(({ change }) => change));
  return refusals.flatMap((refusal, index) => {
    const operation = messages[index]?.operation;
    if (refusal === null || operation === undefined || DONE[operation.op]?.includes(refusal.code)) return [];
    return [refused(operation, refusal)];
  });
}

function refused(operation: Operation, refusal: NetlinkError): PatronusError {
  const { action, subject, before = "", after = before } = changeOf(operation);
  const hints: Partial<Readonly<Record<string, string>>> = {
    EEXIST: "another program set a route to there with the same metric; choose another metric, or remove that route",
    EOPNOTSUPP: "this kernel has no support for it: see docs/kernel.md",
    ENETUNREACH: "no address of the machine is in the gateway's network",
  };
  const hint = operation.op === "create" && refusal.code === "EEXIST"
    ? "there is a device of that name, and Patronus did not make it: give the interface another device"
    : hints[refusal.code];
  const code = refusal.code === "EPERM" || refusal.code === "EACCES" ? "permission" : "failed";
  return new PatronusError(code, `cannot ${action} ${subject} (${after}): ${refusal.message}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: refusal,
  });
}

/** Devices whose index an operation needs. */
function namesOf(operation: Operation): readonly string[] {
  switch (operation.op) {
    case "create":
      return "parent" in operation.made && operation.made.parent !== undefined ? [operation.made.parent] : [];
    case "join":
      return operation.controller === null ? [operation.device] : [operation.device, operation.controller];
    case "add-route":
    case "remove-route":
      return operation.route.hops.flatMap(({ device }) => device === undefined ? [] : [device]);
    default:
      return [operation.device];
  }
}

function messagesOf(operation: Operation, devices: Devices): Change[] {
  const find = (name: string): LinkReference => {
    const device = devices.get(name);
    if (device === undefined) throw new PatronusError("failed", `there is no network device ${name}`);
    return device;
  };
  // What is to go may be gone.
  const gone = (name: string) => !devices.has(name);
  switch (operation.op) {
    case "create": {
      const { device: name, made } = operation;
      const parent = made.kind === "vlan" || made.kind === "macvlan" ? { parent: find(made.parent).index } : {};
      return [newLink({ name, settings: settingsOf(made, find), ...parent })];
    }
    case "delete":
      return gone(operation.device) ? [] : [delLink(find(operation.device))];
    case "set":
      return [setLink(find(operation.device), operation.fields)];
    case "adjust":
      return [setLink(find(operation.device), { settings: settingsOf(operation.made, find, operation.before) })];
    case "join": {
      const device = find(operation.device);
      const controller = operation.controller === null ? 0 : find(operation.controller).index;
      const join = setLink(device, { controller });
      return operation.bounce ? [setLink(device, { up: false }), join, setLink(device, { up: true })] : [join];
    }
    case "vlans":
      return vlanMessages(operation, find(operation.device));
    case "add-address":
      return [replaceAddress({ device: find(operation.device).index, ...addressOf(operation.address), lifetime: {} })];
    case "remove-address":
      if (gone(operation.device)) return [];
      return [delAddress({ device: find(operation.device).index, ...addressOf(operation.address) })];
    case "add-route":
      return [newRoute(routeOf(operation.route, find))];
    case "remove-route":
      if (operation.route.hops.some(({ device }) => device !== undefined && gone(device))) return [];
      return [delRoute(routeOf(operation.route, find))];
    case "rename":
    case "accept-ra":
      return [];
  }
}

type Find = (name: string) => LinkReference;

/** What a new bridge is. A kernel without VLAN filtering does not even take that there is to be none. */
const NEW_BRIDGE = { kind: "bridge", stp: false, vlanFiltering: false } as const;

/** Settings of a kind; of a device that is there, those that differ. */
function settingsOf(made: MadeLink, find: Find, before?: MadeLink): LinkKind {
  switch (made.kind) {
    case "vlan":
      return { kind: "vlan", id: made.tag, protocol: made.protocol };
    case "bridge":
      return different(before?.kind === "bridge" ? before : NEW_BRIDGE, made);
    case "bond": {
      const { mode, monitor: miimon, lacpRate, transmitHash } = made;
      const settings = {
        kind: "bond",
        mode,
        miimon,
        ...(mode === "802.3ad" ? { lacpRate } : {}),
        transmitHash,
      } as const;
      return before?.kind === "bond" ? different({ ...before, miimon: before.monitor }, settings) : settings;
    }
    case "vxlan": {
      const { vni, local, remote, parent, port } = made;
      return {
        kind: "vxlan",
        id: vni,
        ...(local === undefined ? {} : { local: address(local) }),
        ...(remote === undefined ? {} : { remote: address(remote) }),
        ...(parent === undefined ? {} : { device: find(parent).index }),
        port,
      };
    }
    case "macvlan":
      return { kind: "macvlan", mode: made.mode };
    case "dummy":
      return { kind: "dummy" };
  }
}

/** The kind, and the fields in which two of it differ. */
function different<Kind extends { readonly kind: string }>(before: Kind, after: Kind): Kind {
  const fields = Object.entries(after).filter(([key, value]) => key === "kind" || before[key as keyof Kind] !== value);
  return Object.fromEntries(fields) as unknown as Kind;
}

function vlanMessages(
  { vlans, before, isBridge }: Extract<Operation, { op: "vlans" }>,
  link: LinkReference,
): Change[] {
  const [old, now] = [bridgeVlans(before), bridgeVlans(vlans)];
  return [
    ...(old.length === 0 ? [] : [delBridgeVlans(link, old, isBridge)]),
    ...(now.length === 0 ? [] : [addBridgeVlans(link, now, isBridge)]),
  ];
}

function bridgeVlans({ untagged, tagged }: PortVlans): BridgeVlan[] {
  return [
    ...(untagged === undefined ? [] : [{ from: untagged, to: untagged, untagged: true, native: true }]),
    ...tagged.map(([from, to]) => ({ from, to, untagged: false, native: false })),
  ];
}

function routeOf(
  { destination, type, hops, metric, table, protocol = ORIGIN_PATRONUS }: RouteState,
  find: Find,
): NewRoute {
  return {
    destination: prefix(destination),
    type,
    metric,
    table,
    protocol,
    hops: hops.map(({ gateway, device, weight, onLink }) => ({
      ...(gateway === undefined ? {} : { gateway: address(gateway) }),
      ...(device === undefined ? {} : { device: find(device).index }),
      ...(weight === undefined ? {} : { weight }),
      ...(onLink ? { onLink } : {}),
    })),
  };
}

function address(text: string): Address {
  const found = parseAddress(text);
  if (found === null) throw new RangeError(`not an address: ${text}`);
  return found;
}

function prefix(text: string): Prefix {
  const found = parsePrefix(text);
  if (found === null) throw new RangeError(`not a network: ${text}`);
  return found;
}

function addressOf(text: string): { readonly address: Address; readonly length: number } {
  const found = parseInterfaceAddress(text);
  if (found === null) throw new RangeError(`not an interface address: ${text}`);
  const { family, value, length } = found;
  return { address: { family, value }, length };
}
