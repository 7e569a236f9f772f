/** The translating half of the table: destinations before routing, sources behind it. */
import { type Family, parsePrefix, prefixRange } from "../../model/address.ts";
import { parseEndpoint } from "../../model/endpoint.ts";
import { parsePorts } from "../../model/port.ts";
import { logPrefix, ruleComment } from "../../nft/comment.ts";
import type { Chain, NatStatement, Rule as KernelRule, Statement, Value } from "../../nft/ruleset.ts";
import { LOG_GROUP, PRIORITY } from "../allocation.ts";
import type { Document } from "../document.ts";
import { COUNTER, inIntervals, ofFamily, payload, product } from "../match.ts";
import { remembered } from "../memo.ts";
import { type Scope, split } from "../scope.ts";
import { LOCAL_DESTINATION, selections, type Traffic } from "../traffic.ts";
import type { NatRule } from "./schema.ts";

/** What one rule of the document adds to each chain. */
interface Translation {
  readonly pre: readonly KernelRule[];
  readonly post: readonly KernelRule[];
}

/** Base chains of address translation. */
export function compileNat(document: Document, scope: Scope): Chain[] {
  const translations = document.nat.rules.filter((rule) => rule.enabled).map((rule) => compileRule(rule, scope));
  const chain = (name: string, hook: "prerouting" | "postrouting", priority: number, rules: KernelRule[]): Chain => ({
    name,
    base: { type: "nat", hook, priority, policy: "accept" },
    rules,
  });
  return [
    chain("nat-prerouting", "prerouting", PRIORITY.dstnat, translations.flatMap(({ pre }) => pre)),
    chain("nat-postrouting", "postrouting", PRIORITY.srcnat, translations.flatMap(({ post }) => post)),
  ];
}

const KINDS: Readonly<Record<NatRule["type"], (rule: NatRule, scope: Scope) => Translation>> = {
  masquerade: (rule, scope) => ({ pre: [], post: translate(rule, scope, { kind: "masquerade" }) }),
  snat: (rule, scope) => ({ pre: [], post: translate(rule, scope, { kind: "snat", ...target(rule) }) }),
  redirect: (rule, scope) => ({
    pre: portPairs(rule).flatMap((pair) => translate(pair, scope, { kind: "redirect" })),
    post: [],
  }),
  dnat: forward,
  "one-to-one": bothWays,
  nptv6: bothWays,
};

const compileRule = remembered((rule: NatRule, scope: Scope) => KINDS[rule.type](rule, scope));

function finish(rule: NatRule, statements: readonly Statement[], nat: NatStatement): KernelRule {
  const log: Statement[] = rule.log ? [{ kind: "log", prefix: logPrefix(rule.id, rule.type), group: LOG_GROUP }] : [];
  return { comment: ruleComment(rule.id, rule.comment), statements: [...statements, COUNTER, ...log, nat] };
}

/** Address or range of `to`, with its family. */
function target({ to = "" }: NatRule): Partial<NatStatement> {
  const endpoint = parseEndpoint(to);
  if (endpoint === null) return {};
  const value = (number: bigint): Value => endpoint.family === 4 ? Number(number) : number;
  return {
    family: endpoint.family === 4 ? "ip" : "ip6",
    address: value(endpoint.from),
    ...(endpoint.from === endpoint.to ? {} : { addressEnd: value(endpoint.to) }),
  };
}

/** New ports and the choices of how to take them. */
function options(rule: NatRule): Partial<NatStatement> {
  const ports = rule.to_port === undefined ? null : parsePorts(rule.to_port);
  return {
    ...(ports === null ? {} : { port: ports.from }),
    ...(ports === null || ports.from === ports.to ? {} : { portEnd: ports.to }),
    ...(rule.random_port ? { random: true } : {}),
    ...(rule.persistent ? { persistent: true } : {}),
  };
}

function translate(rule: NatRule, scope: Scope, nat: NatStatement, traffic: Traffic = rule): KernelRule[] {
  const families = nat.family === undefined ? undefined : [nat.family === "ip" ? 4 : 6] as Family[];
  return selections(traffic, scope, families === undefined ? {} : { families })
    .map(({ statements }) => finish(rule, statements, { ...nat, ...options(rule) }));
}

/**
 * Of a range, the kernel takes the first port that is free, whichever port the packet came to: where the old range lies
 * elsewhere, each port of it is a rule of its own.
 */
function portPairs(rule: NatRule): NatRule[] {
  const from = parsePorts(rule.destination_port[0] ?? "");
  const to = parsePorts(rule.to_port ?? "");
  if (from === null || to === null || to.from === to.to) return [rule];
  if (from.from === to.from) return [{ ...rule, to_port: undefined }];
  return Array.from({ length: to.to - to.from + 1 }, (_, index) => ({
    ...rule,
    destination_port: [String(from.from + index)],
    to_port: String(to.from + index),
  }));
}

/**
 * A forwarded port. With `hairpin`, hosts of those places reach it by the public address too: their packets are
 * translated likewise, and leave with this machine's address so that the answers come back the same way.
 */
function forward(rule: NatRule, scope: Scope): Translation {
  const nat: NatStatement = { kind: "dnat", ...target(rule) };
  // Where `in` only excludes, the places of the hairpin are among the others already.
  const places = split(rule.in).wanted.length > 0 ? [...rule.in, ...rule.hairpin] : rule.in;
  const pre = portPairs(rule).flatMap((pair) => translate(pair, scope, nat, { ...pair, in: places })).map((kernel) =>
    // Without a destination only packets to this machine are meant, not all that pass through.
    rule.destination.length > 0 ? kernel : { ...kernel, statements: [LOCAL_DESTINATION, ...kernel.statements] }
  );
  const endpoint = parseEndpoint(rule.to ?? "");
  const inside = scope.devices(rule.hairpin);
  if (endpoint === null || inside.length === 0) return { pre, post: [] };
  const { family } = endpoint;
  const back: Statement[] = [
    ...product([scope.place("iifname", rule.hairpin), scope.place("oifname", rule.hairpin)]).flat(),
    { kind: "match", load: { load: "ct", key: "status" }, mask: 32, op: "!=", value: 0 },
    ofFamily(family),
    inIntervals(payload(family === 4 ? "ip daddr" : "ip6 daddr"), [endpoint], family === 4 ? 32 : 128),
  ];
  return { pre, post: [finish(rule, back, { kind: "masquerade" })] };
}

/** A network for a network: the host part stays. */
function bothWays(rule: NatRule, scope: Scope): Translation {
  const external = parsePrefix(rule.external ?? "");
  const internal = parsePrefix(rule.internal ?? "");
  if (external === null || internal === null) return { pre: [], post: [] };
  const onto = (kind: "dnat" | "snat", prefix: typeof external): NatStatement => {
    const { from, to } = prefixRange(prefix);
    const value = (number: bigint): Value => prefix.family === 4 ? Number(number) : number;
    const range = from === to
      ? { address: value(from) }
      : { address: value(from), addressEnd: value(to), prefix: true };
    return { kind, family: prefix.family === 4 ? "ip" : "ip6", ...range };
  };
  // Ports stay as they are, and each host has its one address.
  const plain: NatRule = { ...rule, to_port: undefined, random_port: false, persistent: false };
  const bare: Traffic = { ...rule, source: [], destination: [] };
  // What `in` and `out` mean on one way is turned around on the other.
  const inward: Traffic = {
    ...bare,
    in: rule.in.length > 0 ? rule.in : rule.out,
    out: [],
    destination: [rule.external ?? ""],
  };
  const outward: Traffic = {
    ...bare,
    in: [],
    out: rule.out.length > 0 ? rule.out : rule.in,
    source: [rule.internal ?? ""],
  };
  return {
    pre: translate(plain, scope, onto("dnat", internal), inward),
    post: translate(plain, scope, onto("snat", external), outward),
  };
}
