/** Programs that a network takes. */
import type { NetworkState } from "../../features/network_state.ts";
import { requireProgram } from "../../services/program.ts";

/** Throws a `PatronusError` that names the packages where one is missing: nothing may be changed then. */
export function requirePrograms({ links }: NetworkState): void {
  const leased = links.find(({ dhcp }) => dhcp);
  if (leased === undefined) return;
  requireProgram("dhcpcd", `DHCP on ${leased.device}`, { debian: "dhcpcd-base", gentoo: "net-misc/dhcpcd" });
}
