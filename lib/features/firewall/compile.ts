/**
 * The filter half of the table. Three base chains walk through the same slots in the same order, whatever the document
 * says, so that a feature adds rules to a slot and never a hook: lockout, system, services, vpn, rules, and last the
 * default.
 */
import type { Chain, Rule as KernelRule, Statement, Verdict } from "../../nft/ruleset.ts";
import { logPrefix, ruleComment } from "../../nft/comment.ts";
import { LOG_GROUP, PRIORITY } from "../allocation.ts";
import type { Document } from "../document.ts";
import { ACCEPT, COUNTER, DROP, equals, jump, meta, ofFamily, oneOf, payload } from "../match.ts";
import { remembered } from "../memo.ts";
import type { Scope } from "../scope.ts";
import { familiesOf, ICMPV6_TYPES, protocolNumbers, PROTOCOLS, selections } from "../traffic.ts";
import type { Rule, Settings } from "./schema.ts";

const HOOKS = ["input", "forward", "output"] as const;
type Hook = (typeof HOOKS)[number];

/** Only the way in can be locked. */
const SLOTS = {
  input: ["lockout", "system", "services", "vpn", "rules"],
  forward: ["system", "services", "vpn", "rules"],
  output: ["system", "services", "vpn", "rules"],
} as const;
type Slot = (typeof SLOTS)[Hook][number];

/** NF_CT_STATE bits: invalid 1, established 2, related 4. */
const state = (bits: number): Statement => ({
  kind: "match",
  load: { load: "ct", key: "state" },
  mask: bits,
  op: "!=",
  value: 0,
});
const INVALID = 1;
const ESTABLISHED_RELATED = 2 | 4;
const STATE_BITS = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 } as const;

/** Chains of the packet filter. */
export function compileFirewall(document: Document, scope: Scope): Chain[] {
  const { firewall } = document;
  const chains: Chain[] = [];
  const rulesOf = (chain: string) => firewall.rules.filter((rule) => rule.enabled && rule.chain === chain);
  for (const { id } of firewall.chains) {
    chains.push({ name: userChainName(id), rules: rulesOf(id).flatMap((rule) => compileRule(rule, scope)) });
  }
  for (const hook of HOOKS) {
    const slots: Readonly<Record<Slot, readonly KernelRule[]>> = {
      lockout: hook === "input" ? lockout(firewall, scope) : [],
      system: SYSTEM[hook](firewall),
      services: [],
      vpn: [],
      rules: rulesOf(hook).flatMap((rule) => compileRule(rule, scope)),
    };
    for (const slot of SLOTS[hook]) chains.push({ name: `${hook}-${slot}`, rules: slots[slot] });
  }
  // Base chains come last: what they jump to is there when they are hooked in.
  if (firewall.reverse_path !== "off") chains.push(reversePath(firewall));
  for (const hook of HOOKS) {
    const verdict = firewall[`default_${hook}`];
    chains.push({
      name: hook,
      base: { type: "filter", hook, priority: PRIORITY.filter, policy: verdict === "accept" ? "accept" : "drop" },
      rules: [
        ...SLOTS[hook].map((slot): KernelRule => ({ comment: `slot-${slot}`, statements: [jump(`${hook}-${slot}`)] })),
        ...defaultRules(hook, verdict, firewall.log_default),
      ],
    });
  }
  return chains;
}

/** Name of a user's chain in the kernel; with the id, since a chain there can neither be renamed nor re-commented. */
export function userChainName(id: string): string {
  return `user-${id}`;
}

function named(id: string, words: string, ...statements: Statement[]): KernelRule {
  return { comment: ruleComment(id, words), statements };
}

/** The way in for administrators. */
function lockout({ anti_lockout }: Settings, scope: Scope): KernelRule[] {
  if (!anti_lockout.enabled || anti_lockout.ports.length === 0) return [];
  const { in: places, source, ports } = anti_lockout;
  const ways = selections({
    family: "both",
    in: places,
    out: [],
    protocol: "tcp",
    source,
    source_port: [],
    destination: [],
    destination_port: ports,
  }, scope);
  return ways.map(({ statements }) => named("lockout", "administrators", ...statements, COUNTER, ACCEPT));
}

/** RFC 4890, sections 4.3 and 4.4: what must pass through a firewall, and what must reach a node, for IPv6 to work. */
const ICMPV6_TRANSIT = ["destination-unreachable", "packet-too-big", "time-exceeded", "parameter-problem"];
const ICMPV6_LINK = [
  "mld-listener-query",
  "mld-listener-report",
  "mld-listener-done",
  "router-solicitation",
  "router-advertisement",
  "neighbour-solicitation",
  "neighbour-advertisement",
  "mld2-listener-report",
];
/** A router also tells of a shorter way (RFC 4861, section 8.2); conntrack takes that message for part of no connection. */
const ICMPV6_SENT = [...ICMPV6_LINK, "redirect"];

function icmpv6(id: string, words: string, types: readonly string[]): KernelRule {
  const values = types.map((type) => ICMPV6_TYPES[type] ?? 0);
  const matches = [
    ofFamily(6),
    equals(meta("l4proto"), PROTOCOLS["icmpv6"] ?? 58),
    oneOf(payload("icmpv6 type"), values),
  ];
  return named(id, words, ...matches, COUNTER, ACCEPT);
}

const established = named("system-established", "replies", state(ESTABLISHED_RELATED), COUNTER, ACCEPT);
const invalid = named("system-invalid", "part of no connection", state(INVALID), COUNTER, DROP);
const dropInvalid = ({ drop_invalid }: Settings) => drop_invalid ? [invalid] : [];
const link = (types: readonly string[]) =>
  icmpv6("system-link", "neighbours, routers and multicast of the link", types);

const SYSTEM: Readonly<Record<Hook, (settings: Settings) => KernelRule[]>> = {
  input: (settings) => [
    established,
    named("system-loopback", "", equals(meta("iifname"), "lo"), COUNTER, ACCEPT),
    link(ICMPV6_LINK),
    ...dropInvalid(settings),
    icmpv6("system-icmpv6", "errors that IPv6 depends on", ICMPV6_TRANSIT),
    ...(settings.ping ? ping() : []),
    ...(settings.dhcp_client ? dhcpAnswers() : []),
  ],
  forward: (settings) => [
    established,
    ...dropInvalid(settings),
    icmpv6("system-icmpv6", "errors that IPv6 depends on", ICMPV6_TRANSIT),
  ],
  output: (settings) => [
    established,
    named("system-loopback", "", equals(meta("oifname"), "lo"), COUNTER, ACCEPT),
    link(ICMPV6_SENT),
    icmpv6("system-icmpv6", "errors that IPv6 depends on", ICMPV6_TRANSIT),
    ...(settings.dhcp_client ? dhcpRequests() : []),
  ],
};

/** Echo requests: 20 a second for each family, so that nobody keeps the machine busy with answers. */
function ping(): KernelRule[] {
  const limit: Statement = { kind: "limit", unit: "packets", rate: 20, per: 1, burst: 40 };
  return ([4, 6] as const).map((family) =>
    named(
      "system-ping",
      "echo requests",
      ofFamily(family),
      equals(meta("l4proto"), family === 4 ? 1 : 58),
      equals(payload(family === 4 ? "icmp type" : "icmpv6 type"), family === 4 ? 8 : 128),
      limit,
      COUNTER,
      ACCEPT,
    )
  );
}

/** DHCP ports: server 67 and client 68 (RFC 2131, section 4.1), for DHCPv6 547 and 546 (RFC 8415, section 7.2). */
const DHCP = { 4: { server: 67, client: 68 }, 6: { server: 547, client: 546 } } as const;

/** Answers come from server to client, in IPv6 from a link-local address. */
function dhcpAnswers(): KernelRule[] {
  const { 4: four, 6: six } = DHCP;
  return [
    dhcp("answers of DHCP servers", ofFamily(4), UDP, port("th sport", four.server), port("th dport", four.client)),
    dhcp("answers of DHCPv6 servers", ofFamily(6), LINK_LOCAL_SOURCE, UDP, port("th dport", six.client)),
  ];
}

/** Requests go the other way. Before there is an address, a client of DHCPv4 sends past nf_tables. */
function dhcpRequests(): KernelRule[] {
  const { 4: four, 6: six } = DHCP;
  return [
    dhcp("requests to DHCP servers", ofFamily(4), UDP, port("th sport", four.client), port("th dport", four.server)),
    dhcp("requests to DHCPv6 servers", ofFamily(6), LINK_LOCAL_SOURCE, UDP, port("th dport", six.server)),
  ];
}

function dhcp(words: string, ...matches: Statement[]): KernelRule {
  return named("system-dhcp", words, ...matches, COUNTER, ACCEPT);
}

const UDP = equals(meta("l4proto"), PROTOCOLS["udp"] ?? 17);
const port = (field: "th sport" | "th dport", number: number) => equals(payload(field), number);

/** fe80::/10. */
const LINK_LOCAL_SOURCE: Statement = {
  kind: "match",
  load: payload("ip6 saddr"),
  mask: 0xffcn << 116n,
  op: "==",
  value: 0xfe8n << 116n,
};

/** Before connection tracking: a source that no route leads back to, or not out of the same interface, is forged. */
function reversePath({ reverse_path }: Settings): Chain {
  const flags = reverse_path === "strict" ? ["saddr", "iif"] as const : ["saddr"] as const;
  const noWayBack: Statement = { kind: "match", load: { load: "fib", flags, result: "present" }, op: "==", value: 0 };
  const words = reverse_path === "strict" ? "no way back out of the same interface" : "no way back to the source";
  return {
    name: "reverse-path",
    base: { type: "filter", hook: "prerouting", priority: PRIORITY.raw, policy: "accept" },
    rules: [named("system-reverse-path", words, noWayBack, COUNTER, DROP)],
  };
}

function defaultRules(hook: Hook, verdict: "accept" | "drop" | "reject", log: boolean): KernelRule[] {
  const id = `default-${hook}`;
  const note: Statement[] = log && verdict !== "accept"
    ? [{ kind: "log", prefix: logPrefix(id, verdict), group: LOG_GROUP }]
    : [];
  if (verdict !== "reject") {
    return [named(id, "no rule matched", COUNTER, ...note, verdict === "accept" ? ACCEPT : DROP)];
  }
  return rejections("auto", "any").map(({ matches, reply }) =>
    named(id, "no rule matched", ...matches, COUNTER, ...note, reply)
  );
}

/** One rule of the document as kernel rules. */
const compileRule = remembered((rule: Rule, scope: Scope): readonly KernelRule[] => {
  const states = rule.state.reduce((bits, name) => bits | STATE_BITS[name], 0);
  const tail = (verdict: Statement): Statement[] => {
    if (states === 0 && !rule.log) return [COUNTER, verdict];
    return [
      ...(states === 0 ? [] : [state(states)]),
      COUNTER,
      ...(rule.log ? [{ kind: "log", prefix: logPrefix(rule.id, rule.action), group: LOG_GROUP } as const] : []),
      verdict,
    ];
  };
  const comment = ruleComment(rule.id, rule.comment);
  if (rule.action !== "reject") {
    const verdict = VERDICTS[rule.action] ?? { kind: "verdict", verdict: verdictOf(rule) };
    const end = tail(verdict);
    return selections(rule, scope).map(({ statements }) => ({ comment, statements: statements.concat(end) }));
  }
  return rejections(rule.reject_with, rule.protocol).flatMap(({ protocols, reply }) =>
    selections(rule, scope, { families: familiesOf(rule), protocols }).map(({ statements }) => ({
      comment,
      statements: [...statements, ...tail(reply)],
    }))
  );
});

/** What most rules end with. */
const VERDICTS: Partial<Readonly<Record<Rule["action"], Statement>>> = { accept: ACCEPT, drop: DROP };

function verdictOf({ action, target }: Rule): Verdict {
  switch (action) {
    case "accept":
    case "drop":
    case "return":
      return { type: action };
    case "jump":
      return { type: "jump", chain: userChainName(target ?? "") };
    case "reject":
      return { type: "drop" };
  }
}

/** NFT_REJECT_ICMPX_*: codes that the kernel translates for each family. */
const ICMPX = { "net-unreachable": 0, "port-unreachable": 1, "host-unreachable": 2, "admin-prohibited": 3 } as const;

/** A reset is for TCP only, so `auto` on mixed protocols takes two rules: TCP first, then the rest. */
function rejections(
  kind: Rule["reject_with"],
  protocol: string | number,
): { matches: Statement[]; protocols?: number[]; reply: Statement }[] {
  const tcp = PROTOCOLS["tcp"] ?? 6;
  const reset: Statement = { kind: "reject", with: { type: "tcp-reset" } };
  const onTcp = { matches: [equals(meta("l4proto"), tcp)], protocols: [tcp], reply: reset };
  if (kind === "tcp-reset") return [onTcp];
  if (kind !== "auto") return [{ matches: [], reply: { kind: "reject", with: { type: "icmpx", code: ICMPX[kind] } } }];
  const unreachable: Statement = { kind: "reject", with: { type: "icmpx", code: ICMPX["port-unreachable"] } };
  const numbers = protocolNumbers(protocol);
  const rest = numbers.filter((number) => number !== tcp);
  if (numbers.length > 0 && rest.length === 0) return [onTcp];
  const others = { matches: [], ...(numbers.length === 0 ? {} : { protocols: rest }), reply: unreachable };
  return numbers.length === 0 || numbers.includes(tcp) ? [onTcp, others] : [others];
}
