/** The caller's own session, and what the kernel knows of it. */
import { type Address, BITS, formatAddress, parseAddress } from "../model/address.ts";
import { findConnection } from "../netlink/socket/conntrack.ts";
import { type Netlink, NetlinkConnection, ROUTE } from "../netlink/socket/connection.ts";
import { listAddresses } from "../netlink/socket/address.ts";
import { listLinks } from "../netlink/socket/link.ts";
import { findRoute } from "../netlink/socket/route.ts";
import type { DeviceAddress } from "../netlink/wire/address.ts";
import type { TrackedConnection } from "../netlink/wire/conntrack.ts";
import { NetlinkError } from "../netlink/wire/error.ts";

/** A TCP session with this machine, as `SSH_CONNECTION` says it. */
export interface CallerSession {
  /** Address of the client, perhaps as `fe80::1%eth0` or `::ffff:192.0.2.1`. */
  readonly from: string;
  /** Address of this machine. */
  readonly to: string;
  /** Port of this machine. */
  readonly port: number;
  /** Port of the client, where it is known. */
  readonly fromPort?: number;
}

/** What decides whether packets of the session pass. */
export interface SessionFacts {
  readonly client: Address;
  readonly clientPort?: number;
  readonly server: Address;
  readonly port: number;
  /** What the client called: another address or port than the server's where it was translated. */
  readonly called: { readonly address: Address; readonly port: number };
  /** Device that the client's packets come in by; `lo` for a client on this machine. */
  readonly device: string;
  /** Devices that answers leave by; none where no route leads back. */
  readonly wayBack: readonly string[];
  readonly own: readonly Address[];
  /** The connection as conntrack has it; null where it has none. */
  readonly tracked: { readonly direction: "original" | "reply"; readonly status: number; readonly mark: number } | null;
}

/** IANA number. */
const TCP = 6;
/** ::ffff:0:0/96, IPv4 addresses in IPv6 (RFC 4291, section 2.5.5.2). */
const MAPPED = 0xffffn;
/** fe80::/10. */
const LINK_LOCAL = 0xfe80n >> 6n;

/** An address with the device that it is on, where it says so. */
export function parseEnd(text: string): { readonly address: Address; readonly zone?: string } | null {
  const [bare = "", zone] = text.split("%");
  const address = parseAddress(bare);
  if (address === null) return null;
  const mapped = address.family === 6 && address.value >> 32n === MAPPED;
  const plain: Address = mapped ? { family: 4, value: address.value & 0xffffffffn } : address;
  return zone === undefined || zone === "" ? { address: plain } : { address: plain, zone };
}

/** Asks the kernel. Gives a string that says why where the session's ends tell nothing. */
export async function readSession(session: CallerSession, netfilter: Netlink): Promise<SessionFacts | string> {
  const { port, fromPort } = session;
  const [client, server] = [parseEnd(session.from), parseEnd(session.to)];
  if (client === null) return `its client ${session.from} is no address`;
  if (server === null) return `its server ${session.to} is no address`;
  if (client.address.family !== server.address.family) return `${session.from} and ${session.to} are of two families`;
  using route = NetlinkConnection.open(ROUTE);
  const addresses = await listAddresses(route);
  const names = new Map((await listLinks(route)).map(({ index, name }) => [index, name]));
  const own = addresses.map(({ address }) => address);
  if (!isOwn(own, server.address)) return `${session.to} is no address of this machine`;

  const tracked = fromPort === undefined ? null : await tracking(netfilter, {
    source: server.address,
    destination: client.address,
    protocol: TCP,
    sourcePort: port,
    destinationPort: fromPort,
  });
  const known = { client: client.address, server: server.address, port, own, ...trackedAs(tracked, client.address) };
  const more = fromPort === undefined ? {} : { clientPort: fromPort };
  const called = calledEnd(tracked, client.address) ?? { address: server.address, port };
  if (isOwn(own, client.address)) return { ...known, ...more, called, device: "lo", wayBack: ["lo"] };
  const zone = deviceOf(client.zone ?? server.zone, names);
  const wayBack = await devicesBack(route, client.address, server.address, zone);
  const back = wayBack.map((device) => names.get(device) ?? "");
  const arrival = zone ?? linkBetween(addresses, client.address, server.address) ?? wayBack[0];
  const device = arrival === undefined ? undefined : names.get(arrival);
  if (device === undefined) return `no route leads to ${formatAddress(client.address)}`;
  return { ...known, ...more, called, device, wayBack: back };
}

/** Whether an address is this machine's. */
export function isOwn(own: readonly Address[], { family, value }: Address): boolean {
  // 127.0.0.0/8 as a whole (RFC 1122, section 3.2.1.3).
  if (family === 4 && value >> 24n === 127n) return true;
  return own.some((one) => one.family === family && one.value === value);
}

/** A zone is a device's name or index (RFC 4007, section 11.2). */
function deviceOf(zone: string | undefined, names: ReadonlyMap<number, string>): number | undefined {
  for (const [index, name] of names) if (zone === name || zone === String(index)) return index;
  return undefined;
}

/** Where the client is on the link that the server's address belongs to, it comes in there, wherever the way back leads. */
function linkBetween(addresses: readonly DeviceAddress[], client: Address, server: Address): number | undefined {
  const link = addresses.find(({ address, length }) => {
    const hosts = BigInt(BITS[address.family] - length);
    return address.family === server.family && address.value === server.value &&
      address.value >> hosts === client.value >> hosts;
  });
  return link?.device;
}

async function devicesBack(
  route: Netlink,
  client: Address,
  server: Address,
  zone: number | undefined,
): Promise<readonly number[]> {
  const linkLocal = client.family === 6 && client.value >> 118n === LINK_LOCAL;
  const lookup = linkLocal && zone !== undefined
    ? { destination: client, device: zone }
    : { destination: client, source: server };
  const found = await findRoute(route, lookup);
  if (found?.type !== "unicast") return [];
  return found.hops.flatMap(({ device }) => device === undefined ? [] : [device]);
}

/** What conntrack has; nothing where this kernel does not say. */
async function tracking(
  netfilter: Netlink,
  tuple: Parameters<typeof findConnection>[1],
): Promise<TrackedConnection | null> {
  try {
    return await findConnection(netfilter, tuple);
  } catch (error) {
    if (error instanceof NetlinkError) return null;
    throw error;
  }
}

const same = (a: Address, b: Address) => a.family === b.family && a.value === b.value;

function trackedAs(connection: TrackedConnection | null, client: Address): Pick<SessionFacts, "tracked"> {
  if (connection === null) return { tracked: null };
  const { status, mark, original } = connection;
  return { tracked: { direction: same(original.source, client) ? "original" : "reply", status, mark } };
}

function calledEnd(connection: TrackedConnection | null, client: Address): SessionFacts["called"] | null {
  if (connection === null || !same(connection.original.source, client)) return null;
  return { address: connection.original.destination, port: connection.original.destinationPort };
}
