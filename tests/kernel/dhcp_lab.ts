/**
 * A DHCP server behind a cable, in a namespace of its own, and what the client under test says. The server is dnsmasq with its
 * own configuration and files; dhcpcd gets a /run and a /var/lib/dhcpcd of its own, so that the machine's are left alone.
 */
import { endChildren, spawn } from "../../lib/demo/children.ts";
import { type Family, formatPrefix } from "../../lib/model/address.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { listAddresses } from "../../lib/netlink/socket/address.ts";
import { changeLink, findLink } from "../../lib/netlink/socket/link.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import { delAddress, newAddress } from "../../lib/netlink/wire/address.ts";
import { newLink } from "../../lib/netlink/wire/link.ts";
import {
  DhcpClient,
  type DhcpClientOptions,
  type Lease,
  type LeaseEvent,
  type LeaseReason,
} from "../../lib/services/dhcp/mod.ts";
import { findProgram } from "../../lib/services/program.ts";
import { writeSysctl } from "../../lib/services/sysctl.ts";

/** Devices at the client's and at the server's end. */
export const DEVICE = "wan";
const SERVER_DEVICE = "dhcp-server";

/** Milliseconds in which whatever is waited for must have come: dhcpcd asks again after 3 to 5 s, and probes for 5 s. */
const BOUND = 45_000;

export class DhcpLab {
  readonly events: LeaseEvent[] = [];
  readonly #directory = Deno.makeTempDirSync({ prefix: "patronus-dhcp-" });
  readonly #path = Deno.env.get("PATH") ?? "";
  #heard: () => void = () => {};
  #server: Deno.ChildProcess | null = null;

  private constructor(readonly namespace: number) {}

  static async start(): Promise<DhcpLab> {
    const holder = spawn(["unshare", "--net", "cat"], { stdin: "piped", stdout: "piped" });
    // `cat` answers only when the namespace is there.
    await write(holder.stdin, "\n");
    await firstOutput(holder.stdout, "");
    const lab = new DhcpLab(holder.pid);
    using netlink = NetlinkConnection.open(ROUTE);
    writeSysctl("net.ipv6.conf.default.accept_dad", "0");
    const peer = { name: SERVER_DEVICE, namespace: holder.pid };
    await submit(netlink, newLink({ name: DEVICE, settings: { kind: "veth", peer } }));
    await lab.#ip("link set lo up");
    await lab.#ip(`addr add 192.0.2.1/24 dev ${SERVER_DEVICE}`);
    await lab.plug(true);
    lab.#wrapProgram();
    return lab;
  }

  get directories(): { runDir: string; stateDir: string } {
    return { runDir: `${this.#directory}/run`, stateDir: `${this.#directory}/state` };
  }

  /** Puts another dhcpcd in front: the machine's own, in a mount namespace. */
  #wrapProgram(): void {
    const state = `${this.#directory}/dhcpcd`;
    Deno.mkdirSync(state, { mode: 0o755 });
    Deno.mkdirSync(`${this.#directory}/bin`);
    const mounts = `mount -t tmpfs none /run && mount --bind ${state} /var/lib/dhcpcd`;
    const script = `exec unshare --mount sh -c '${mounts} && exec ${findProgram("dhcpcd")} "$@"' dhcpcd "$@"`;
    Deno.writeTextFileSync(`${this.#directory}/bin/dhcpcd`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    Deno.env.set("PATH", `${this.#directory}/bin:${this.#path}`);
  }

  /** Starts the server, in the place of one that runs. `options` are lines of dnsmasq.conf. */
  async serve(...options: string[]): Promise<void> {
    const file = `${this.#directory}/dnsmasq.conf`;
    const lines = [
      "port=0",
      "no-resolv",
      "no-hosts",
      "user=root",
      "no-ping",
      "dhcp-authoritative",
      `interface=${SERVER_DEVICE}`,
      "bind-interfaces",
      `dhcp-leasefile=${this.#directory}/leases`,
      `pid-file=${this.#directory}/dnsmasq.pid`,
      "log-facility=-",
      ...options,
    ];
    Deno.writeTextFileSync(file, `${lines.join("\n")}\n`);
    await this.#startServer(["dnsmasq", "--keep-in-foreground", `--conf-file=${file}`]);
  }

  /** As `serve`, with leases of so many seconds: dnsmasq lends for two minutes at least, udhcpd as it is told. */
  async serveBriefly(lease: number): Promise<void> {
    const file = `${this.#directory}/udhcpd.conf`;
    const lines = [
      "start 192.0.2.60",
      "end 192.0.2.69",
      `interface ${SERVER_DEVICE}`,
      `lease_file ${this.#directory}/udhcpd.leases`,
      `pidfile ${this.#directory}/udhcpd.pid`,
      `min_lease ${lease}`,
      `option lease ${lease}`,
      "option subnet 255.255.255.0",
    ];
    Deno.writeTextFileSync(file, `${lines.join("\n")}\n`);
    Deno.writeTextFileSync(`${this.#directory}/udhcpd.leases`, "");
    await this.#startServer(["busybox", "udhcpd", "-f", file]);
  }

  async #startServer(words: readonly string[]): Promise<void> {
    await this.endServer();
    this.#server = spawn([...this.#inside(), ...words], { stdin: "null", stdout: "null", stderr: "piped" });
    await firstOutput(this.#server.stderr, "started");
  }

  async endServer(): Promise<void> {
    this.#server?.kill("SIGTERM");
    await this.#server?.status;
    this.#server = null;
  }

  /** What the server has lent, as lines of its file. */
  get lent(): string[] {
    // The line of the server's own DUID aside.
    return Deno.readTextFileSync(`${this.#directory}/leases`).split("\n").filter((line) => /^\d+ /.test(line));
  }

  /** Starts a client, which ends with its test. */
  async run(options: Partial<DhcpClientOptions> = {}): Promise<DhcpClient & AsyncDisposable> {
    this.events.length = 0;
    const report = (event: LeaseEvent) => {
      this.events.push(event);
      this.#heard();
    };
    const client = new DhcpClient({ device: DEVICE, ...this.directories, report, ...options });
    await client.start();
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.stop() });
  }

  /** Waits for an event of a family, and forgets those before it. Throws where it does not come. */
  async event(reason: LeaseReason, family: Family): Promise<LeaseEvent> {
    return (await this.#wait(reason, [family]))[0]!;
  }

  /** Waits for an event of each family, in whichever order they come. */
  async both(reason: LeaseReason): Promise<Record<Family, LeaseEvent>> {
    const [four, six] = await this.#wait(reason, [4, 6]);
    return { 4: four!, 6: six! };
  }

  async #wait(reason: LeaseReason, families: readonly Family[]): Promise<LeaseEvent[]> {
    const signal = AbortSignal.timeout(BOUND);
    for (;;) {
      const places = families.map((family) =>
        this.events.findIndex((event) => event.reason === reason && event.family === family)
      );
      if (!places.includes(-1)) {
        const found = places.map((place) => this.events[place]!);
        this.events.splice(0, Math.max(...places) + 1);
        return found;
      }
      await new Promise<void>((resolve, reject) => {
        this.#heard = resolve;
        const words = `no ${reason} of IPv${families.join(" and IPv")} came, but ${Deno.inspect(this.events)}`;
        signal.onabort = () => reject(new Error(words));
      });
    }
  }

  /** Gives the device exactly the addresses of a lease, as Patronus would. */
  async configure(lease: Lease | null): Promise<void> {
    using netlink = NetlinkConnection.open(ROUTE);
    const { index } = await findLink(netlink, DEVICE);
    for (const address of (await listAddresses(netlink)).filter(({ device }) => device === index)) {
      if (address.scope === "global") await submit(netlink, delAddress(address));
    }
    for (const { address, length } of lease?.addresses ?? []) {
      const unchecked = address.family === 6;
      await submit(netlink, newAddress({ device: index, address, length, unchecked }));
    }
  }

  /** Addresses of the device but the link's own, as `192.0.2.7/24`. */
  async addresses(): Promise<string[]> {
    using netlink = NetlinkConnection.open(ROUTE);
    const { index } = await findLink(netlink, DEVICE);
    return (await listAddresses(netlink)).filter(({ device, scope }) => device === index && scope === "global")
      .map(({ address, length }) => formatPrefix({ ...address, length }));
  }

  /** Puts the cable in, or pulls it. */
  async plug(up: boolean): Promise<void> {
    await this.#ip(`link set ${SERVER_DEVICE} ${up ? "up" : "down"}`);
    // A device that goes down loses its IPv6 addresses.
    if (up) await this.#ip(`addr add 2001:db8::1/64 dev ${SERVER_DEVICE} nodad`);
  }

  async close(): Promise<void> {
    Deno.env.set("PATH", this.#path);
    await this.endServer();
    await endChildren();
    using netlink = NetlinkConnection.open(ROUTE);
    await changeLink(netlink, DEVICE, { up: false });
    Deno.removeSync(this.#directory, { recursive: true });
  }

  #inside(): string[] {
    return ["nsenter", "--target", String(this.namespace), "--net"];
  }

  async #ip(words: string): Promise<void> {
    const [program = "", ...args] = [...this.#inside(), "ip", ...words.split(" ")];
    const { success, stderr } = await new Deno.Command(program, { args }).output();
    if (!success) throw new Error(`ip ${words}: ${new TextDecoder().decode(stderr)}`);
  }
}

/** Processes of dhcpcd in this network namespace. */
export function dhcpcdProcesses(): number[] {
  const own = Deno.readLinkSync("/proc/self/ns/net");
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).filter(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${name}/comm`) === "dhcpcd\n" &&
        /^State:\t[^ZX]/m.test(Deno.readTextFileSync(`/proc/${name}/status`)) &&
        Deno.readLinkSync(`/proc/${name}/ns/net`) === own;
    } catch {
      return false;
    }
  }).map(({ name }) => Number(name));
}

/** Waits until no process of dhcpcd is left in this network namespace; gives back those that are after all. */
export async function remainingProcesses(): Promise<number[]> {
  for (let waited = 0; waited < BOUND && dhcpcdProcesses().length > 0; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return dhcpcdProcesses();
}

async function write(to: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = to.getWriter();
  await writer.write(new TextEncoder().encode(text));
  writer.releaseLock();
}

/** Reads until the words come; what comes later is thrown away. */
async function firstOutput(from: ReadableStream<Uint8Array<ArrayBuffer>>, words: string): Promise<void> {
  const reader = from.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  for (let part = await reader.read();; part = await reader.read()) {
    if (part.done) throw new Error(`it ended with ${seen}`);
    seen += part.value;
    if (seen.includes(words)) break;
  }
  void (async () => {
    while (!(await reader.read()).done);
  })();
}
