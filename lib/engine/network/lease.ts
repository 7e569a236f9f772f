/** What a DHCP lease brings, in the kernel: addresses that end with it, and routes of their own origin and metric. */
import { ORIGIN_DHCP } from "../../features/allocation.ts";
import { type Address, formatPrefix, network, prefixRange } from "../../model/address.ts";
import type { NetlinkError } from "../../netlink/wire/error.ts";
import type { RouteNetlink } from "../../netlink/socket/connection.ts";
import { findLink } from "../../netlink/socket/link.ts";
import { type AddressKey, delAddress, type NewAddress, replaceAddress } from "../../netlink/wire/address.ts";
import { delRoute, type NewRoute, replaceRoute } from "../../netlink/wire/route.ts";
import type { Change } from "../../netlink/wire/rtnetlink.ts";
import type { Lease } from "../../services/dhcp/mod.ts";

/**
 * Seconds that an address without an end gets: the most that is not INFINITY_LIFE_TIME (linux/if_addr.h), which would
 * make it look like one that an administrator set.
 */
const LONGEST = 0xffffffff - 1;
/** Routes of leases come behind those that the document sets, and among each other in the order of their devices. */
const METRIC = 1000;
/** Refusals that mean that what shall go is gone. */
const GONE: readonly string[] = ["EADDRNOTAVAIL", "ESRCH", "ENODEV"];

/**
 * Sets what a lease brings, and takes away what only the one before had brought. `now` is in seconds since 1970. Gives what
 * the kernel refuses; throws a `NetlinkError` where the device is not there.
 */
export async function bringLease(
  netlink: RouteNetlink,
  device: string,
  { before, after }: { readonly before: Lease | null; readonly after: Lease | null },
  now: number,
): Promise<readonly NetlinkError[]> {
  const { index } = await findLink(netlink, device);
  const addresses = after === null ? [] : addressesOf(after, index, now);
  const routes = after === null ? [] : routesOf(after, index);
  const keptAddresses = new Set(addresses.map(addressWords));
  const keptRoutes = new Set(routes.map(routeWords));
  const away: Change[] = before === null ? [] : [
    ...routesOf(before, index).filter((route) => !keptRoutes.has(routeWords(route))).map(delRoute),
    ...addressesOf(before, index, now).filter((address) => !keptAddresses.has(addressWords(address))).map(delAddress),
  ];
  const refusals = [
    ...(await netlink.change(away)).filter((refusal) => refusal !== null && !GONE.includes(refusal.code)),
    ...await netlink.change([...addresses.map(replaceAddress), ...routes.map(replaceRoute)]),
  ];
  return refusals.filter((refusal) => refusal !== null);
}

function addressesOf({ addresses, family, obtained }: Lease, device: number, now: number): NewAddress[] {
  const left = (seconds: number | null) =>
    seconds === null ? LONGEST : Math.min(LONGEST, Math.max(1, Math.round(obtained + seconds - now)));
  return addresses.map(({ address, length, valid, preferred }) => ({
    device,
    address,
    length,
    lifetime: { valid: left(valid), preferred: Math.min(left(valid), left(preferred)) },
    // Router advertisements say what is on the link (RFC 5942).
    ...(family === 6 ? { noPrefixRoute: true } : {}),
  }));
}

function routesOf({ routes, addresses }: Lease, device: number): NewRoute[] {
  const near = (gateway: Address) =>
    addresses.some(({ address, length }) => {
      const { from, to } = prefixRange(network({ ...address, length }));
      return from <= gateway.value && gateway.value <= to;
    });
  return routes.map(({ destination, gateway }) => ({
    destination,
    protocol: ORIGIN_DHCP,
    metric: METRIC + device,
    hops: [gateway === null ? { device } : { device, gateway, ...(near(gateway) ? {} : { onLink: true }) }],
  }));
}

function addressWords({ address, length }: AddressKey): string {
  return formatPrefix({ ...address, length });
}

function routeWords({ destination, hops = [] }: NewRoute): string {
  const [hop] = hops;
  return `${formatPrefix(destination)} ${hop?.gateway?.value ?? ""}`;
}
