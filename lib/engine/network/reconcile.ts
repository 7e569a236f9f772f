/**
 * From the network as it is to the network as it should be: the smallest list of operations, in an order that the kernel
 * takes. Pure: the same function plans, applies, undoes and finds drift.
 */
import type {
  HopState,
  LinkState,
  MadeLink,
  NetworkState,
  PortVlans,
  RouteState,
} from "../../features/network_state.ts";
import {
  type Address,
  network,
  parseAddress,
  parseInterfaceAddress,
  type Prefix,
  prefixRange,
} from "../../model/address.ts";
import type { LinkFields, Operation } from "./operation.ts";

/** A device as the kernel has it. */
export interface ObservedLink extends Required<Pick<LinkState, "device" | "up" | "mtu" | "addresses">> {
  /** The kernel's number for it, which outlives a name. */
  readonly index: number;
  /** Of a kind that Patronus makes. */
  readonly made?: MadeLink;
  readonly mac?: string;
  /** Absent where the kernel has no IPv6. */
  readonly acceptRa?: number;
  readonly controller: string | null;
  /** Of a port of a bridge. */
  readonly vlans?: PortVlans;
  /** Every address, also those that are not static: what its link reaches. */
  readonly reaches?: readonly string[];
}

export interface ObservedNetwork {
  readonly links: ReadonlyMap<string, ObservedLink>;
  /** Those of Patronus's own origin. */
  readonly routes: readonly RouteState[];
  /** Those that other programs and administrators set. */
  readonly others: readonly RouteState[];
}

/**
 * No operations where the network is as wanted. Devices that the machine should have and has not are passed over, and so
 * are routes whose gateways no address reaches yet.
 */
export function reconcile(found: ObservedNetwork, wanted: NetworkState): Operation[] {
  const { observed, operations } = renamed(found, wanted);
  const view = new View(observed, wanted);
  const links = inOrder(wanted.links).filter((link) => view.willBeThere(link.device));
  const routes = routeOperations(observed, wanted, view);
  return [
    ...operations,
    ...routes.removed,
    ...links.flatMap((link) => removedAddresses(link, view.before(link))),
    ...view.deleted.map((device): Operation => ({ op: "delete", device })),
    ...links.flatMap((link) => released(link, view)),
    ...links.flatMap((link) => view.before(link) === undefined ? created(link) : adjusted(link, view.before(link))),
    ...links.flatMap((link) => joined(link, view)),
    ...links.flatMap((link) => switched(link, view.before(link))),
    ...links.flatMap((link) => vlans(link, view)),
    ...links.flatMap((link) => addedAddresses(link, view.before(link))),
    ...routes.added,
  ];
}

/**
 * Gives devices the names that they shall have, before anything else: all that follows speaks of new names only. What has
 * the name of another and goes makes room first; where names go round in a circle, one waits under a name of its own.
 */
function renamed(found: ObservedNetwork, { links, gone }: NetworkState) {
  const byIndex = new Map([...found.links.values()].map((link) => [link.index, link.device]));
  const names = new Map<string, string>();
  for (const { device, index } of links) {
    const now = index === undefined ? undefined : byIndex.get(index);
    if (now !== undefined && now !== device) names.set(now, device);
  }
  if (names.size === 0) return { observed: found, operations: [] };
  const operations: Operation[] = [];
  const taken = new Set(found.links.keys());
  for (const to of names.values()) {
    if (!taken.has(to) || names.has(to) || !gone.includes(to)) continue;
    operations.push({ op: "delete", device: to });
    taken.delete(to);
  }
  const open = new Map(names);
  while (open.size > 0) {
    const free = [...open].find(([, to]) => !open.has(to));
    if (free !== undefined) {
      const [device, to] = free;
      operations.push({ op: "rename", device, to });
      open.delete(device);
    } else {
      const [[device, to] = ["", ""]] = open;
      const waiting = `patronus-${open.size}`;
      operations.push({ op: "rename", device, to: waiting });
      open.delete(device);
      open.set(waiting, to);
    }
  }
  const name = (device: string) => names.get(device) ?? device;
  const observed: ObservedNetwork = {
    links: new Map(
      [...found.links.values()].filter(({ device }) => taken.has(device)).map((link) => [
        name(link.device),
        withNames(link, name),
      ]),
    ),
    routes: found.routes.map((route) => onDevices(route, name)),
    others: found.others.map((route) => onDevices(route, name)),
  };
  return { observed, operations };
}

function onDevices(route: RouteState, name: (device: string) => string): RouteState {
  const hops = route.hops.map((hop) => hop.device === undefined ? hop : { ...hop, device: name(hop.device) });
  return { ...route, hops };
}

function withNames(link: ObservedLink, name: (device: string) => string): ObservedLink {
  const { made } = link;
  const parent = parentOf(made);
  return {
    ...link,
    device: name(link.device),
    controller: link.controller === null ? null : name(link.controller),
    ...(made === undefined || parent === undefined ? {} : { made: { ...made, parent: name(parent) } as MadeLink }),
  };
}

/** Wanted routes that are not there and cannot be yet: no address reaches their gateways, or their devices are not up. */
export function waitingRoutes(observed: ObservedNetwork, wanted: NetworkState): RouteState[] {
  const view = new View(observed, wanted);
  const there = new Set(keptRoutes(observed.routes, wanted.routes, view).values());
  return wanted.routes.filter((route) => !there.has(route) && !route.hops.every((hop) => view.leadsOn(hop)));
}

/** What of the observed links stays. */
class View {
  /** Observed devices that are deleted, those that stand on others first. */
  readonly deleted: readonly string[];
  readonly #observed: ObservedNetwork;
  readonly #wanted: ReadonlyMap<string, LinkState>;
  readonly #away: ReadonlySet<string>;

  constructor(observed: ObservedNetwork, wanted: NetworkState) {
    this.#observed = observed;
    this.#wanted = new Map(wanted.links.map((link) => [link.device, link]));
    const away = new Set(wanted.gone.filter((device) => observed.links.has(device) && !this.#wanted.has(device)));
    for (const { device, made } of wanted.links) {
      const held = observed.links.get(device)?.made;
      // What is of no kind that Patronus makes is somebody else's: making another of that name is refused.
      if (held !== undefined && made !== undefined && !canBecome(held, made)) away.add(device);
    }
    // With a device goes what stands on it.
    for (let grown = true; grown;) {
      grown = false;
      for (const { device, made } of observed.links.values()) {
        const parent = parentOf(made);
        if (parent === undefined || !away.has(parent) || away.has(device)) continue;
        away.add(device);
        grown = true;
      }
    }
    this.#away = away;
    this.deleted = inOrder([...observed.links.values()].filter(({ device }) => away.has(device)))
      .map(({ device }) => device).reverse();
  }

  /** The link as it is now, if it stays and can be what it shall be. */
  before({ device, made }: LinkState): ObservedLink | undefined {
    const held = this.#observed.links.get(device);
    if (held === undefined || this.#away.has(device)) return undefined;
    return made !== undefined && held.made === undefined ? undefined : held;
  }

  /** Whether a device is there once everything is done. */
  willBeThere(device: string): boolean {
    const link = this.#wanted.get(device);
    if (link === undefined) return this.#observed.links.has(device) && !this.#away.has(device);
    if (this.before(link) !== undefined) return true;
    const parent = parentOf(link.made);
    return link.made !== undefined && (parent === undefined || this.willBeThere(parent));
  }

  /** Whether the kernel can take a way: its device is there, or some address is of its gateway's network. */
  leadsOn({ gateway, device, onLink }: HopState): boolean {
    if (device !== undefined && !this.#willBeUp(device)) return false;
    if (gateway === undefined || onLink) return true;
    const address = parseAddress(gateway);
    if (address === null) return false;
    // fe80::/10 (RFC 4291) is on every link.
    if (address.family === 6 && address.value >> 118n === 0x3fan) return true;
    return device === undefined ? this.reachers(address).length > 0 : this.#reaches(device, address);
  }

  /** Devices one of whose networks an address is in. */
  reachers(address: Address): string[] {
    return [...new Set([...this.#observed.links.keys(), ...this.#wanted.keys()])]
      .filter((device) => this.#reaches(device, address));
  }

  #willBeUp(device: string): boolean {
    const link = this.#wanted.get(device);
    const held = link === undefined ? this.#observed.links.get(device) : this.before(link);
    return this.willBeThere(device) && (link?.up ?? held?.up ?? false);
  }

  #reaches(device: string, address: Address): boolean {
    if (!this.#willBeUp(device)) return false;
    const link = this.#wanted.get(device);
    const held = link === undefined ? this.#observed.links.get(device) : this.before(link);
    const gone = new Set(link?.addresses === undefined ? [] : held?.addresses);
    const staying = (held?.reaches ?? []).filter((each) => !gone.has(each));
    return [...link?.addresses ?? [], ...staying].map(parseInterfaceAddress)
      .some((prefix) => prefix !== null && holds(network(prefix), address));
  }

  /** Whether a device goes, now or for a moment: its routes and addresses go with it. */
  goes(device: string): boolean {
    return this.#away.has(device);
  }

  /** Whether the document says what a device is. */
  isOurs(device: string): boolean {
    return this.#wanted.has(device) || this.#away.has(device);
  }

  made(device: string): MadeLink | undefined {
    return this.#wanted.get(device)?.made;
  }
}

function holds(prefix: Prefix, { family, value }: Address): boolean {
  const { from, to } = prefixRange(prefix);
  return prefix.family === family && from <= value && value <= to;
}

/** The device that a made one stands on, and goes with. */
function parentOf(made: MadeLink | undefined): string | undefined {
  return made === undefined || !("parent" in made) ? undefined : made.parent;
}

/** Links with each behind its parent and its controller. */
function inOrder<
  Link extends { readonly device: string; readonly made?: MadeLink; readonly controller?: string | null },
>(
  links: readonly Link[],
): Link[] {
  const byDevice = new Map(links.map((link) => [link.device, link]));
  const done = new Set<Link>();
  const place = (link: Link, depth: number) => {
    if (done.has(link) || depth > links.length) return;
    for (const below of [parentOf(link.made), link.controller]) {
      const other = below === undefined || below === null ? undefined : byDevice.get(below);
      if (other !== undefined) place(other, depth + 1);
    }
    done.add(link);
  };
  for (const link of links) place(link, 0);
  return [...done];
}

/** Whether a device can become what it should be without being made anew. */
function canBecome(held: MadeLink | undefined, wanted: MadeLink): boolean {
  if (held?.kind !== wanted.kind) return false;
  switch (wanted.kind) {
    case "bridge":
      return true;
    case "bond": {
      const bond = held as typeof wanted;
      // Both can be changed only in a bond that is down and has no members.
      return bond.mode === wanted.mode && (wanted.mode !== "802.3ad" || bond.lacpRate === wanted.lacpRate);
    }
    case "macvlan":
      return (held as typeof wanted).parent === wanted.parent && (held as typeof wanted).mode === wanted.mode;
    default:
      return same(held, wanted);
  }
}

function created({ device, made }: LinkState): Operation[] {
  return made === undefined ? [] : [{ op: "create", device, made }];
}

/** Everything about a device that does not need others, except that it is up. */
function adjusted(link: LinkState, held: ObservedLink | undefined): Operation[] {
  if (held?.made === undefined || link.made === undefined || same(alike(held.made), alike(link.made))) return [];
  return [{ op: "adjust", device: link.device, made: link.made, before: held.made }];
}

/** LACP's rate means nothing in other modes. */
function alike(made: MadeLink): MadeLink {
  return made.kind === "bond" && made.mode !== "802.3ad" ? { ...made, lacpRate: "slow" } : made;
}

/** MTU, MAC, and last whether it is up. */
function switched(link: LinkState, held: ObservedLink | undefined): Operation[] {
  const operations: Operation[] = [];
  const { acceptRa } = link;
  const known = held === undefined ? USUAL_ACCEPT_RA : held.acceptRa;
  if (acceptRa !== undefined && known !== undefined && acceptRa !== known) {
    operations.push({ op: "accept-ra", device: link.device, value: acceptRa, before: known });
  }
  // A new link is down.
  const now = held ?? { up: false };
  const fields: { -readonly [Key in keyof LinkFields]: LinkFields[Key] } = {};
  const before: typeof fields = {};
  for (const key of ["mtu", "mac", "up"] as const) {
    const value = link[key];
    if (value === undefined || value === now[key as keyof typeof now]) continue;
    Object.assign(fields, { [key]: value });
    if (held?.[key] !== undefined) Object.assign(before, { [key]: held[key] });
  }
  if (Object.keys(fields).length > 0) operations.push({ op: "set", device: link.device, fields, before });
  return operations;
}

/** Out of a controller that it does not belong to; another program's is left alone. */
function released(link: LinkState, view: View): Operation[] {
  const held = view.before(link)?.controller ?? null;
  if (link.controller === undefined || held === null || view.goes(held) || !view.isOurs(held)) return [];
  if (held === link.controller) return [];
  return [{ op: "join", device: link.device, controller: null, before: held }];
}

function joined(link: LinkState, view: View): Operation[] {
  const { controller } = link;
  if (controller === undefined || controller === null || !view.willBeThere(controller)) return [];
  const held = view.before(link)?.controller ?? null;
  if (held !== null && !view.goes(held) && held === controller) return [];
  const bounce = view.made(controller)?.kind === "bond" && (view.before(link)?.up ?? false);
  const before = held !== null && !view.goes(held) && !view.isOurs(held) ? held : null;
  return [{ op: "join", device: link.device, controller, before, ...(bounce ? { bounce } : {}) }];
}

/** A new device takes advertisements unless the machine forwards (ip-sysctl.rst). */
const USUAL_ACCEPT_RA = 1;

/** What a port is a member of that was told nothing: the kernel's default. */
const NO_VLANS: PortVlans = { tagged: [] };
const USUAL_VLANS: PortVlans = { untagged: 1, tagged: [] };

function vlans(link: LinkState, view: View): Operation[] {
  if (link.vlans === undefined) return [];
  const held = view.before(link);
  const stays = held?.controller !== null && held?.controller !== undefined && !view.goes(held.controller) &&
    held.controller === link.controller;
  const isBridge = link.made?.kind === "bridge";
  const before = (isBridge ? held !== undefined : stays) ? held?.vlans ?? NO_VLANS : USUAL_VLANS;
  if (same(before, link.vlans)) return [];
  return [{ op: "vlans", device: link.device, vlans: link.vlans, before, isBridge }];
}

function removedAddresses(link: LinkState, held: ObservedLink | undefined): Operation[] {
  if (link.addresses === undefined || held === undefined) return [];
  const wanted = new Set(link.addresses);
  return held.addresses.filter((address) => !wanted.has(address))
    .map((address) => ({ op: "remove-address", device: held.device, address }));
}

function addedAddresses(link: LinkState, held: ObservedLink | undefined): Operation[] {
  // A link-local address is the kernel's own or somebody's: it is added where it is missing, and never taken away.
  const local = (held?.reaches ?? []).filter((address) => address.startsWith("fe80:"));
  const there = new Set([...held?.addresses ?? [], ...local]);
  return (link.addresses ?? []).filter((address) => !there.has(address))
    .map((address) => ({ op: "add-address", device: link.device, address }));
}

/** Routes that are there and stay there, with the wanted ones that they are. */
function keptRoutes(
  routes: readonly RouteState[],
  wanted: readonly RouteState[],
  view: View,
): Map<RouteState, RouteState> {
  const staying = routes.filter(({ hops }) => !hops.some(({ device }) => device !== undefined && view.goes(device)));
  const byKey = Map.groupBy(staying, routeKey);
  const kept = new Map<RouteState, RouteState>();
  for (const route of wanted) {
    const found = byKey.get(routeKey(route))?.find((held) => !kept.has(held) && sameDevices(route, held, view));
    if (found !== undefined) kept.set(found, route);
  }
  return kept;
}

function routeOperations(observed: ObservedNetwork, wanted: NetworkState, view: View) {
  const kept = keptRoutes(observed.routes, wanted.routes, view);
  const others = new Set(keptRoutes(observed.others, wanted.others ?? [], view).values());
  const there = new Set(kept.values());
  const isGone = ({ device }: HopState) => device !== undefined && view.goes(device);
  return {
    removed: observed.routes.filter((route) => !kept.has(route) && !route.hops.some(isGone))
      .map((route): Operation => ({ op: "remove-route", route })),
    added: [...wanted.routes.filter((route) => !there.has(route)), ...missing(wanted.others ?? [], others)]
      .filter(({ hops }) => hops.every((hop) => view.leadsOn(hop)))
      .map((route): Operation => ({ op: "add-route", route })),
  };
}

function missing(wanted: readonly RouteState[], there: ReadonlySet<RouteState>): RouteState[] {
  return wanted.filter((route) => !there.has(route));
}

/** What two routes have in common that are the same, devices aside. */
function routeKey({ destination, type, hops, metric, table }: RouteState): string {
  const ways = hops.map(({ gateway = "", weight = 1, onLink = false }) => `${gateway} ${weight} ${onLink}`);
  return [destination, type, metric, table, ...ways].join("|");
}

/** A device that the document does not name is the kernel's choice, among those that reach the gateway. */
function sameDevices(wanted: RouteState, held: RouteState, view: View): boolean {
  return wanted.hops.every(({ device, gateway }, index) => {
    const now = held.hops[index]?.device;
    if (device !== undefined || now === undefined) return device === now;
    const address = gateway === undefined ? null : parseAddress(gateway);
    const reachers = address === null ? [] : view.reachers(address);
    return reachers.length === 0 || reachers.includes(now);
  });
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field) => {
    if (typeof field !== "object" || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
