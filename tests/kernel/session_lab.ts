/** TCP sessions from a client's namespace to this one, to see whether they live. */
import type { Outcome } from "../../lib/demo/protocol.ts";
import { endChildren } from "../../lib/demo/children.ts";
import { lines } from "../../lib/demo/protocol.ts";
import { Station } from "../../lib/demo/station.ts";
import { NetlinkConnection, ROUTE } from "../../lib/netlink/socket/connection.ts";
import { submit } from "../../lib/netlink/socket/submit.ts";
import { findLink, setUp } from "../../lib/netlink/socket/link.ts";
import { newAddress } from "../../lib/netlink/wire/address.ts";
import { newLink } from "../../lib/netlink/wire/link.ts";
import { newRoute } from "../../lib/netlink/wire/route.ts";
import { writeSysctl } from "../../lib/services/sysctl.ts";
import { address, prefix } from "../addresses.ts";

const CLIENT = new URL("./session_client.ts", import.meta.url).pathname;
/** Milliseconds in which a line must have come through: TCP tries again after 0.2, 0.4 and 0.8 s (RFC 6298). */
const HEARD = 2500;

/** A cable between this namespace and the client's. */
export interface Cable {
  /** Device at this end; the client's has `c-` in front. */
  readonly device: string;
  readonly index: number;
  /** With their lengths. */
  readonly own: readonly string[];
  readonly client: readonly string[];
}

export class SessionLab {
  readonly #sessions: ClientSession[] = [];
  readonly #listener: Deno.TcpListener;
  /** What was accepted, attempts among it. */
  readonly #accepted: Deno.TcpConn[] = [];
  readonly #accepting: Promise<void>;
  #open = true;

  private constructor(readonly station: Station, readonly port: number) {
    this.#listener = Deno.listen({ hostname: "::", port });
    this.#accepting = this.#accept();
  }

  async #accept(): Promise<void> {
    while (this.#open) {
      try {
        this.#accepted.push(await this.#listener.accept());
      } catch { /* An attempt that was reset before it was accepted, or the end. */ }
    }
  }

  /** Lays the cables and listens on a port of this namespace. */
  static async start(cables: readonly Cable[], port: number): Promise<SessionLab> {
    const station = await Station.start("client", ["unshare", "--net"]);
    using netlink = NetlinkConnection.open(ROUTE);
    await setUp(netlink, "lo");
    writeSysctl("net.ipv6.conf.default.accept_dad", "0");
    // Packets may come in by another device than the way back leads out of.
    const off = "for each in all default; do echo 0 > /proc/sys/net/ipv4/conf/$each/rp_filter; done";
    for (const words of [["sh", "-c", off], inside(station, "sh", "-c", off)]) await run(words);
    for (const { device, index, own, client } of cables) {
      const peer = `c-${device}`;
      const end = { name: peer, namespace: station.pid };
      await submit(netlink, newLink({ name: device, index, settings: { kind: "veth", peer: end } }));
      for (const text of own) {
        const { family, value } = address(text.split("/")[0] ?? "");
        const length = Number(text.split("/")[1]);
        const wanted = { device: index, address: { family, value }, length, unchecked: family === 6 };
        await submit(netlink, newAddress(wanted));
      }
      await setUp(netlink, device);
      await station.ask("configure", { device: peer, addresses: client, gateways: [] });
    }
    return new SessionLab(station, port);
  }

  /** Adds a route here. */
  async route(to: string, device: string): Promise<void> {
    using netlink = NetlinkConnection.open(ROUTE);
    const hops = [{ device: (await findLink(netlink, device)).index }];
    await submit(netlink, newRoute({ destination: prefix(to), hops }));
  }

  /** Tries a new connection from the client to an address and port of this namespace. */
  attempt(to: string, port = this.port): Promise<Outcome> {
    return this.station.ask("attempt", { protocol: "tcp", address: to, port, timeout: 700 });
  }

  /** Begins a session from the client. `to` and `port` are what it calls. */
  async open(to: string, port = this.port): Promise<ClientSession> {
    const client = await Client.begin(this.station, to, port);
    for (let tries = 0; tries < 100; tries++) {
      const server = this.#accepted.find(({ remoteAddr }) => remoteAddr.port === client.port);
      if (server === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      const session = new ClientSession(client, server);
      this.#sessions.push(session);
      return session;
    }
    throw new Error(`a session to ${to} port ${port} was never accepted`);
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) await session.close();
    this.#open = false;
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#accepted) connection.close();
    await endChildren();
  }
}

/** A command in the client's namespace. */
function inside({ pid }: Station, ...words: readonly string[]): string[] {
  return ["nsenter", "--target", String(pid), "--net", ...words];
}

async function run([program = "", ...args]: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null", stderr: "piped" }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** The program at the client's end. */
class Client {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #heard: AsyncGenerator<string>;
  #next: Promise<IteratorResult<string>> | undefined;

  private constructor(child: Deno.ChildProcess, heard: AsyncGenerator<string>, readonly port: number) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#heard = heard;
  }

  static async begin(station: Station, to: string, port: number): Promise<Client> {
    const [program = "", ...args] = inside(station, Deno.execPath(), "run", "-A", "--quiet", CLIENT, to, String(port));
    const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
    const heard = lines(child.stdout);
    const { value = "", done } = await heard.next();
    if (done) throw new Error(`no session to ${to} port ${port}`);
    return new Client(child, heard, Number(value.split(" ")[1]));
  }

  async speak(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("hello\n")).catch(() => {});
  }

  /** Whether a line comes; not where the session has ended. */
  async hears(): Promise<boolean> {
    this.#next ??= this.#heard.next();
    const { done } = await this.#next;
    this.#next = undefined;
    return done !== true;
  }

  async close(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* It has ended. */ }
    await this.#child.status;
    await this.#input.abort().catch(() => {});
    await this.#next?.catch(() => {});
    await this.#heard.return(undefined);
  }
}

/** Both ends of a session. */
export class ClientSession {
  /** As sshd would say them in SSH_CONNECTION. */
  readonly ends: { readonly from: string; readonly fromPort: number; readonly to: string; readonly port: number };

  constructor(readonly client: Client, readonly server: Deno.TcpConn) {
    const { hostname: to, port } = server.localAddr;
    this.ends = { from: server.remoteAddr.hostname, fromPort: client.port, to, port };
  }

  /** As the environment variable. */
  get variable(): string {
    const { from, fromPort, to, port } = this.ends;
    return `${from} ${fromPort} ${to} ${port}`;
  }

  /** The client sends a line; whether it gets here. */
  async clientSpeaks(): Promise<boolean> {
    await this.client.speak();
    const read = this.server.read(new Uint8Array(100)).catch(() => null);
    return await soon(read.then((bytes) => bytes !== null));
  }

  /** This end sends a line; whether the client gets it. */
  async serverSpeaks(): Promise<boolean> {
    try {
      await this.server.write(new TextEncoder().encode("welcome\n"));
    } catch {
      return false;
    }
    return await soon(this.client.hears());
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** False where it takes too long; what waits then ends with its session. */
async function soon(wait: Promise<boolean>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), HEARD));
  try {
    return await Promise.race([wait, late]);
  } finally {
    clearTimeout(timer);
  }
}
