/** Addresses of this network namespace. Each function throws a `NetlinkError` that says what was asked for and why not. */
import type { Family } from "../../model/address.ts";
import { addressDump, delAddress, type DeviceAddress, readAddress } from "../wire/address.ts";
import type { Netlink, RouteNetlink } from "./connection.ts";

export interface AddressFilter {
  readonly family?: Family;
  /** Index of the device. */
  readonly device?: number;
}

/** The addresses of every device, or of one; of both IP versions, or of one. */
export async function listAddresses(
  netlink: Netlink,
  { family, device }: AddressFilter = {},
): Promise<DeviceAddress[]> {
  const answers = await netlink.dump(addressDump(family, device), "list addresses");
  return answers.map(({ payload }) => readAddress(payload))
    .filter((address) => address !== null && (device === undefined || address.device === device)) as DeviceAddress[];
}

/** Takes all addresses of a device away. One that goes with another (IPv4, `secondary`) or by itself is no error. */
export async function flushAddresses(netlink: RouteNetlink, device: number): Promise<void> {
  const addresses = await listAddresses(netlink, { device });
  const refusals = await netlink.change(addresses.map(delAddress));
  const refusal = refusals.find((outcome) => outcome !== null && outcome.code !== "EADDRNOTAVAIL");
  if (refusal) throw refusal;
}
