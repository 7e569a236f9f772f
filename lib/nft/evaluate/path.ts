/**
 * A packet's way through the machine: the hooks that it passes, with routing between them. Tables of the families arp,
 * bridge and netdev and the hooks ingress and egress are not on it.
 */
import type { Hook, RejectStatement, Table } from "../ruleset.ts";
import type { RulePlace } from "./chain.ts";
import type { Destination, Facts } from "./facts.ts";
import { type Decision, type Journal, type Translation, walkHook } from "./hook.ts";
import type { Packet } from "./packet.ts";
import type { Situation } from "./rule.ts";

/** What becomes of a packet, and why. */
export interface Evaluation {
  /** `unroutable`: no rule stops it, but no route leads on. `unknown`: it cannot be told. */
  readonly verdict: "accept" | "drop" | "reject" | "unroutable" | "unknown";
  /** What the sender of a rejected packet is answered. */
  readonly with?: RejectStatement["with"];
  /** Why it cannot be told. */
  readonly why?: string;
  /** What stopped it; where nothing did, what the last chain that filters said, if any did. */
  readonly decision?: Decision;
  /** What each base chain said, in order. */
  readonly decisions: readonly Decision[];
  /** Rules that matched, in order. */
  readonly matched: readonly RulePlace[];
  /** Those of them that match as long as a rate is kept to. */
  readonly limited: readonly RulePlace[];
  readonly translations: readonly Translation[];
  /** Where it was last. */
  readonly hook: Hook;
  /** As it is at the end. */
  readonly packet: Packet;
}

/** A packet that comes in by the device `packet.in`: to this machine, or through it. */
export function receive(tables: readonly Table[], packet: Packet, facts: Facts): Evaluation {
  const walk = new Walk(tables, packet, facts);
  if (walk.passes("prerouting")) {
    const way = facts.route?.(walk.packet);
    if (way?.to === "device") walk.leave(way.device, ["forward", "postrouting"]);
    else if (way?.to === "here") walk.passes("input");
    else walk.lost(way);
  }
  return walk.evaluation();
}

/** A packet that this machine sends by the device `packet.out`; a new destination may lead it out of another one. */
export function send(tables: readonly Table[], packet: Packet, facts: Facts): Evaluation {
  const walk = new Walk(tables, packet, facts);
  if (walk.passes("output")) {
    const { destination } = walk.packet;
    const way: Destination | undefined = destination === packet.destination
      ? { to: "device", device: packet.out }
      : facts.route?.(walk.packet);
    if (way?.to === "device") walk.leave(way.device, ["postrouting"]);
    else if (way?.to === "here") walk.leave(LOOPBACK, ["postrouting"]);
    else walk.lost(way);
  }
  return walk.evaluation();
}

/** Packets to the machine itself leave and come in by it, with what conntrack and translation said when they left. */
const LOOPBACK = "lo";

class Walk {
  readonly #tables: readonly Table[];
  readonly #situation: Situation;
  readonly #journal: Journal = { decisions: [], translations: [], matched: [], limited: [] };
  #hook: Hook = "prerouting";
  #stop: Decision | null = null;
  #lost: Pick<Evaluation, "verdict" | "why"> | null = null;

  constructor(tables: readonly Table[], packet: Packet, facts: Facts) {
    this.#tables = tables;
    this.#situation = { packet, facts, tracked: packet.in === LOOPBACK };
  }

  get packet(): Packet {
    return this.#situation.packet;
  }

  passes(hook: Hook): boolean {
    this.#hook = hook;
    this.#stop = walkHook(this.#tables, hook, this.#situation, this.#journal);
    return this.#stop === null;
  }

  leave(device: string, hooks: readonly Hook[]): void {
    this.#situation.packet = { ...this.packet, out: device };
    for (const hook of hooks) if (!this.passes(hook)) return;
  }

  lost(way: Destination | undefined): void {
    this.#lost = way === undefined
      ? { verdict: "unknown", why: "where it is routed to is not known" }
      : { verdict: "unroutable" };
  }

  evaluation(): Evaluation {
    const { decisions } = this.#journal;
    const decision = this.#stop ?? decisions.findLast(({ chain }) => chain.base?.type !== "nat");
    return {
      verdict: this.#stop?.verdict ?? "accept",
      ...(this.#stop?.with === undefined ? {} : { with: this.#stop.with }),
      ...(this.#stop?.why === undefined ? {} : { why: this.#stop.why }),
      ...this.#lost,
      ...(decision === undefined ? {} : { decision }),
      ...this.#journal,
      hook: this.#hook,
      packet: this.packet,
    };
  }
}
