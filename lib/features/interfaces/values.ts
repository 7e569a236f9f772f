/** What the values of an interface mean; no schemas here, for whoever only reads documents. */
import { type Family, parseInterfaceAddress, type Prefix } from "../../model/address.ts";
import type { NetworkInterface } from "./schema.ts";

/** Six octets, the first of which does not say that it is a group's (IEEE 802: the lowest bit). */
export const MAC = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i;

/** An address that an interface may carry: not a whole network, not a group, not the unspecified one. */
export function isInterfaceAddress(text: string): boolean {
  const prefix = parseInterfaceAddress(text);
  if (prefix === null || prefix.length === 0 || prefix.value === 0n) return false;
  return !isGroup(prefix);
}

/** 224.0.0.0/4 and above (RFC 5771, RFC 1112), ff00::/8 (RFC 4291). */
function isGroup({ family, value }: Prefix): boolean {
  return family === 4 ? value >> 28n >= 0xen : value >> 120n === 0xffn;
}

/** First and last tag of `20` or `100-199`; null where the text says neither. */
export function tagsIn(text: string): { readonly from: number; readonly to: number } | null {
  const found = /^([1-9]\d{0,3})(?:-([1-9]\d{0,3}))?$/.exec(text);
  if (found === null) return null;
  const [from, to] = [Number(found[1]), Number(found[2] ?? found[1])];
  return from <= to && to <= 4094 ? { from, to } : null;
}

/** The kernel's name for an interface. */
export function deviceOf({ device, name }: Pick<NetworkInterface, "device" | "name">): string {
  return device === "" ? name : device;
}

/** Kinds of devices that Patronus makes, as the document's keys. */
export const VIRTUAL = ["vlan", "bridge", "bond", "vxlan", "macvlan", "dummy"] as const;
export type Virtual = (typeof VIRTUAL)[number];

/** What Patronus makes an interface as: none for a device that the machine has, several where the document is wrong. */
export function kindsOf(item: NetworkInterface): readonly Virtual[] {
  return VIRTUAL.filter((kind) => item[kind] !== undefined && item[kind] !== false);
}

/** Ids of the interfaces that it is made of or on. */
export function below({ vlan, vxlan, macvlan, bridge, bond }: NetworkInterface): readonly string[] {
  const parent = vlan?.parent ?? macvlan?.parent ?? vxlan?.parent;
  return [...parent === undefined ? [] : [parent], ...(bridge ?? bond)?.members ?? []];
}

/** Its static addresses, host bits and all. */
export function staticAddresses({ addresses }: Pick<NetworkInterface, "addresses">, family?: Family): Prefix[] {
  return (addresses ?? []).map(parseInterfaceAddress).filter((prefix) =>
    prefix !== null && (family === undefined || prefix.family === family)
  ) as Prefix[];
}
