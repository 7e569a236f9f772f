/** The network as it is, as far as a change touches it: what undoing the change goes back to. */
import type { LinkState, NetworkState } from "../../features/network_state.ts";
import type { ObservedLink, ObservedNetwork } from "./reconcile.ts";

/** Of each device what `wanted` says of it, and all of those that shall go. */
export function snapshot(observed: ObservedNetwork, wanted: NetworkState): NetworkState {
  const links: LinkState[] = [];
  const gone: string[] = [];
  for (const link of wanted.links) {
    const byIndex = [...observed.links.values()].find(({ index }) => index === link.index);
    const held = byIndex ?? observed.links.get(link.device);
    if (held !== undefined) links.push(asBefore(link, held));
    else if (link.made !== undefined) gone.push(link.device);
  }
  for (const device of wanted.gone) {
    const held = observed.links.get(device);
    if (held !== undefined) links.push(whole(held));
  }
  const touched = new Set(links.map(({ device }) => device));
  const others = observed.others.filter(({ hops }) => hops.some(({ device }) => touched.has(device ?? "")));
  return { links, gone, routes: observed.routes, others };
}

function asBefore(link: LinkState, held: ObservedLink): LinkState {
  const { device, made, vlans } = held;
  const kept: Record<string, unknown> = {};
  for (const field of ["up", "mtu", "mac", "controller", "addresses", "acceptRa"] as const) {
    if (link[field] !== undefined && held[field] !== undefined) kept[field] = held[field];
  }
  // A device that is set down loses its IPv6 addresses.
  if (link.up === false && held.up) kept["addresses"] = held.addresses;
  return {
    device,
    ...(link.device === device ? {} : { index: held.index }),
    ...(link.made === undefined || made === undefined ? {} : { made }),
    ...(link.vlans === undefined || vlans === undefined ? {} : { vlans }),
    ...kept,
  };
}

function whole({ device, made, up, mtu, mac, controller, vlans, addresses, acceptRa }: ObservedLink): LinkState {
  return {
    device,
    ...(made === undefined ? {} : { made }),
    up,
    mtu,
    // What stands on another has its address.
    ...(mac === undefined || made?.kind === "vlan" ? {} : { mac }),
    controller,
    ...(vlans === undefined ? {} : { vlans }),
    addresses,
    ...(acceptRa === undefined ? {} : { acceptRa }),
  };
}
