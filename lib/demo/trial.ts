/** Tries a connection, and finds in the kernel's counters which rules it met. */
import type { Claim } from "./claims.ts";
import { counted } from "./counters.ts";
import type { Lab } from "./lab.ts";
import type { Counted, Outcome } from "./protocol.ts";

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

/** Tries one; nothing else may be sent through the router meanwhile. */
export async function tryClaim(lab: Lab, claim: Claim): Promise<Trial> {
  const station = lab.hosts.get(claim.from);
  if (station === undefined) throw new RangeError(`the demo has no host ${claim.from}`);
  const before = await lab.router.ask("count", null);
  const outcome = await station.ask("attempt", claim.attempt);
  const met = counted(before, await lab.router.ask("count", null)).filter(({ rule }) => !BACKGROUND.includes(rule));
  const decided = met.find(({ chain }) => !translates(chain)) ?? null;
  const translations = [...new Set(met.filter(({ chain }) => translates(chain)).map(({ rule }) => rule))];
  const holds = outcome.result === claim.result && decided?.rule === claim.rule &&
    translations.join() === claim.translations.join();
  return { claim, outcome, decided, translations, holds };
}

function translates(chain: string): boolean {
  return chain.startsWith("nat-");
}
