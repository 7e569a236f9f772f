/** Rules and other objects in words, for lists and confirmations. */
import type { Block, Text } from "../model/command.ts";
import type { Alias } from "./aliases/schema.ts";
import type { Rule } from "./firewall/schema.ts";
import type { NatRule } from "./nat/schema.ts";
import type { Zone } from "./zones/schema.ts";

/** Turns ids into names; see `nameLookup`. */
export type Names = (reference: string) => string;

export const HINT_PLAN: Block = { kind: "hint", text: "patronus plan shows what applying this would change" };

const ANY: Text = { text: "any", tone: "dim" };

/** Interfaces, addresses and source ports on one side of a rule: `lan 192.168.1.0/24`. */
export function side(
  places: readonly string[],
  endpoints: readonly string[],
  ports: readonly string[],
  names: Names,
): Text {
  const parts = [list(places, names), list(endpoints, names)].filter((part) => part !== "");
  if (ports.length > 0) parts.push(`port ${list(ports, names)}`);
  return parts.length === 0 ? ANY : parts.join(" ");
}

/** What is spoken: `tcp 80, 443`, `icmp echo-request`. */
export function service(
  rule: Pick<Rule | NatRule, "protocol" | "destination_port"> & Partial<Rule>,
  names: Names,
): Text {
  const parts = rule.protocol === "any" ? [] : [String(rule.protocol)];
  if (rule.destination_port.length > 0) parts.push(list(rule.destination_port, names));
  if (rule.icmp_type !== undefined && rule.icmp_type.length > 0) parts.push(list(rule.icmp_type.map(String), names));
  return parts.length === 0 ? ANY : parts.join(" ");
}

export function list(values: readonly string[], names: Names = (value) => value): string {
  return values.map(names).join(", ");
}

/** The verdict, coloured as traffic lights are. */
export function action(rule: Pick<Rule, "action" | "target" | "reject_with">, names: Names): Text {
  switch (rule.action) {
    case "accept":
      return { text: "accept", tone: "good" };
    case "drop":
      return { text: "drop", tone: "bad" };
    case "reject":
      return { text: "reject", tone: "bad" };
    case "jump":
      return { text: `jump ${names(rule.target ?? "")}`, tone: "accent" };
    case "return":
      return { text: "return", tone: "accent" };
  }
}

/** `accept tcp 443 from wan to dmz web-servers`. */
export function ruleWords(rule: Rule, names: Names): string {
  const from = text(side(rule.in, rule.source, rule.source_port, names));
  const to = text(side(rule.out, rule.destination, [], names));
  const what = text(service(rule, names));
  const verb = rule.action === "reject" && rule.reject_with !== "auto"
    ? `reject (${rule.reject_with})`
    : text(action(rule, names));
  const words = [names(rule.chain), ":", verb, what === "any" ? "anything" : what];
  if (rule.family !== "both") words.push(`over ${rule.family === "ipv4" ? "IPv4" : "IPv6"}`);
  if (from !== "any") words.push("from", from);
  if (to !== "any") words.push("to", to);
  if (rule.state.length > 0) words.push(`state ${rule.state.join(", ")}`);
  if (rule.log) words.push("and log it");
  if (!rule.enabled) words.push("(disabled)");
  return words.join(" ").replace(" :", ":");
}

/** What a translation makes of an address: `192.168.2.10 port 80`. */
export function translation(rule: NatRule): string {
  const port = rule.to_port === undefined ? "" : ` port ${rule.to_port}`;
  switch (rule.type) {
    case "masquerade":
      return `own address${port}`;
    case "snat":
    case "dnat":
      return `${rule.to ?? "?"}${port}`;
    case "redirect":
      return `this machine${port}`;
    case "one-to-one":
    case "nptv6":
      return `${rule.external ?? "?"} ⇄ ${rule.internal ?? "?"}`;
  }
}

export function natWords(rule: NatRule, names: Names): string {
  const words: string[] = [rule.type];
  const what = text(service(rule, names));
  if (what !== "any") words.push(what);
  const from = text(side(rule.in, rule.source, rule.source_port, names));
  const to = text(side(rule.out, rule.destination, [], names));
  if (from !== "any") words.push("from", from);
  if (to !== "any") words.push("to", to);
  words.push("→", translation(rule));
  if (rule.hairpin.length > 0) words.push(`(also from ${list(rule.hairpin, names)})`);
  if (!rule.enabled) words.push("(disabled)");
  return words.join(" ");
}

export function aliasWords(alias: Alias, names: Names): string {
  const first = alias.members.slice(0, 6);
  const more = alias.members.length - first.length;
  return `${alias.type} ${alias.name}: ${list(first, names) || "nothing yet"}${more > 0 ? ` and ${more} more` : ""}`;
}

export function zoneWords(zone: Zone, names: Names): string {
  return `zone ${zone.name}: ${list(zone.interfaces, names) || "no interface yet"}`;
}

function text(value: Text): string {
  return typeof value === "string" ? value : value.text;
}
