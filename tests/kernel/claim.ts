/**
 * Claims about connections, as sentences:
 *
 *     lan -> wan tcp 80: accepted by web
 *     lan.11 port 4000 -> dmz udp 53: dropped by default-forward
 *     lan -> wan ping: rejected EHOSTUNREACH|EACCES by no-ping
 *     wan -> 203.0.113.1 tcp 8080: accepted by web via web-in; dmz port 80 sees wan
 *
 *     lan -> nobody esp: dropped by tunnel
 *
 * `fe80::1%103` is an address of the link behind the device with index 103 (`lib/demo/topology.ts`).
 *
 * A place means its addresses of both families, and such a claim holds for each of them; where `|` stands, IPv4 is before
 * it and IPv6 behind it. `by` names the filter rules that counted the packet, or `nothing`; `via` the NAT rules. Behind
 * the semicolon stands which server answered, and which address and port it took for the client's.
 */
import { type Address, type Family, parseAddress } from "../../lib/model/address.ts";
import { PROTOCOLS } from "../../lib/features/traffic.ts";
import { parseEndpoint } from "../../lib/model/endpoint.ts";
import { parsePorts } from "../../lib/model/port.ts";
import type { Attempt } from "../../lib/demo/protocol.ts";
import type { Observation } from "../../lib/demo/trial.ts";
import { type Machine, PLACES } from "./places.ts";

/**
 * Milliseconds to wait where no answer should come, and where one should. The second is long enough for TCP's second try
 * (after 1000, RFC 6298): between machines as near as these, an ICMP error can come while connect(2) still holds its
 * socket, and is then passed over (LockDroppedIcmps in tcp_v6_err of net/ipv6/tcp_ipv6.c).
 */
const SILENCE = 300;
const PATIENCE = 3000;

const FORM = new RegExp(
  String.raw`^(?<from>\S+)(?: port (?<fromPort>\d+))? -> (?<to>\S+) ` +
    String.raw`(?:(?<protocol>tcp|udp|icmp|icmpv6|sctp) (?<number>\d+)|(?<portless>esp|ah|gre)|ping): ` +
    String.raw`(?<result>accepted|dropped|rejected (?<errno>[A-Z|]+)) by (?<rules>[\w-]+(?:, [\w-]+)*)` +
    String.raw`(?: via (?<translations>[\w-]+(?:, [\w-]+)*))?` +
    String.raw`(?:; (?<server>\S+)(?: port (?<serverPort>\d+))? sees (?<client>\S+)(?: port (?<clientPort>[\d-]+))?)?$`,
);

/** One end of a connection as the server sees it; parts that a claim says nothing about are left out. */
interface End {
  /** An address or a range of them. */
  readonly address: string;
  readonly port: string | undefined;
}

interface Verdict {
  readonly result: string;
  readonly rules: readonly string[];
  readonly translations: readonly string[];
  readonly server?: End;
  readonly client?: End;
}

/** A claim for one family. */
export interface Claim {
  readonly text: string;
  readonly family: Family;
  readonly from: Machine;
  readonly attempt: Attempt;
  readonly verdict: Verdict;
}

/** Reads a sentence as the claims that it makes: one, or one for each family. Throws where it is none. */
export function readClaims(text: string): Claim[] {
  const words = FORM.exec(text)?.groups;
  if (words === undefined) throw new Error(`this is no claim: ${text}`);
  const { from = "", to = "", protocol, errno } = words;
  const family = literal(to)?.family ?? literal(from)?.family ??
    (protocol === "icmp" ? 4 : protocol === "icmpv6" ? 6 : undefined);
  return (family === undefined ? [4, 6] as const : [family]).map((family) => ({
    text,
    family,
    from: machineOf(from),
    attempt: attemptOf(words, family),
    verdict: {
      result: errno === undefined
        ? words["result"] ?? ""
        : `rejected ${errno.split("|")[family === 4 ? 0 : 1] ?? errno}`,
      rules: list(words["rules"]).filter((rule) => rule !== "nothing"),
      translations: list(words["translations"]),
      ...end("server", words["server"], words["serverPort"], family),
      ...end("client", words["client"], words["clientPort"], family),
    },
  }));
}

function attemptOf(words: Readonly<Record<string, string | undefined>>, family: Family): Attempt {
  const { from = "", fromPort = "0", to = "", protocol, number = "0", portless, result, server } = words;
  const transport = protocol === "tcp" || protocol === "udp";
  const raw = PROTOCOLS[portless ?? (protocol === "sctp" ? protocol : "")];
  return {
    protocol: transport ? protocol : "icmp",
    address: addressOf(to, family),
    port: transport || raw !== undefined ? Number(number) : 0,
    timeout: result === "dropped" ? SILENCE : PATIENCE,
    ...sourceOf(from, Number(fromPort), family),
    ...(raw === undefined ? {} : { raw }),
    ...(protocol === undefined || transport || raw !== undefined ? {} : { icmpType: Number(number) }),
    ...(server === undefined ? {} : { listen: true }),
  };
}

/** The router sends from the device that the packet leaves by. */
function sourceOf(from: string, port: number, family: Family): Pick<Attempt, "source"> {
  if (from !== "router") return { source: { address: addressOf(from, family), port } };
  return port === 0 ? {} : { source: { address: family === 4 ? "0.0.0.0" : "::", port } };
}

/** An address as it stands, with a device behind `%` or without. */
function literal(place: string): Address | null {
  return parseAddress(place.split("%")[0] ?? place);
}

function machineOf(place: string): Machine {
  const [machine] = place.split(".");
  if (machine === "lan" || machine === "dmz" || machine === "wan" || machine === "router") return machine;
  throw new Error(`nobody sends from ${place}`);
}

/** A literal stays what it is, ranges as well. */
function addressOf(place: string, family: Family): string {
  return PLACES[place]?.[family === 4 ? 0 : 1] ?? place;
}

function end(side: "server" | "client", place: string | undefined, port: string | undefined, family: Family) {
  return place === undefined ? {} : { [side]: { address: addressOf(place, family), port } };
}

function list(words: string | undefined): string[] {
  return words?.split(", ").sort() ?? [];
}

/** What a claim says will be, as text to compare. */
export function expected({ verdict }: Claim): string {
  return sentence(verdict);
}

/** What was, in the same words. */
export function observed({ verdict }: Claim, { outcome, filters, translations }: Observation): string {
  const { result, errno, heard = "" } = outcome;
  const [, server = "", serverPort = "", client = "", clientPort = ""] =
    /This is [^,]+, (\S+) port (\d+)\. You come from (\S+) port (\d+)\./.exec(heard) ?? [];
  return sentence({
    result: errno === undefined ? result : `${result} ${errno}`,
    rules: [...new Set(filters.map(({ rule }) => rule))].sort(),
    translations: [...translations].sort(),
    ...(verdict.server === undefined ? {} : { server: within(verdict.server, server, serverPort) }),
    ...(verdict.client === undefined ? {} : { client: within(verdict.client, client, clientPort) }),
  });
}

function sentence({ result, rules, translations, server, client }: Verdict): string {
  const named = (rules: readonly string[]) => rules.length === 0 ? "nothing" : rules.join(", ");
  const via = translations.length === 0 ? "" : ` via ${translations.join(", ")}`;
  const place = ({ address, port }: End) => port === undefined ? address : `${address} port ${port}`;
  const sees = server === undefined || client === undefined ? "" : `; ${place(server)} sees ${place(client)}`;
  return `${result} by ${named(rules)}${via}${sees}`;
}

/** What was seen; the range of the claim in its place where it lies in that. */
function within(claimed: End, address: string, port: string): End {
  const range = parseEndpoint(claimed.address);
  const seen = parseEndpoint(address);
  const inside = range !== null && seen !== null && range.family === seen.family && range.from <= seen.from &&
    seen.to <= range.to;
  const ports = parsePorts(claimed.port ?? "");
  const open = ports !== null && ports.from <= Number(port) && Number(port) <= ports.to;
  return {
    address: inside ? claimed.address : address,
    port: claimed.port === undefined || open ? claimed.port : port,
  };
}
