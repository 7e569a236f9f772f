/** Leases for people. */
import { formatAddress, formatPrefix } from "../model/address.ts";
import { type Lease, readLeases } from "../services/dhcp/mod.ts";
import type { LeaseStatus } from "./plan.ts";

/** The leases that hold now, by device and family. */
export function leaseStatus(runDir: string): LeaseStatus[] {
  return readLeases(runDir).map(shown);
}

function shown({ device, family, addresses, routes, resolvers, server, expire }: Lease): LeaseStatus {
  return {
    device,
    family,
    addresses: addresses.map(({ address, length }) => formatPrefix({ ...address, length })),
    gateways: routes.flatMap(({ destination, gateway }) =>
      destination.length === 0 && gateway !== null ? [formatAddress(gateway)] : []
    ),
    resolvers: resolvers.map(formatAddress),
    server,
    expires: expire === null ? null : new Date(expire * 1000).toISOString(),
  };
}
