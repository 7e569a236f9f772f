/** Whether operations take away the address or the device that the caller's session comes in by. */
import type { CallerSession } from "../session.ts";
import type { Lockout } from "../plan.ts";
import {
  type Address,
  network,
  parseAddress,
  parseInterfaceAddress,
  parsePrefix,
  type Prefix,
  prefixRange,
} from "../../model/address.ts";
import type { NetworkState, RouteState } from "../../features/network_state.ts";
import type { Operation } from "./operation.ts";
import type { ObservedNetwork } from "./reconcile.ts";

/** The session and another one from the same place, if both would be cut; none where the session's device is not known. */
export function networkLockouts(
  observed: ObservedNetwork,
  wanted: NetworkState,
  operations: readonly Operation[],
  { from, to, port }: CallerSession,
): Lockout[] {
  const isSame = (address: string) => address.split("/")[0] === to;
  const way = [...observed.links.values()].find(({ reaches, addresses }) => (reaches ?? addresses).some(isSame));
  if (way === undefined) return [];
  const both = (by: string) =>
    (["established", "new"] as const).map((connection) => ({ connection, from, to, port, by }));
  const added = operations.some((operation) => operation.op === "add-address" && isSame(operation.address));
  for (const operation of operations) {
    const by = cause(operation, way.device, !added && isSame(addressOf(operation)));
    if (by !== null) return both(by);
  }
  const lost = lostRoute(operations, from, way.reaches ?? way.addresses);
  if (lost !== undefined) return both(`taking the route ${lost} away`);
  // An address of a lease goes with the client.
  const link = wanted.links.find(({ device }) => device === way.device);
  const leased = !way.addresses.some(isSame);
  const given = leased && link?.addresses !== undefined && !link.dhcp && link.acceptRa === 0;
  return given && !link.addresses.some(isSame) ? both(`ending the lease of ${way.device}`) : [];
}

/** The route that answers to the client take, where one goes and none comes in its place. */
function lostRoute(operations: readonly Operation[], from: string, networks: readonly string[]): string | undefined {
  const client = parseAddress(from);
  if (client === null || networks.some((near) => holds(parseInterfaceAddress(near), client))) return undefined;
  const leads = ({ destination }: RouteState) => holds(parsePrefix(destination), client);
  const added = operations.some((operation) =>
    operation.op === "add-route" && operation.route.type === "unicast" && leads(operation.route)
  );
  if (added) return undefined;
  const removed = operations.flatMap((operation) => operation.op === "remove-route" ? [operation.route] : []);
  return removed.find(leads)?.destination;
}

function holds(prefix: Prefix | null, { family, value }: Address): boolean {
  if (prefix?.family !== family) return false;
  const { from, to } = prefixRange(network(prefix));
  return from <= value && value <= to;
}

function addressOf(operation: Operation): string {
  return operation.op === "remove-address" ? operation.address : "";
}

function cause(operation: Operation, device: string, loses: boolean): string | null {
  if (loses) return `taking the address away from ${device}`;
  if (!("device" in operation) || operation.device !== device) return null;
  if (operation.op === "delete") return `deleting the device ${device}`;
  if (operation.op === "set" && operation.fields.up === false) return `setting ${device} down`;
  if (operation.op === "join" && operation.controller !== null) {
    return `making ${device} part of ${operation.controller}`;
  }
  return null;
}
