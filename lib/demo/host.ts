/**
 * One namespace of the demo: the router, or a host. It does what it is asked over standard input and ends with it, so
 * that nothing of the demo outlives the process that began it.
 */
import { type Address, type Family, parseAddress, parseInterfaceAddress, type Prefix } from "../model/address.ts";
import { NetlinkConnection, ROUTE } from "../netlink/socket/connection.ts";
import { submit } from "../netlink/socket/submit.ts";
import { findLink, setUp } from "../netlink/socket/link.ts";
import { newAddress } from "../netlink/wire/address.ts";
import { newLink } from "../netlink/wire/link.ts";
import { newRoute } from "../netlink/wire/route.ts";
import { writeSysctl } from "../services/sysctl.ts";
import { attempt } from "./attempt.ts";
import { readCounters } from "./counters.ts";
import { load } from "./load.ts";
import { type Answer, type Configuration, type Job, type Jobs, lines, type Request } from "./protocol.ts";
import { serve } from "./server.ts";

const JOBS: { readonly [J in Job]: (ask: Jobs[J]["ask"]) => Promise<Jobs[J]["answer"]> } = {
  cable: async ({ device, index, peer }) => {
    using netlink = NetlinkConnection.open(ROUTE);
    await submit(netlink, newLink({ name: device, index, settings: { kind: "veth", peer } }));
    return null;
  },
  configure: async (configuration) => {
    await configure(configuration);
    return null;
  },
  serve: ({ title, ...services }) => {
    serve(services, title);
    return Promise.resolve(null);
  },
  attempt,
  count: readCounters,
  load: async (toml) => {
    await load(toml);
    return null;
  },
};

/** Makes a fresh namespace usable at once. */
async function prepare(): Promise<void> {
  // Nobody else is on these cables: asking whether an address is taken (RFC 4862) would cost a second or two.
  writeSysctl("net.ipv6.conf.default.accept_dad", "0");
  // Lets the namespace's root open echo sockets (icmp(7)).
  writeSysctl("net.ipv4.ping_group_range", "0 0");
  // One refusal a second (RFC 1812, section 4.3.2.8) would turn those of quick attempts into silence.
  writeSysctl("net.ipv4.icmp_ratelimit", "0");
  writeSysctl("net.ipv6.icmp.ratelimit", "0");
  using netlink = NetlinkConnection.open(ROUTE);
  await setUp(netlink, "lo");
}

/** Gives a device its addresses, brings it up and points default routes at the gateways. */
async function configure({ device, addresses, gateways }: Configuration): Promise<void> {
  using netlink = NetlinkConnection.open(ROUTE);
  const { index } = await findLink(netlink, device);
  for (const text of addresses) {
    const { family, value, length } = interfaceAddress(text);
    const address = { device: index, address: { family, value }, length, unchecked: family === 6 };
    await submit(netlink, newAddress(address));
  }
  await setUp(netlink, device);
  for (const text of gateways) {
    const gateway = parsed(text);
    const hops = [{ gateway, device: index }];
    await submit(netlink, newRoute({ destination: everywhere(gateway.family), hops }));
  }
}

function interfaceAddress(text: string): Prefix {
  const prefix = parseInterfaceAddress(text);
  if (prefix === null) throw new Error(`${text} is no address with a prefix length`);
  return prefix;
}

function parsed(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return address;
}

function everywhere(family: Family): Prefix {
  return { family, value: 0n, length: 0 };
}

async function carryOut<J extends Job>({ job, ask }: Request<J>): Promise<Answer<J>> {
  try {
    return { done: await JOBS[job](ask) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

async function say(answer: Answer): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(answer)}\n`);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

if (import.meta.main) {
  // The terminal's Ctrl-C reaches every process of the demo; it is the first one's to answer.
  Deno.addSignalListener("SIGINT", () => {});
  try {
    await prepare();
    await say({ done: null });
    for await (const line of lines(Deno.stdin.readable)) await say(await carryOut(JSON.parse(line) as Request));
  } catch (error) {
    await say({ failed: error instanceof Error ? error.message : String(error) });
  }
  Deno.exit(0);
}
