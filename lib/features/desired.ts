/** What a document asks of the machine. */
import type { NetworkState, ResolverState } from "./network_state.ts";
import type { Table } from "../nft/ruleset.ts";

export interface Desired {
  readonly table: Table;
  /** Values by their dotted name, as `net.ipv4.ip_forward`. */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly network: NetworkState;
  readonly resolver: ResolverState;
}
