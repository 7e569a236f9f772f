/** Kernel parameters under /proc/sys, by their dotted name. Those of `net` belong to the network namespace of this process. */
import { PatronusError } from "../model/error.ts";

/** `net.ipv4.ip_forward` as its file. With slashes between its parts a part may have dots, as a device (sysctl(8)). */
function path(name: string): string {
  return `/proc/sys/${name.includes("/") ? name : name.replaceAll(".", "/")}`;
}

/** Which router advertisements a device takes: 0 none, 1 all unless the machine forwards, 2 all (ip-sysctl.rst). */
export function acceptRaSysctl(device: string): string {
  return `net/ipv6/conf/${device}/accept_ra`;
}

/** The value without its newline; null where this kernel has no such parameter. */
export function readSysctl(name: string): string | null {
  try {
    return Deno.readTextFileSync(path(name)).trimEnd();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Throws a `PatronusError` that names the parameter. */
export function writeSysctl(name: string, value: string): void {
  try {
    Deno.writeTextFileSync(path(name), `${value}\n`, { create: false });
  } catch (error) {
    const denied = error instanceof Deno.errors.PermissionDenied;
    const reason = error instanceof Deno.errors.NotFound
      ? "this kernel has no such parameter"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new PatronusError(denied ? "permission" : "failed", `cannot set ${name} to ${value}: ${reason}`, {
      cause: error,
    });
  }
}
