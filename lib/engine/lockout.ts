/** Whether a ruleset cuts the session that it is applied from, or another one from the same place. */
import { type Address, formatAddress } from "../model/address.ts";
import type { Finding } from "../model/error.ts";
import type { Netlink } from "../netlink/socket/connection.ts";
import { commentId } from "../nft/comment.ts";
import { type AddressValue, type Connection, type Endpoint, type Evaluation } from "../nft/evaluate/mod.ts";
import { type Facts, type Packet, receive, send } from "../nft/evaluate/mod.ts";
import type { Table } from "../nft/ruleset.ts";
import type { Lockout } from "./plan.ts";
import { type CallerSession, isOwn, readSession, type SessionFacts } from "./session.ts";

/** What would be cut, and what cannot be told. */
export interface Lockouts {
  readonly lockouts: readonly Lockout[];
  readonly findings: readonly Finding[];
}

/** Asks the kernel about a session and evaluates a table for it; nothing where there is no session. */
export async function findLockouts(
  table: Table,
  session: CallerSession | null,
  netfilter: Netlink,
): Promise<Lockouts> {
  if (session === null) return { lockouts: [], findings: [] };
  const facts = await readSession(session, netfilter);
  if (typeof facts === "string") return { lockouts: [], findings: [untold(facts)] };
  return lockoutsOf(table, session, facts);
}

/** What of a session a table would cut. */
export function lockoutsOf(table: Table, session: CallerSession, facts: SessionFacts): Lockouts {
  const { port } = session;
  // An IPv4 address is shown as one, however the session says it; a link-local one keeps its device.
  const from = shownEnd(session.from, facts.client);
  const to = shownEnd(session.to, facts.server);
  const trial = new Trial(table, facts);
  const found = [["established", trial.session()], ["new", trial.another()]] as const;
  const lockouts: Lockout[] = [];
  const findings: Finding[] = [];
  for (const [connection, end] of found) {
    if (end === null) continue;
    if (end.kind === "untold") findings.push(untold(end.why));
    else lockouts.push({ connection, from, to, port, by: end.by });
  }
  return { lockouts, findings: findings.slice(0, 1) };
}

function shownEnd(text: string, address: Address): string {
  return address.family === 4 ? formatAddress(address) : text;
}

function untold(why: string): Finding {
  return {
    severity: "warning",
    path: "",
    message: `whether applying cuts your own session cannot be told: ${why}`,
    hint: "patronus apply --confirm 60s undoes itself when you cannot confirm any more",
  };
}

/** Why a packet does not get where it should. */
type End =
  /** Nobody hears of it, and the sender tries again. */
  | { readonly kind: "silent"; readonly by: string }
  /** The sender hears that there is nobody, or somebody else answers. */
  | { readonly kind: "refused"; readonly by: string }
  | { readonly kind: "untold"; readonly why: string };

/** TCP flags (RFC 9293, section 3.1). */
const SYN = 2;
const ACK = 16;
/** A port that a client could get (RFC 6335, section 6), where the session's is not known and for a new one. */
const SOME_PORT = 50000;
/** IPS_SEEN_REPLY, IPS_ASSURED and IPS_CONFIRMED. */
const ESTABLISHED_STATUS = 2 | 4 | 8;
const NEW: Connection = { state: "new" };

class Trial {
  readonly #tables: readonly Table[];
  readonly #session: SessionFacts;
  readonly #facts: Facts;

  constructor(table: Table, session: SessionFacts) {
    this.#tables = [table];
    this.#session = session;
    this.#facts = factsOf(session);
  }

  /** Another connection from the same place: its first packet, and the answer. */
  another(): End | null {
    const answer: Connection = { state: "established", direction: "reply", status: ESTABLISHED_STATUS, mark: 0 };
    return this.#inward(NEW, SYN, SOME_PORT) ?? this.#outward(answer, SYN | ACK, SOME_PORT);
  }

  /** The session's own next packets. */
  session(): End | null {
    const { tracked, clientPort = SOME_PORT } = this.#session;
    if (tracked !== null) {
      const { status, mark, direction } = tracked;
      const known = { state: "established", status, mark } as const;
      const other = direction === "original" ? "reply" : "original";
      return this.#inward({ ...known, direction }, ACK, clientPort) ??
        this.#outward({ ...known, direction: other }, ACK, clientPort);
    }
    // Conntrack takes up a session that it has not seen by its next packet (nf_conntrack_tcp_loose), whoever sends it. A
    // client that hears nothing tries again, and meanwhile this machine's next packet opens the way for it.
    const answer = { state: "established", direction: "reply", mark: 0, status: ESTABLISHED_STATUS } as const;
    const begun = this.#inward(NEW, ACK, clientPort) ?? this.#outward(answer, ACK, clientPort);
    if (begun?.kind !== "silent") return begun;
    const opened = this.#outward(NEW, ACK, clientPort) ?? this.#inward(answer, ACK, clientPort);
    return opened === null ? null : begun;
  }

  /** A packet of the client. */
  #inward(connection: Connection, tcpFlags: number, port: number): End | null {
    const { client, called, server, device } = this.#session;
    const inside = { address: valueOf(server), port: this.#session.port };
    const outside = { address: valueOf(called.address), port: called.port };
    const moved = connection.state !== "new" && !sameEnd(inside, outside);
    const packet: Packet = {
      family: client.family,
      protocol: TCP,
      source: { address: valueOf(client), port },
      destination: outside,
      tcpFlags,
      in: device,
      out: "",
      mark: 0,
      connection: moved ? { ...connection, rewrites: { destination: inside } } : connection,
    };
    const evaluation = device === LOOPBACK ? this.#loop(packet) : receive(this.#tables, packet, this.#facts);
    return this.#stolen(evaluation) ?? endOf(evaluation) ?? this.#missed(evaluation);
  }

  /** What led it to the right port does not any more. */
  #missed({ packet: { destination } }: Evaluation): End | null {
    const { called, port } = this.#session;
    if (destination.port === port) return null;
    const way = `port ${called.port} to port ${port}`;
    return { kind: "refused", by: `the lack of the NAT rule that now leads ${way}` };
  }

  /** A packet of this machine to the client. */
  #outward(connection: Connection, tcpFlags: number, port: number): End | null {
    const { client, server, wayBack, device } = this.#session;
    const [out = device] = wayBack;
    const packet: Packet = {
      family: client.family,
      protocol: TCP,
      source: { address: valueOf(server), port: this.#session.port },
      destination: { address: valueOf(client), port },
      tcpFlags,
      in: "",
      out,
      mark: 0,
      connection,
    };
    const evaluation = out === LOOPBACK ? this.#loop(packet) : send(this.#tables, packet, this.#facts);
    const [translation] = evaluation.translations;
    if (translation?.rule !== undefined && !sameEnd(translation.before, translation.after)) {
      return { kind: "refused", by: `NAT rule ${idOf(translation.rule)}, which gives it another source` };
    }
    return endOf(evaluation);
  }

  /** From this machine to itself. */
  #loop(packet: Packet): Evaluation {
    const left = send(this.#tables, { ...packet, in: "", out: LOOPBACK }, this.#facts);
    if (left.verdict !== "accept") return left;
    return receive(this.#tables, { ...left.packet, in: LOOPBACK, out: "" }, this.#facts);
  }

  /** A translation leads it to somebody else. */
  #stolen({ translations, packet: { family, destination } }: Evaluation): End | null {
    const translation = translations.find(({ side, rule }) => side === "destination" && rule !== undefined);
    if (translation?.rule === undefined) return null;
    const { own, port } = this.#session;
    const { address } = destination;
    const here = address !== undefined && isOwn(own, { family, value: BigInt(address) });
    if (here && destination.port === port) return null;
    const where = [
      here ? "" : address === undefined ? "another address" : formatAddress({ family, value: BigInt(address) }),
      destination.port === translation.before.port ? "" : `port ${destination.port ?? "of its choice"}`,
    ].filter((word) => word !== "").join(" ");
    return { kind: "refused", by: `NAT rule ${idOf(translation.rule)}, which sends it to ${where}` };
  }
}

const LOOPBACK = "lo";
/** IANA number. */
const TCP = 6;
/** RTN_LOCAL of linux/rtnetlink.h. */
const LOCAL = 2;

/** The machine as the session shows it: only addresses of the session are asked for. */
function factsOf({ own, wayBack, server }: SessionFacts): Facts {
  const here = ({ family }: Packet, { address }: Endpoint) =>
    address !== undefined && isOwn(own, { family, value: BigInt(address) });
  return {
    route: (packet) => here(packet, packet.destination) ? { to: "here" } : { to: "nowhere" },
    addressOf: () => valueOf(server),
    fib({ flags, result }, packet) {
      if (result === "type") {
        return here(packet, flags.includes("saddr") ? packet.source : packet.destination) ? LOCAL : undefined;
      }
      if (result !== "present" || !flags.includes("saddr")) return undefined;
      if (packet.in === LOOPBACK) return 1;
      return (flags.includes("iif") ? wayBack.includes(packet.in) : wayBack.length > 0) ? 1 : 0;
    },
  };
}

function endOf({ verdict, decision, why = "" }: Evaluation): End | null {
  if (verdict === "accept") return null;
  if (verdict === "unknown") return { kind: "untold", why };
  const by = decision === undefined ? "the routing table" : decisionWords(decision);
  return { kind: verdict === "drop" ? "silent" : "refused", by };
}

/** `rule drop-all`, or `the default of chain input`. */
function decisionWords({ rule, chain }: NonNullable<Evaluation["decision"]>): string {
  const id = rule === undefined ? `default-${chain.name}` : idOf(rule);
  if (id === `default-${chain.name}`) return `the default of chain ${chain.name}`;
  if (id === "system-reverse-path") return "the check of the way back to it (firewall.reverse_path)";
  return chain.base?.type === "nat" ? `NAT rule ${id}` : `rule ${id}`;
}

function idOf({ rule, chain, index }: NonNullable<NonNullable<Evaluation["decision"]>["rule"]>): string {
  return rule.comment === undefined ? `${index + 1} of chain ${chain}` : commentId(rule.comment);
}

function valueOf({ family, value }: Address): AddressValue {
  return family === 4 ? Number(value) : value;
}

function sameEnd(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.port === b.port && a.address !== undefined;
}
