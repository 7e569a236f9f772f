/** What hosts of the demo answer: a line of HTTP over TCP, the same bytes back over UDP. */
import type { Services } from "./topology.ts";

/** Listens on every address of this namespace, until the process ends. */
export function serve({ tcp, udp }: Services, title: string): void {
  // "::" takes IPv4 as well (net.ipv6.bindv6only is off in a new namespace).
  for (const port of tcp) void greet(Deno.listen({ hostname: "::", port }), title);
  for (const port of udp) void echo(Deno.listenDatagram({ transport: "udp", hostname: "::", port }));
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
    const { hostname } = connection.remoteAddr as Deno.NetAddr;
    const body = `This is ${title}. You come from ${hostname.replace(/^::ffff:/, "")}.\n`;
    const head = `HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head + body));
  } catch {
    // The other side has gone.
  } finally {
    connection.close();
  }
}

async function echo(socket: Deno.DatagramConn): Promise<void> {
  for await (const [packet, sender] of socket) await socket.send(packet, sender).catch(() => 0);
}
