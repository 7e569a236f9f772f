/** Checks of the packet filter: settings, rules and the ways between chains. */
import type { Finding } from "../../model/error.ts";
import { BUILT_IN_CHAINS } from "../collections.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import { error, many, PLACES, repeats, warning } from "../finding.ts";
import { remembered } from "../memo.ts";
import { checkPlaces } from "../place_check.ts";
import { protocolNumbers, PROTOCOLS } from "../traffic.ts";
import { checkTraffic } from "../traffic_check.ts";
import { checkJumps } from "./jumps.ts";
import type { Rule, Settings } from "./schema.ts";

export function checkFirewall(document: Document, directory: Directory): Finding[] {
  const { firewall } = document;
  return [
    ...checkSettings(firewall),
    ...checkLockout(firewall, directory),
    ...checkForwarding(document),
    ...firewall.rules.flatMap((rule) => checkRule(rule, directory)),
    ...checkJumps(document, directory),
    ...unreachable(firewall.rules, directory),
  ];
}

function checkSettings({ enabled }: Settings): Finding[] {
  return enabled ? [] : [warning("firewall.enabled", "the firewall is off: everything passes")];
}

function checkLockout({ anti_lockout, enabled }: Settings, directory: Directory): Finding[] {
  const path = "firewall.anti_lockout";
  if (!anti_lockout.enabled) {
    const message = "nothing keeps the way in for administrators open";
    return enabled ? [warning(`${path}.enabled`, message, "a mistake in a rule may lock you out")] : [];
  }
  const places = checkPlaces(anti_lockout.in, `${path}.in`, directory).map((finding): Finding =>
    finding.severity !== "warning" ? finding : {
      ...finding,
      severity: "error",
      message: "it names no interface: the way in for administrators would be closed",
    }
  );
  if (anti_lockout.ports.length === 0) {
    places.push(error(`${path}.ports`, "there is no port that administrators come in by", "22 is that of SSH"));
  }
  return [
    ...places,
    ...repeats(`${path}.source`, anti_lockout.source),
    ...repeats(`${path}.ports`, anti_lockout.ports),
  ];
}

/** One finding for all the rules that wait for forwarding to be on. */
function checkForwarding({ firewall, nat }: Document): Finding[] {
  if (firewall.forwarding !== false || !firewall.enabled) return [];
  const passing = firewall.rules.filter(({ enabled, chain }) => enabled && chain === "forward").length;
  const translating = nat.rules.filter(({ enabled, type }) => enabled && type !== "redirect").length;
  const rules = [
    ...(passing === 0 ? [] : [`${many(passing, "rule")} in the chain forward`]),
    ...(translating === 0 ? [] : [many(translating, "NAT rule")]),
  ].join(" and ");
  if (rules === "") return [];
  const hint = "patronus firewall enable-forwarding turns it on";
  return [warning("firewall.forwarding", `forwarding is off: no packet comes to ${rules}`, hint)];
}

const checkRule = remembered((rule: Rule, directory: Directory): readonly Finding[] => {
  const path = PLACES.rule(rule);
  return [
    ...checkChain(rule, path, directory),
    ...checkTarget(rule, path, directory),
    ...checkReject(rule, path),
    ...checkTraffic(rule, path, directory),
    ...repeats(`${path}.state`, rule.state),
  ];
});

function checkChain({ chain, in: entry, out: exit }: Rule, path: string, directory: Directory): Finding[] {
  if (!BUILT_IN_CHAINS.includes(chain) && !directory.is("chain", chain)) {
    const { message, hint } = directory.unknown(["chain"], chain);
    return [error(`${path}.chain`, message, hint)];
  }
  if (chain === "output" && entry.length > 0) {
    return [error(`${path}.in`, "packets of this machine itself come in nowhere", "chain output knows only out")];
  }
  if (chain === "input" && exit.length > 0) {
    return [error(`${path}.out`, "packets for this machine itself go out nowhere", "chain input knows only in")];
  }
  return [];
}

function checkTarget({ action, target }: Rule, path: string, directory: Directory): Finding[] {
  if (action !== "jump") {
    if (target === undefined) return [];
    return [error(`${path}.target`, `action ${action} has no target`, 'action = "jump" has one')];
  }
  if (target === undefined) return [error(`${path}.target`, "is missing", "jump goes to a chain of your own")];
  if (BUILT_IN_CHAINS.includes(target)) {
    return [error(`${path}.target`, `a rule cannot jump to ${target}`, "jump goes to a chain of your own")];
  }
  if (directory.is("chain", target)) return [];
  const { message, hint } = directory.unknown(["chain"], target);
  return [error(`${path}.target`, message, hint)];
}

function checkReject({ action, reject_with, protocol }: Rule, path: string): Finding[] {
  const place = `${path}.reject_with`;
  if (action !== "reject") {
    if (reject_with === "auto") return [];
    return [warning(place, `action ${action} sends no reply`, 'action = "reject" does')];
  }
  if (reject_with !== "tcp-reset") return [];
  const numbers = protocolNumbers(protocol);
  const isTcp = (number: number) => number === PROTOCOLS["tcp"];
  if (numbers.length > 0 && !numbers.some(isTcp)) {
    return [error(place, `a reset answers TCP, and protocol is ${protocol}`, "auto finds the right reply")];
  }
  if (numbers.length > 0 && numbers.every(isTcp)) return [];
  return [warning(place, "a reset answers TCP: this rule matches nothing else", "auto rejects the other packets too")];
}

/** A rule that takes every packet leaves nothing to those behind it in its chain. */
function unreachable(rules: readonly Rule[], directory: Directory): Finding[] {
  const ends = new Map<string, Rule>();
  const behind = new Map<string, number>();
  for (const rule of rules) {
    if (!rule.enabled) continue;
    if (ends.has(rule.chain)) behind.set(rule.chain, (behind.get(rule.chain) ?? 0) + 1);
    else if (takesAll(rule)) ends.set(rule.chain, rule);
  }
  return [...behind].flatMap(([chain, count]) => {
    const end = ends.get(chain);
    if (end === undefined) return [];
    const message = `takes every packet: what is behind it in ${directory.chainName(chain)} (${
      many(count, "rule")
    }) never matches`;
    return [warning(PLACES.rule(end), message)];
  });
}

function takesAll(rule: Rule): boolean {
  const { action, reject_with, family, protocol, in: entry, out: exit, source, destination, state } = rule;
  return action !== "jump" && !(action === "reject" && reject_with === "tcp-reset") && family === "both" &&
    protocol === "any" && entry.length + exit.length + source.length + destination.length + state.length === 0;
}
