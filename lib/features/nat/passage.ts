/** Whether the packet filter lets through what is translated: a translation alone opens nothing. */
import { type Family, parsePrefix } from "../../model/address.ts";
import { parseEndpoint } from "../../model/endpoint.ts";
import type { Finding } from "../../model/error.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import { PLACES, warning } from "../finding.ts";
import type { Rule, Settings } from "../firewall/schema.ts";
import { mayOverlap } from "../traffic_overlap.ts";
import type { Traffic } from "../traffic.ts";
import type { NatRule } from "./schema.ts";

/** Pairs of rules to compare: a document with more is left to its author, for check answers at once. */
const MOST_PAIRS = 100_000;

/** What a NAT rule is for, as the packet filter sees it: new destinations and ports, but old sources. */
interface Passage {
  readonly chain: "input" | "forward";
  /** Ways to use it; one that is open is enough. */
  readonly ways: readonly Traffic[];
  /** What does not pass: `what this leads to 192.168.2.10`. */
  readonly what: string;
  readonly hint: string;
  /** The field that wants it, where that is not the rule as a whole. */
  readonly field?: string;
}

/** Translations that no rule accepts. Where an alias or an exclusion leaves it open, a rule counts as accepting. */
export function checkPassage({ firewall, nat }: Document, directory: Directory): Finding[] {
  if (!firewall.enabled) return [];
  const accepting = { input: acceptingIn("input", firewall), forward: acceptingIn("forward", firewall) };
  const rules = nat.rules.filter(({ enabled }) => enabled);
  if (rules.length * (accepting.input.length + accepting.forward.length) > MOST_PAIRS) return [];
  return rules.flatMap((rule) =>
    PASSAGES[rule.type](rule, directory).filter(({ chain, ways }) =>
      decides(chain, firewall) && !ways.some((way) => accepting[chain].some((one) => mayOverlap(way, one, directory)))
    ).map(({ chain, what, hint, field }) =>
      warning(
        field === undefined ? PLACES.nat(rule) : `${PLACES.nat(rule)}.${field}`,
        `no rule in ${chain} accepts ${what}: default_${chain} takes it`,
        hint,
      )
    )
  );
}

/** Whether a packet that no rule accepts is stopped in the chain for that reason. */
function decides(chain: Passage["chain"], firewall: Settings): boolean {
  if (chain === "input") return firewall.default_input !== "accept";
  return firewall.forwarding !== false && firewall.default_forward !== "accept";
}

/** What can let new connections through a chain. Chains of one's own may be reached from each. */
function acceptingIn(chain: Passage["chain"], firewall: Settings & { readonly rules: readonly Rule[] }): Traffic[] {
  const others = chain === "input" ? ["forward", "output"] : ["input", "output"];
  const rules: Traffic[] = firewall.rules.filter((rule) =>
    rule.enabled && rule.action === "accept" && !others.includes(rule.chain) &&
    (rule.state.length === 0 || rule.state.includes("new"))
  );
  return chain === "input" ? [...rules, ...lockout(firewall)] : rules;
}

/** The way in for administrators is open without a rule. */
function lockout({ anti_lockout: { enabled, in: places, source, ports } }: Settings): Traffic[] {
  if (!enabled || ports.length === 0) return [];
  return [{ ...ANYTHING, in: places, protocol: "tcp", source, destination_port: ports }];
}

const ANYTHING: Traffic = {
  family: "both",
  in: [],
  out: [],
  protocol: "any",
  source: [],
  source_port: [],
  destination: [],
  destination_port: [],
};

const NEW_DESTINATION = "a rule sees the new destination and port, not the old ones";
const NEW_PORT = "a rule sees the new port, not the old one";
const OLD_SOURCE = "a rule sees the old source, not the new one";

const PASSAGES: Readonly<Record<NatRule["type"], (rule: NatRule, directory: Directory) => Passage[]>> = {
  masquerade: outward,
  snat: outward,
  dnat: forwarded,
  redirect: (rule) => [{
    chain: "input",
    ways: [{ ...behind(rule), destination: [] }],
    what: "what this leads to this machine",
    hint: NEW_PORT,
  }],
  "one-to-one": (rule) =>
    bothWays(rule).map(({ internal, inward }) => ({
      chain: "forward",
      ways: [inward],
      what: `what comes in for ${internal}`,
      hint: NEW_DESTINATION,
    })),
  // Whoever translates prefixes may well want to keep the world out.
  nptv6: (rule) =>
    bothWays(rule).map(({ internal, inward, outward }) => ({
      chain: "forward",
      ways: [inward, outward],
      what: `anything from or to ${internal}`,
      hint: "a rule sees the inner addresses",
    })),
};

/** What leaves through `out`, with the sources that it comes with. */
function outward(rule: NatRule, directory: Directory): Passage[] {
  const places = rule.out.map((place) => directory.name(place)).join(", ");
  const what = `what goes out${places === "" ? "" : ` through ${places}`}`;
  return [{ chain: "forward", ways: [rule], what, hint: OLD_SOURCE }];
}

/** A forwarded port, and each way around to it. */
function forwarded(rule: NatRule, directory: Directory): Passage[] {
  const { to = "", hairpin } = rule;
  const endpoint = parseEndpoint(to);
  if (endpoint === null) return [];
  const way: Traffic = { ...behind(rule), family: familyWord(endpoint), destination: [to] };
  const passage = { chain: "forward", hint: NEW_DESTINATION } as const;
  return [
    { ...passage, ways: [way], what: `what this leads to ${to}` },
    ...hairpin.map((place, index): Passage => ({
      ...passage,
      ways: [{ ...way, in: [place] }],
      what: `what this leads from ${directory.name(place)} to ${to}`,
      field: `hairpin[${index}]`,
    })),
  ];
}

/** A rule's traffic with the new ports. */
function behind(rule: NatRule): Traffic {
  return { ...rule, out: [], destination_port: rule.to_port === undefined ? rule.destination_port : [rule.to_port] };
}

/** What is translated both ways, with the inner network; none where that is no network. */
function bothWays(
  { internal = "", in: entry, out, protocol }: NatRule,
): { readonly internal: string; readonly inward: Traffic; readonly outward: Traffic }[] {
  const prefix = parsePrefix(internal);
  if (prefix === null) return [];
  const all: Traffic = { ...ANYTHING, family: familyWord(prefix), protocol };
  return [{
    internal,
    inward: { ...all, in: orElse(entry, out), destination: [internal] },
    outward: { ...all, out: orElse(out, entry), source: [internal] },
  }];
}

function familyWord({ family }: { readonly family: Family }): Traffic["family"] {
  return family === 4 ? "ipv4" : "ipv6";
}

function orElse(places: readonly string[], others: readonly string[]): readonly string[] {
  return places.length > 0 ? places : others;
}
