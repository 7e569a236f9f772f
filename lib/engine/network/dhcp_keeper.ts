/** Runs a DHCP client on each device that is to have one, and puts what the leases bring into the kernel. */
import { NetlinkConnection, ROUTE } from "../../netlink/socket/connection.ts";
import { DhcpClient, type Lease, type LeaseEvent } from "../../services/dhcp/mod.ts";
import { bringLease } from "./lease.ts";

export interface DhcpKeeperOptions {
  readonly stateDir: string;
  readonly runDir: string;
  readonly report: (line: string) => void;
  /** Called when the kernel has what a lease of a device brought, or has it no longer. */
  readonly changed: (device: string) => Promise<void>;
}

export class DhcpKeeper {
  readonly #options: DhcpKeeperOptions;
  readonly #clients = new Map<string, DhcpClient>();
  /** What the kernel has of each device and family: `eth0 4`. */
  readonly #held = new Map<string, Lease>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DhcpKeeperOptions) {
    this.#options = options;
  }

  /** Clients on these devices, and on no others. A client that does not start is told, and tried again the next time. */
  async become(devices: ReadonlySet<string>): Promise<void> {
    for (const [device, client] of [...this.#clients]) {
      if (devices.has(device)) continue;
      this.#clients.delete(device);
      await client.stop({ release: true });
    }
    for (const device of devices) if (!this.#clients.has(device)) await this.#start(device);
    await this.#last;
  }

  /** Ends all clients; leases and what they brought stay until they expire. */
  async stop(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.stop()));
    this.#clients.clear();
    await this.#last;
  }

  async #start(device: string): Promise<void> {
    const { stateDir, runDir, report } = this.#options;
    const client = new DhcpClient({ device, stateDir, runDir, report: (event) => this.#take(event) });
    // What an earlier client got is still good.
    for (const lease of client.leases) {
      const { family } = lease;
      this.#take({ device, family, reason: "bound", lease, problems: [] });
    }
    try {
      await client.start();
      this.#clients.set(device, client);
    } catch (error) {
      report(`${device}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Events are taken one after the other. */
  #take(event: LeaseEvent): void {
    this.#last = this.#last.then(() => this.#bring(event)).catch((error) =>
      this.#options.report(`${event.device}: ${error instanceof Error ? error.message : String(error)}`)
    );
  }

  async #bring({ device, family, reason, lease, problems }: LeaseEvent): Promise<void> {
    const { report, changed } = this.#options;
    for (const problem of problems) report(`${device}: DHCP: ${problem}`);
    if (reason === "failed") return;
    const key = `${device} ${family}`;
    const before = this.#held.get(key) ?? null;
    using netlink = NetlinkConnection.open(ROUTE);
    const refusals = await bringLease(netlink, device, { before, after: lease }, Date.now() / 1000);
    for (const { message } of refusals) report(`${device}: DHCP: ${message}`);
    if (lease === null) this.#held.delete(key);
    else this.#held.set(key, lease);
    report(`${device}: lease for IPv${family} ${reason}`);
    await changed(device);
  }
}
