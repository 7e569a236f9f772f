/** All base chains of one hook and one packet. */
import type { Chain, Hook, RejectStatement, Table } from "../ruleset.ts";
import { type RulePlace, type Trace, walkChain } from "./chain.ts";
import { type Endpoint, isTracked, type Packet } from "./packet.ts";
import type { Situation } from "./rule.ts";
import { rewrite, type Side, sideOf, translated } from "./translate.ts";

/** What decided in one base chain: a rule, or, without one, the chain's policy. */
export interface Decision {
  readonly verdict: "accept" | "drop" | "reject" | "unknown";
  readonly hook: Hook;
  readonly table: Table;
  /** The base chain. */
  readonly chain: Chain;
  readonly rule?: RulePlace;
  /** What the sender is answered. */
  readonly with?: RejectStatement["with"];
  /** Why it cannot be told. */
  readonly why?: string;
}

/** What became of an end of the packet; ends that the kernel chooses are left out. */
export interface Translation {
  readonly side: Side;
  readonly before: Endpoint;
  readonly after: Endpoint;
  /** Absent where the connection was translated when it began. */
  readonly rule?: RulePlace;
}

/** What is gathered on the way. */
export interface Journal extends Trace {
  readonly decisions: Decision[];
  readonly translations: Translation[];
}

/** NF_IP_PRI_CONNTRACK of linux/netfilter_ipv4.h: where prerouting and output meet connection tracking. */
const CONNTRACK = -200;
/** NF_IP_PRI_NAT_DST and NF_IP_PRI_NAT_SRC: translation has one place at each hook, whatever its chains' priorities. */
const NAT = { destination: -100, source: 100 } as const;

interface Base {
  readonly table: Table;
  readonly chain: Chain;
  readonly priority: number;
}

/** Takes a packet through a hook; gives the decision that ends its way, or null where it passes. */
export function walkHook(
  tables: readonly Table[],
  hook: Hook,
  situation: Situation,
  journal: Journal,
): Decision | null {
  const bases = basesOf(tables, hook, situation.packet);
  // Packets that are forwarded are translated before and behind.
  let translating = hook !== "forward";
  for (const { table, chain, priority } of bases.filters) {
    if (translating && priority > NAT[sideOf(hook)]) {
      const stop = translate(bases.nats, hook, situation, journal);
      if (stop !== null) return stop;
      translating = false;
    }
    if (priority >= CONNTRACK || !(hook === "prerouting" || hook === "output")) meetConntrack(situation);
    const stop = walkBase(table, chain, hook, situation, journal);
    if (stop !== null) return stop;
  }
  meetConntrack(situation);
  return translating ? translate(bases.nats, hook, situation, journal) : null;
}

function meetConntrack(situation: Situation): void {
  situation.tracked = true;
  const { connection, source, destination } = situation.packet;
  if (connection.state !== "new" || connection.original !== undefined) return;
  situation.packet = { ...situation.packet, connection: { ...connection, original: { source, destination } } };
}

/** Base chains in the order in which the kernel asks them: of equal priority, the one made last comes first. */
function basesOf(tables: readonly Table[], hook: Hook, { family }: Packet): { filters: Base[]; nats: Base[] } {
  const found: Base[] = [];
  for (const table of tables) {
    if (table.family !== "inet" && table.family !== (family === 4 ? "ip" : "ip6")) continue;
    for (const chain of table.chains) {
      if (chain.base?.hook === hook) found.unshift({ table, chain, priority: chain.base.priority });
    }
  }
  found.sort((a, b) => a.priority - b.priority);
  const isNat = ({ chain }: Base) => chain.base?.type === "nat";
  return { filters: found.filter((base) => !isNat(base)), nats: found.filter(isNat) };
}

/** Asks a base chain that translates nothing. */
function walkBase(table: Table, chain: Chain, hook: Hook, situation: Situation, journal: Journal): Decision | null {
  const end = walkChain(table, chain, situation, journal);
  const place = { hook, table, chain };
  let decision: Decision;
  if (end.kind === "none") decision = { ...place, verdict: chain.base?.policy ?? "accept" };
  else if (end.kind === "unknown") decision = { ...place, verdict: "unknown", rule: end.at, why: end.why };
  else if (end.kind === "reject") decision = { ...place, verdict: "reject", rule: end.at, with: end.with };
  else if (end.kind === "nat") {
    // The kernel takes translations in chains of type nat only.
    decision = { ...place, verdict: "unknown", rule: end.at, why: "it translates outside of a nat chain" };
  } else decision = { ...place, verdict: end.kind, rule: end.at };
  journal.decisions.push(decision);
  return decision.verdict === "accept" ? null : decision;
}

/** The first packet of a connection asks the rules; later ones get what was decided then. */
function translate(nats: readonly Base[], hook: Hook, situation: Situation, journal: Journal): Decision | null {
  meetConntrack(situation);
  const side = sideOf(hook);
  const { packet } = situation;
  if (!isTracked(packet.connection)) return null;
  const after = packet.connection.rewrites?.[side];
  if (after !== undefined) {
    journal.translations.push({ side, before: packet[side], after });
    situation.packet = rewrite(packet, side, after);
    return null;
  }
  if (packet.connection.state !== "new" || packet.connection.decided?.[side] === true) return null;
  const stop = nats.length === 0 ? null : askNat(nats, hook, situation, journal);
  const { connection } = situation.packet;
  situation.packet = {
    ...situation.packet,
    connection: { ...connection, decided: { ...connection.decided, [side]: true } },
  };
  return stop;
}

/** Asks nat chains in order until one translates. */
function askNat(nats: readonly Base[], hook: Hook, situation: Situation, journal: Journal): Decision | null {
  const side = sideOf(hook);
  for (const { table, chain } of nats) {
    const end = walkChain(table, chain, situation, journal);
    if (end.kind === "nat") {
      const { packet, facts } = situation;
      const after = translated(packet, end.nat, hook, facts);
      const verdict = after === null ? "drop" : "accept";
      const decision: Decision = { verdict, hook, table, chain, rule: end.at };
      journal.decisions.push(decision);
      if (after === null) return decision;
      journal.translations.push({ side, before: packet[side], after, rule: end.at });
      situation.packet = rewrite(packet, side, after);
      return null;
    }
    const verdict = end.kind === "none" ? chain.base?.policy ?? "accept" : end.kind;
    const decision: Decision = {
      verdict,
      hook,
      table,
      chain,
      ...(end.kind === "none" ? {} : { rule: end.at }),
      ...(end.kind === "unknown" ? { why: end.why } : {}),
      ...(end.kind === "reject" ? { with: end.with } : {}),
    };
    journal.decisions.push(decision);
    if (verdict !== "accept") return decision;
  }
  return null;
}
