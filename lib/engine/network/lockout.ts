/** Whether operations take away the address or the device that the caller's session comes in by. */
import type { CallerSession } from "../session.ts";
import type { Lockout } from "../plan.ts";
import type { Operation } from "./operation.ts";
import type { ObservedNetwork } from "./reconcile.ts";

/** The session and another one from the same place, if both would be cut; none where the session's device is not known. */
export function networkLockouts(
  observed: ObservedNetwork,
  operations: readonly Operation[],
  { from, to, port }: CallerSession,
): Lockout[] {
  const isSame = (address: string) => address.split("/")[0] === to;
  const way = [...observed.links.values()].find(({ addresses }) => addresses.some(isSame));
  if (way === undefined) return [];
  const added = operations.some((operation) => operation.op === "add-address" && isSame(operation.address));
  for (const operation of operations) {
    const by = cause(operation, way.device, !added && isSame(addressOf(operation)));
    if (by !== null) return (["established", "new"] as const).map((connection) => ({ connection, from, to, port, by }));
  }
  return [];
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
