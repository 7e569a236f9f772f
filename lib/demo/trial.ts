/** Tries a connection, and finds in the kernel's counters which rules it met. */
import type { Claim } from "./claims.ts";
import { counted } from "./counters.ts";
import type { Lab } from "./lab.ts";
import type { Attempt, Counted, Outcome } from "./protocol.ts";
import type { Station } from "./station.ts";

export interface Trial {
  readonly claim: Claim;
  readonly outcome: Outcome;
  /** The filter rule that counted it; null where none did. */
  readonly decided: Counted | null;
  /** Ids of the NAT rules that counted it. */
  readonly translations: readonly string[];
  /** Whether all went as the document says. */
  readonly holds: boolean;
}

/** Rules that count what belongs to every connection: answers, neighbours, the machine itself. */
const BACKGROUND = ["system-established", "system-loopback", "system-link", "system-icmpv6"];

/** What became of an attempt on its way through the router. */
export interface Observation {
  readonly outcome: Outcome;
  /** Filter rules that counted it, in the order of their chains. */
  readonly filters: readonly Counted[];
  /** Ids of the NAT rules that counted it. */
  readonly translations: readonly string[];
}

/** Tries one; nothing else may be sent through the router meanwhile. */
export async function observe(router: Station, from: Station, attempt: Attempt): Promise<Observation> {
  const before = await router.ask("count", null);
  const outcome = await from.ask("attempt", attempt);
  const met = counted(before, await router.ask("count", null)).filter(({ rule }) => !BACKGROUND.includes(rule));
  const translations = [...new Set(met.filter(({ chain }) => translates(chain)).map(({ rule }) => rule))];
  return { outcome, filters: met.filter(({ chain }) => !translates(chain)), translations };
}

/** Tries one of the demo's own claims. */
export async function tryClaim(lab: Lab, claim: Claim): Promise<Trial> {
  const station = lab.hosts.get(claim.from);
  if (station === undefined) throw new RangeError(`the demo has no host ${claim.from}`);
  const { outcome, filters, translations } = await observe(lab.router, station, claim.attempt);
  const decided = filters[0] ?? null;
  const holds = outcome.result === claim.result && decided?.rule === claim.rule &&
    translations.join() === claim.translations.join();
  return { claim, outcome, decided, translations, holds };
}

function translates(chain: string): boolean {
  return chain.startsWith("nat-");
}
