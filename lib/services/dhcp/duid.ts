/** The name by which DHCPv6 servers know this machine (RFC 8415, section 11). It is made once and kept. */
import { atomicWrite } from "../file.ts";

/** DUID-UUID (RFC 6355): type 4 in two bytes, then the sixteen of a UUID. */
const DUID = /^00:04(:[0-9a-f]{2}){16}$/;

/** Reads the DUID in a file as `00:04:…`, or makes one there. Throws a `PatronusError` where that cannot be. */
export function keptDuid(file: string): string {
  const kept = read(file);
  if (DUID.test(kept)) return kept;
  const bytes = [0, 4, ...crypto.getRandomValues(new Uint8Array(16))];
  const made = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  atomicWrite(file, `${made}\n`, 0o600);
  return made;
}

function read(file: string): string {
  try {
    return Deno.readTextFileSync(file).trim();
  } catch {
    return "";
  }
}
