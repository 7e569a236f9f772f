/** What hosts of the demo answer: who they are and whom they see, in a line of HTTP over TCP and a datagram over UDP. */
import type { Services } from "./topology.ts";

type End = Pick<Deno.NetAddr, "hostname" | "port">;

/** Listens on every address of this namespace, until the process ends. */
export function serve({ tcp, udp }: Services, title: string): void {
  // "::" takes IPv4 as well (net.ipv6.bindv6only is off in a new namespace).
  for (const port of tcp) void greet(Deno.listen({ hostname: "::", port }), title);
  // Bound to one address, a socket answers from the one that was asked.
  for (const hostname of ownAddresses()) {
    for (const port of udp) {
      void reply(Deno.listenDatagram({ transport: "udp", hostname, port }), title, { hostname, port });
    }
  }
}

/** Addresses of this namespace but those that are good for one link only. */
function ownAddresses(): string[] {
  return Deno.networkInterfaces().map(({ address }) => address).filter((address) => !address.startsWith("fe80:"));
}

function introduction(title: string, here: End, there: End): string {
  return `This is ${title}, ${place(here)}. You come from ${place(there)}.\n`;
}

function place({ hostname, port }: End): string {
  return `${hostname.replace(/^::ffff:/, "")} port ${port}`;
}

async function greet(listener: Deno.Listener, title: string): Promise<void> {
  while (true) {
    // Whoever knocked and went at once leaves an error instead of a connection.
    const connection = await listener.accept().catch(() => null);
    if (connection !== null) void greetOne(connection, title);
  }
}

async function greetOne(connection: Deno.Conn, title: string): Promise<void> {
  try {
    if (await connection.read(new Uint8Array(4096)) === null) return;
    const body = introduction(title, connection.localAddr as Deno.NetAddr, connection.remoteAddr as Deno.NetAddr);
    const head = `HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head + body));
  } catch {
    // The other side has gone.
  } finally {
    connection.close();
  }
}

async function reply(socket: Deno.DatagramConn, title: string, here: End): Promise<void> {
  for await (const [, sender] of socket) {
    const text = introduction(title, here, sender as Deno.NetAddr);
    await socket.send(new TextEncoder().encode(text), sender).catch(() => 0);
  }
}
