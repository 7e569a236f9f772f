/** Leases as JSON in the run directory, one file a device: what other processes see of them. */
import {
  BITS,
  formatAddress,
  formatPrefix,
  parseAddress,
  parseInterfaceAddress,
  parsePrefix,
} from "../../model/address.ts";
import type { Family } from "../../model/address.ts";
import { atomicWrite } from "../file.ts";
import type { Lease, LeaseAddress, LeaseRoute } from "./lease.ts";

/** The directory of all DHCP clients, below Patronus's run directory. */
export function dhcpDirectory(runDir: string): string {
  return `${runDir}/dhcp`;
}

function leaseFile(runDir: string, device: string): string {
  return `${dhcpDirectory(runDir)}/${device}.json`;
}

/** Replaces what the file of the device says. No lease, no file. Throws a `PatronusError` that names the file. */
export function writeLeases(runDir: string, device: string, leases: readonly Lease[]): void {
  const file = leaseFile(runDir, device);
  if (leases.length > 0) atomicWrite(file, `${JSON.stringify(leases.map(toJson), null, 2)}\n`, 0o600);
  else remove(file);
}

function remove(file: string): void {
  try {
    Deno.removeSync(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Leases of all devices, by device and family, without those that have expired by `now` (seconds since 1970). A file that
 * cannot be read or is none of ours has none.
 */
export function readLeases(runDir: string, now: number = Date.now() / 1000): Lease[] {
  let names: string[];
  try {
    names = [...Deno.readDirSync(dhcpDirectory(runDir))].map(({ name }) => name).filter((name) =>
      name.endsWith(".json")
    );
  } catch {
    return [];
  }
  return names.sort().flatMap((name) => readFile(`${dhcpDirectory(runDir)}/${name}`))
    .filter(({ expire }) => expire === null || expire > now);
}

function readFile(file: string): Lease[] {
  try {
    const leases: unknown = JSON.parse(Deno.readTextFileSync(file));
    return Array.isArray(leases) ? leases.map(fromJson).filter((lease) => lease !== null) : [];
  } catch {
    return [];
  }
}

interface WrittenLease extends Omit<Lease, "addresses" | "routes" | "resolvers"> {
  /** `address` with its length, as `192.0.2.7/24`. */
  readonly addresses: readonly { address: string; preferred: number | null; valid: number | null }[];
  readonly routes: readonly { destination: string; gateway: string | null }[];
  readonly resolvers: readonly string[];
}

function toJson(lease: Lease): WrittenLease {
  return {
    ...lease,
    addresses: lease.addresses.map(({ address, length, preferred, valid }) => ({
      address: formatPrefix({ ...address, length }),
      preferred,
      valid,
    })),
    routes: lease.routes.map(({ destination, gateway }) => ({
      destination: formatPrefix(destination),
      gateway: gateway === null ? null : formatAddress(gateway),
    })),
    resolvers: lease.resolvers.map(formatAddress),
  };
}

/** Null for what another version wrote in another form. */
function fromJson(written: WrittenLease): Lease | null {
  const addresses = written.addresses.map(readAddress);
  const routes = written.routes.map(readRoute);
  const resolvers = written.resolvers.map(parseAddress);
  const whole = BITS[written.family as Family] !== undefined && addresses.length > 0;
  if (!whole || [...addresses, ...routes, ...resolvers].includes(null)) return null;
  return {
    ...written,
    addresses: addresses.filter((each) => each !== null),
    routes: routes.filter((each) => each !== null),
    resolvers: resolvers.filter((each) => each !== null),
  };
}

function readAddress({ address, preferred, valid }: WrittenLease["addresses"][number]): LeaseAddress | null {
  const read = parseInterfaceAddress(address);
  if (read === null) return null;
  const { length, ...rest } = read;
  return { address: rest, length, preferred, valid };
}

function readRoute({ destination, gateway }: WrittenLease["routes"][number]): LeaseRoute | null {
  const to = parsePrefix(destination);
  const by = gateway === null ? null : parseAddress(gateway);
  return to === null || (gateway !== null && by === null) ? null : { destination: to, gateway: by };
}
