/** DHCP on devices of this machine: clients that Patronus runs and watches, and the leases they bring. */
export { DhcpClient, type DhcpClientOptions } from "./client.ts";
export type { Lease, LeaseAddress, LeaseEvent, LeaseReason, LeaseRoute } from "./lease.ts";
export { readLeases } from "./lease_file.ts";
