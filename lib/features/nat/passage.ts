/** Whether the packet filter lets forwarded ports through: a translation alone opens nothing. */
import { parseEndpoint } from "../../model/endpoint.ts";
import type { Finding } from "../../model/error.ts";
import { parsePorts, type PortRange } from "../../model/port.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import { PLACES, warning } from "../finding.ts";
import type { Rule } from "../firewall/schema.ts";
import { split } from "../scope.ts";
import { familiesOf, protocolNumbers } from "../traffic.ts";
import type { NatRule } from "./schema.ts";

/** Pairs of rules to compare: a document with more is left to its author, for check answers at once. */
const MOST_PAIRS = 100_000;

/** Forwarded ports that no rule accepts. Where an alias or an exclusion leaves it open, a rule counts as accepting. */
export function checkPassage({ firewall, nat }: Document, directory: Directory): Finding[] {
  if (!firewall.enabled || firewall.forwarding === false || firewall.default_forward === "accept") return [];
  const forwarded = nat.rules.filter(({ enabled, type }) => enabled && type === "dnat");
  const accepting = firewall.rules.filter(isAccepting);
  if (forwarded.length * accepting.length > MOST_PAIRS) return [];
  return forwarded.filter((rule) => !accepting.some(acceptance(rule, directory))).map((rule) =>
    warning(
      PLACES.nat(rule),
      `no rule in forward accepts what this leads to ${rule.to ?? "its target"}: default_forward takes it`,
      "a rule sees the new destination and port, not the old ones",
    )
  );
}

/** Whether a rule can let new connections through. Chains of one's own may be reached from forward. */
function isAccepting({ enabled, action, chain, state }: Rule): boolean {
  return enabled && action === "accept" && chain !== "input" && chain !== "output" &&
    (state.length === 0 || state.includes("new"));
}

/** A test of filter rules: whether what a NAT rule forwards may be accepted. */
function acceptance(nat: NatRule, directory: Directory): (filter: Rule) => boolean {
  const to = parseEndpoint(nat.to ?? "");
  if (to === null) return () => true;
  const ports = newPorts(nat, directory);
  const holds = (word: string) => {
    const endpoint = directory.endpoint(word);
    return endpoint !== null && endpoint.family === to.family && overlap(endpoint, to);
  };
  const opens = (word: string) => {
    const range = parsePorts(word);
    return range !== null && ports.some((each) => overlap(each, range));
  };
  return (filter) =>
    familiesOf(filter).includes(to.family) && sameProtocol(filter, nat) && samePlace(filter.in, nat, directory) &&
    meets(filter.destination, holds, directory) && meets(filter.destination_port, opens, directory);
}

function overlap<T extends number | bigint>(a: { from: T; to: T }, b: { from: T; to: T }): boolean {
  return a.from <= b.to && b.from <= a.to;
}

function sameProtocol(filter: Rule, nat: NatRule): boolean {
  const ours = protocolNumbers(filter.protocol);
  const theirs = protocolNumbers(nat.protocol);
  return ours.length === 0 || theirs.length === 0 || ours.some((number) => theirs.includes(number));
}

function samePlace(places: readonly string[], nat: NatRule, directory: Directory): boolean {
  const ours = split(places).wanted.flatMap((place) => directory.devices(place));
  const theirs = split(nat.in).wanted.flatMap((place) => directory.devices(place));
  return ours.length === 0 || theirs.length === 0 || ours.some((device) => theirs.includes(device));
}

/** Whether any of the words that are wanted is met; aliases always are. */
function meets(words: readonly string[], test: (word: string) => boolean, directory: Directory): boolean {
  const { wanted } = split(words);
  return wanted.length === 0 || wanted.some((word) => directory.is("alias", word) || test(word));
}

/** Ports behind the translation; all where they are not written out. */
function newPorts({ to_port, destination_port }: NatRule, directory: Directory): PortRange[] {
  const { wanted } = split(to_port === undefined ? destination_port : [to_port]);
  const open = wanted.length === 0 || wanted.some((word) => directory.is("alias", word));
  return open ? [{ from: 0, to: 65535 }] : wanted.map(parsePorts).filter((range) => range !== null);
}
