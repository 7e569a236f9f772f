/**
 * Tries one connection from where it runs, a program: `try 192.0.2.1` asks for an echo, `try 192.0.2.1 tcp 80` connects,
 * `try 192.0.2.1 udp 53` sends a datagram and waits for an answer. So the demo needs neither ping nor curl.
 */
import { parseAddress } from "../model/address.ts";
import { attempt } from "./attempt.ts";
import type { Attempt } from "./protocol.ts";

/** Milliseconds that an answer may take. */
const PATIENCE = 1000;
const USAGE = "usage: try ADDRESS, try ADDRESS tcp PORT, or try ADDRESS udp PORT";

/** What was asked for; null where the words make no sense. */
function read([address = "", protocol = "icmp", port = "0", ...more]: readonly string[]): Attempt | null {
  if (parseAddress(address) === null || more.length > 0 || !/^\d{1,5}$/.test(port)) return null;
  if (protocol !== "icmp" && protocol !== "tcp" && protocol !== "udp") return null;
  if ((protocol === "icmp") !== (port === "0")) return null;
  return { protocol, address, port: Number(port), timeout: PATIENCE };
}

const ask = read(Deno.args);
if (ask === null) {
  console.error(USAGE);
  Deno.exit(2);
}
const { result, errno, milliseconds } = await attempt(ask);
const what = ask.protocol === "icmp" ? ask.address : `${ask.address} ${ask.protocol} ${ask.port}`;
const time = `after ${milliseconds.toFixed(1)} ms`;
const WORDS = {
  accepted: `${what} answers ${time}`,
  rejected: `${what} refuses ${time}: ${errno ?? ""}`,
  dropped: `${what}: nothing comes back`,
};
console.log(WORDS[result]);
Deno.exit(result === "accepted" ? 0 : 1);
