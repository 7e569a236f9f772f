/**
 * Sends datagrams as fast as it can until its input ends: `flood.ts ADDRESS PORT`, of IPv4. Prints a line when it has
 * begun, and in the end how many it sent: each of them has passed the output hook once.
 */
import { parseAddress } from "../../lib/model/address.ts";
import { errno, libc } from "../../lib/netlink/socket/libc.ts";
import { LITTLE_ENDIAN } from "../../lib/netlink/wire/attribute.ts";
import { addressBytes, AF } from "../../lib/netlink/wire/inet.ts";

/** SOCK_DGRAM with SOCK_CLOEXEC (linux/net.h). */
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
/** Datagrams between two looks at the input. */
const BURST = 4096;

const address = parseAddress(Deno.args[0] ?? "");
if (address === null) throw new Error("which address?");
// struct sockaddr_in: family, port, address, padding.
const to = new Uint8Array(16);
const view = new DataView(to.buffer);
view.setUint16(0, AF[4], LITTLE_ENDIAN);
view.setUint16(2, Number(Deno.args[1]));
to.set(addressBytes(address), 4);
const socket = libc().socket(AF[4], SOCK_DGRAM_CLOEXEC, 0);
const payload = new Uint8Array(8);

let ended = false;
void Deno.stdin.readable.pipeTo(new WritableStream()).finally(() => ended = true);
let sent = 0;
while (!ended) {
  for (let left = BURST; left > 0; left--) {
    if (libc().sendto(socket, payload, BigInt(payload.length), 0, to, to.length) < 0) {
      throw new Error(`cannot send a datagram: errno ${errno()}`);
    }
  }
  if (sent === 0) console.log("begun");
  sent += BURST;
  await new Promise((resolve) => setTimeout(resolve, 0));
}
console.log(sent);
