/** Packets for counters to count. */
import { createSocket } from "node:dgram";

/** Sends a datagram to each port over loopback, which it brings up. */
export async function send(ports: readonly number[]): Promise<void> {
  new Deno.Command("ip", { args: ["link", "set", "lo", "up"] }).outputSync();
  const socket = createSocket("udp4");
  for (const port of ports) {
    await new Promise<void>((resolve) => socket.send(new Uint8Array(8), port, "127.0.0.1", () => resolve()));
  }
  socket.close();
}
