/** Rules in nft's words beside what the kernel does with them; what is measured on 6.18 says so. */
import { assertEquals } from "../../std/assert.ts";
import type { Chain, Element, Hook, NamedSet, Rule, Statement, Table, Verdict } from "../ruleset.ts";
import type { Facts } from "./facts.ts";
import type { Packet } from "./packet.ts";
import { type Evaluation, receive, send } from "./path.ts";

const verdict = (type: "accept" | "drop" | "continue" | "return"): Statement => ({
  kind: "verdict",
  verdict: { type },
});
const to = (type: "jump" | "goto", chain: string): Statement => ({ kind: "verdict", verdict: { type, chain } });
const ACCEPT = verdict("accept");
const DROP = verdict("drop");
const COUNTER: Statement = { kind: "counter", packets: 0, bytes: 0 };

const meta = (key: "iifname" | "oifname" | "l4proto" | "nfproto" | "mark" | "length" | "skuid") =>
  ({ load: "meta", key }) as const;
const field = (name: "ip saddr" | "ip daddr" | "ip6 saddr" | "th sport" | "th dport" | "tcp flags" | "icmp type") =>
  ({ load: "payload", field: name }) as const;
const ct = (key: "state" | "status" | "mark" | "direction") => ({ load: "ct", key }) as const;

type Compared = Extract<Statement, { kind: "match" }>;
function is(load: Compared["load"], value: Compared["value"], op: Compared["op"] = "=="): Statement {
  return { kind: "match", load, op, value };
}
function bits(load: Compared["load"], mask: number, value = 0, op: Compared["op"] = "!="): Statement {
  return { kind: "match", load, mask, op, value };
}
function within(load: Compared["load"], from: number, to: number, negate = false): Statement {
  return { kind: "range", load, from, to, negate };
}
function among(loads: readonly Compared["load"][], elements: readonly Element[], negate = false): Statement {
  return { kind: "lookup", loads, set: { elements }, negate };
}

const CLIENT = 0x0a000002;
const SERVER = 0x0a000001;

const SYN: Packet = {
  family: 4,
  protocol: 6,
  source: { address: CLIENT, port: 50000 },
  destination: { address: SERVER, port: 22 },
  tcpFlags: 2,
  in: "eth0",
  out: "",
  mark: 0,
  connection: { state: "new" },
};
const PING: Packet = {
  ...SYN,
  protocol: 1,
  source: { address: CLIENT },
  destination: { address: SERVER },
  icmp: { type: 8, code: 0 },
};
const SIX: Packet = {
  ...SYN,
  family: 6,
  source: { address: 0xfd00n << 112n, port: 50000 },
  destination: { address: (0xfd00n << 112n) | 1n, port: 22 },
};
const FRAGMENT: Packet = { ...SYN, fragment: true };

/** Everything is routed to this machine, but what goes to 10.9.0.0/16. */
const FACTS: Facts = {
  route: ({ destination: { address } }) =>
    typeof address === "number" && address >>> 16 === 0x0a09 ? { to: "device", device: "eth1" } : { to: "here" },
};

function base(name: string, hook: Hook, rules: readonly (readonly Statement[])[], more: Partial<Base> = {}): Chain {
  return { name, base: { type: "filter", hook, priority: 0, policy: "accept", ...more }, rules: rules.map(ruleOf) };
}
type Base = NonNullable<Chain["base"]>;
const ruleOf = (statements: readonly Statement[]): Rule => ({ statements });

function table(chains: readonly Chain[], sets: readonly NamedSet[] = [], name = "t"): Table {
  return { family: "inet", name, chains, sets };
}

/** A rule that drops what it matches, in a chain that accepts. */
function tried(statements: readonly Statement[], packet: Packet, facts: Facts = FACTS): Evaluation {
  return receive([table([base("in", "input", [[...statements, DROP]])], SETS)], packet, facts);
}

const interval = (from: number, to: number): Element => ({ key: [from], end: [to] });
const SETS: readonly NamedSet[] = [
  {
    name: "nets",
    key: ["ipv4_addr"],
    interval: true,
    elements: [interval(0x0a000000, 0x0a000001), interval(0x0a000003, 0x0affffff), { key: [0xc0a80101] }],
  },
  {
    name: "pairs",
    key: ["ipv4_addr", "inet_service"],
    interval: true,
    elements: [
      { key: [0x0a000000, 1000], end: [0x0affffff, 2000] },
      { key: [0x0a000000, 20], end: [0x0a0000ff, 30] },
      { key: [0x0a000001, 80], end: [0x0a000001, 80] },
    ],
  },
  { name: "seen", key: ["ipv4_addr"], dynamic: true, timeout: true, elements: [] },
];

/** Matches, and whether a packet meets them; `?` where that cannot be told. */
const MATCHES: readonly (readonly [nft: string, Statement[], Packet, "yes" | "no" | "?"])[] = [
  ["iifname eth0", [is(meta("iifname"), "eth0")], SYN, "yes"],
  ['iifname "eth*"', [is(meta("iifname"), "eth*")], SYN, "yes"],
  ['iifname != "eth*"', [is(meta("iifname"), "eth*", "!=")], SYN, "no"],
  ['iifname { lo, "eth*" }', [among([meta("iifname")], [{ key: ["lo"] }, { key: ["eth*"] }])], SYN, "yes"],
  ["iifname != { lo }", [among([meta("iifname")], [{ key: ["lo"] }], true)], SYN, "yes"],
  // A device that is not there has an empty name (measured).
  ["oifname != eth1 on the way in", [is(meta("oifname"), "eth1", "!=")], SYN, "yes"],
  ["ip saddr 10.0.0.0/8", [{ ...is(field("ip saddr"), 0x0a000000), mask: 0xff000000 } as Statement], SYN, "yes"],
  ["ip saddr 192.0.0.0/2", [{ ...is(field("ip saddr"), 0xc0000000), mask: 0xc0000000 } as Statement], {
    ...SYN,
    source: { address: 0xc0a80101 },
  }, "yes"],
  [
    "ip6 saddr fd00::/8",
    [
      { ...is(field("ip6 saddr"), 0xfdn << 120n), mask: 0xffn << 120n } as Statement,
    ],
    SIX,
    "yes",
  ],
  ["ip saddr 10.0.0.2-10.0.0.9", [within(field("ip saddr"), CLIENT, 0x0a000009)], SYN, "yes"],
  ["tcp dport != 22-80", [within(field("th dport"), 22, 80, true)], SYN, "no"],
  ["tcp dport < 22", [is(field("th dport"), 22, "<")], SYN, "no"],
  ["tcp dport >= 22", [is(field("th dport"), 22, ">=")], SYN, "yes"],
  ["ip saddr @nets, between two intervals", [{ kind: "lookup", loads: [field("ip saddr")], set: "nets" }], SYN, "no"],
  ["ip daddr @nets, the end of one", [{ kind: "lookup", loads: [field("ip daddr")], set: "nets" }], SYN, "yes"],
  [
    "ip saddr . tcp dport @pairs",
    [
      { kind: "lookup", loads: [field("ip saddr"), field("th dport")], set: "pairs" },
    ],
    SYN,
    "yes",
  ],
  [
    "ip saddr . tcp sport @pairs",
    [
      { kind: "lookup", loads: [field("ip saddr"), field("th sport")], set: "pairs" },
    ],
    SYN,
    "no",
  ],
  ["ip saddr @seen, which packets fill", [{ kind: "lookup", loads: [field("ip saddr")], set: "seen" }], SYN, "?"],
  ["tcp flags & (syn | ack) == syn", [bits(field("tcp flags"), 18, 2, "==")], SYN, "yes"],
  ["ct state established,related", [bits(ct("state"), 6)], SYN, "no"],
  ["ct state new", [bits(ct("state"), 8)], SYN, "yes"],
  ["ct state untracked", [bits(ct("state"), 64)], { ...SYN, connection: { state: "untracked" } }, "yes"],
  ["ct mark != 5 of an untracked packet", [is(ct("mark"), 5, "!=")], {
    ...SYN,
    connection: { state: "untracked" },
  }, "no"],
  ["ct mark 0 of a new connection", [is(ct("mark"), 0)], SYN, "yes"],
  ["ct mark 0 of an old one", [is(ct("mark"), 0)], { ...SYN, connection: { state: "established" } }, "?"],
  ["ct direction original", [is(ct("direction"), 0)], SYN, "yes"],
  // What is not there at all matches nothing, not even an inequality.
  ["tcp dport != 80 of a later fragment", [is(field("th dport"), 80, "!=")], FRAGMENT, "no"],
  // The kernel reads what stands there, whichever header it is (measured).
  ["th dport != 53 of an echo request: its checksum", [is(field("th dport"), 53, "!=")], PING, "?"],
  ["th sport 0x0800 of an echo request: type and code", [is(field("th sport"), 0x0800)], PING, "yes"],
  ["ip saddr != 10.0.0.1 of IPv6, without a match on the protocol", [is(field("ip saddr"), 1, "!=")], SIX, "?"],
  ["ip saddr != 10.0.0.1 of IPv6", [is(meta("nfproto"), 2), is(field("ip saddr"), 1, "!=")], SIX, "no"],
  ["icmp type 8 of TCP, what comes first decides", [is(meta("l4proto"), 1), is(field("icmp type"), 8)], SYN, "no"],
  [
    "meta skuid 0, tcp dport 80: what cannot be told does not matter",
    [
      is(meta("skuid"), 0),
      is(field("th dport"), 80),
    ],
    SYN,
    "no",
  ],
  ["meta skuid 0, tcp dport 22", [is(meta("skuid"), 0), is(field("th dport"), 22)], SYN, "?"],
  ["meta mark < 5, which compares bytes", [is(meta("mark"), 5, "<")], SYN, "?"],
  ["an expression of others", [{ kind: "unknown", expression: "synproxy" }], SYN, "?"],
  ["fib daddr type local, without a table", [is({ load: "fib", flags: ["daddr"], result: "type" }, 2)], SYN, "?"],
  ["limit rate 1/second", [{ kind: "limit", unit: "packets", rate: 1, per: 1, burst: 5 }], SYN, "yes"],
  ["limit rate over 1/second", [{ kind: "limit", unit: "packets", rate: 1, per: 1, burst: 5, over: true }], SYN, "no"],
];

for (const [nft, statements, packet, expected] of MATCHES) {
  Deno.test(`match: ${nft}`, () => {
    assertEquals(tried(statements, packet).verdict, { yes: "drop", no: "accept", "?": "unknown" }[expected], nft);
  });
}

const jumps = (rules: readonly (readonly Statement[])[], more: readonly Chain[], policy: Base["policy"] = "accept") =>
  table([base("in", "input", rules, { policy }), ...more]);
const chain = (name: string, ...rules: readonly Statement[][]): Chain => ({ name, rules: rules.map(ruleOf) });

/** Tables, the verdict on a SYN to port 22, and what decided, as chain and rule. */
const WALKS: readonly (readonly [title: string, Table[], Evaluation["verdict"], by: string])[] = [
  ["an empty chain has its policy", [jumps([], [], "drop")], "drop", "in policy"],
  ["a rule comes before the policy", [jumps([[COUNTER, ACCEPT]], [], "drop")], "accept", "in 0"],
  [
    "a chain that is jumped to comes back",
    [jumps([[to("jump", "a")], [DROP]], [chain("a", [COUNTER])])],
    "drop",
    "in 1",
  ],
  [
    "return comes back as well",
    [
      jumps([[to("jump", "a")], [ACCEPT]], [chain("a", [verdict("return")], [DROP])], "drop"),
    ],
    "accept",
    "in 1",
  ],
  ["return in a base chain: the policy", [jumps([[verdict("return")], [ACCEPT]], [], "drop")], "drop", "in policy"],
  ["behind goto nobody comes back", [jumps([[to("goto", "a")], [ACCEPT]], [chain("a")], "drop")], "drop", "in policy"],
  [
    "goto within a jump comes back to where the jump was",
    [
      jumps([[to("jump", "a")], [ACCEPT]], [chain("a", [to("goto", "b")], [DROP]), chain("b")], "drop"),
    ],
    "accept",
    "in 1",
  ],
  ["continue goes on in the same rule", [jumps([[verdict("continue"), DROP]], [])], "drop", "in 0"],
  ["a rule in the chain that was jumped to decides", [jumps([[to("jump", "a")]], [chain("a", [DROP])])], "drop", "a 0"],
  ["a chain that is not there", [jumps([[to("jump", "nowhere")]], [])], "unknown", "in 0"],
  ["a loop, which the kernel refuses", [jumps([[to("jump", "a")]], [chain("a", [to("jump", "a")])])], "unknown", "a 0"],
  [
    "accept ends one base chain, and the next is asked",
    [
      table([base("late", "input", [[DROP]], { priority: 10 }), base("early", "input", [[ACCEPT]])]),
    ],
    "drop",
    "late 0",
  ],
  [
    "drop ends all",
    [
      table([base("late", "input", [[ACCEPT]], { priority: 10 }), base("early", "input", [[DROP]])]),
    ],
    "drop",
    "early 0",
  ],
  [
    "other tables are asked too",
    [
      table([base("in", "input", [[ACCEPT]])]),
      table([base("theirs", "input", [], { priority: 1, policy: "drop" })], [], "other"),
    ],
    "drop",
    "theirs policy",
  ],
  [
    "tables of the other family are not",
    [
      { ...table([base("six", "input", [[DROP]])]), family: "ip6" },
      table([base("in", "input", [[ACCEPT]])], [], "own"),
    ],
    "accept",
    "in 0",
  ],
  // Measured: of equal priority, the chain made last comes first.
  [
    "of equal priority, the one made last comes first",
    [
      table([base("one", "input", [[DROP]]), base("two", "input", [[DROP]])]),
    ],
    "drop",
    "two 0",
  ],
  [
    "a mark that one rule sets is seen by the next",
    [
      jumps([[{ kind: "assign", target: { set: "meta", key: "mark" }, value: 7 }], [is(meta("mark"), 7), DROP]], []),
    ],
    "drop",
    "in 1",
  ],
  [
    "a mark of the connection likewise",
    [
      jumps([[{ kind: "assign", target: { set: "ct", key: "mark" }, value: 7 }], [is(ct("mark"), 7), DROP]], []),
    ],
    "drop",
    "in 1",
  ],
  [
    "a map of verdicts",
    [jumps([[
      { kind: "lookup", loads: [field("th dport")], set: { elements: portVerdicts() }, verdicts: true },
    ]], [chain("a", [DROP])])],
    "drop",
    "a 0",
  ],
  [
    "a map of verdicts without the value",
    [jumps([[
      { kind: "lookup", loads: [field("th sport")], set: { elements: portVerdicts() }, verdicts: true },
      DROP,
    ]], [chain("a")])],
    "accept",
    "in policy",
  ],
  ["reject ends all", [jumps([[{ kind: "reject", with: { type: "tcp-reset" } }], [ACCEPT]], [])], "reject", "in 0"],
  // Measured: before conntrack the state is invalid, and there is no mark to compare.
  [
    "ct state before conntrack",
    [
      table([base("raw", "prerouting", [[bits(ct("state"), 1), is(ct("mark"), 5, "!="), ACCEPT], [
        bits(ct("state"), 1),
        DROP,
      ]], { priority: -300 })]),
    ],
    "drop",
    "raw 1",
  ],
  [
    "notrack before conntrack",
    [
      table([
        base("raw", "prerouting", [[{ kind: "notrack" }]], { priority: -300 }),
        base("in", "input", [[bits(ct("state"), 64), DROP]]),
      ]),
    ],
    "drop",
    "in 0",
  ],
  [
    "notrack behind it comes too late",
    [
      table([
        base("late", "prerouting", [[{ kind: "notrack" }]], { priority: -150 }),
        base("in", "input", [[bits(ct("state"), 8), DROP]]),
      ]),
    ],
    "drop",
    "in 0",
  ],
];

function portVerdicts(): Element[] {
  const jump: Verdict = { type: "jump", chain: "a" };
  return [{ key: [22], verdict: jump }, { key: [80], verdict: { type: "drop" } }];
}

function decided({ decision }: Evaluation): string {
  if (decision === undefined) return "nobody";
  const { rule, chain } = decision;
  return rule === undefined ? `${chain.name} policy` : `${rule.chain} ${rule.index}`;
}

for (const [title, tables, expected, by] of WALKS) {
  Deno.test(`walk: ${title}`, () => {
    const evaluation = receive(tables, SYN, FACTS);
    assertEquals([evaluation.verdict, decided(evaluation)], [expected, by]);
  });
}

Deno.test("the trace names the rules that matched, and those that count on a rate", () => {
  const limit: Statement = { kind: "limit", unit: "packets", rate: 1, per: 1, burst: 5 };
  const rules = [[COUNTER], [is(field("th dport"), 80), DROP], [limit, to("jump", "a")], [ACCEPT]];
  const tables = [jumps(rules, [chain("a", [limit, is(field("th dport"), 80)], [COUNTER])])];
  const names = (places: Evaluation["matched"]) => places.map(({ chain, index }) => `${chain} ${index}`);
  const { matched, limited } = receive(tables, SYN, FACTS);
  assertEquals(names(matched), ["in 0", "in 2", "a 1", "in 3"]);
  assertEquals(names(limited), ["in 2"]);
  assertEquals(names(receive(tables, SYN, { ...FACTS, limit: "exceeded" }).matched), ["in 0", "in 3"]);
});

Deno.test("a big set is searched by bisection", () => {
  const elements = Array.from({ length: 200_000 }, (_, index) => interval(index * 16, index * 16 + 7));
  const big: NamedSet = { name: "big", key: ["ipv4_addr"], interval: true, elements };
  const tables = [table([base("in", "input", [[
    { kind: "lookup", loads: [field("ip saddr")], set: "big" },
    DROP,
  ]])], [big])];
  const from = (address: number) => receive(tables, { ...SYN, source: { address } }, FACTS).verdict;
  assertEquals([from(0), from(1_600_007), from(1_600_008), from(3_199_999), from(3_199_991)], [
    "drop",
    "drop",
    "accept",
    "accept",
    "drop",
  ]);
});

// Translation --------------------------------------------------------------------------------------------------------

const DNAT: Statement = { kind: "dnat", family: "ip", address: 0x0a090807, port: 8022 };

function nat(hook: Hook, rules: readonly (readonly Statement[])[], more: Partial<Base> = {}): Chain {
  const priority = hook === "prerouting" || hook === "output" ? -100 : 100;
  return base(`nat-${hook}`, hook, rules, { type: "nat", priority, ...more });
}

Deno.test("filters behind a translation see the new destination", () => {
  const filter = base("fwd", "forward", [[is(field("ip daddr"), 0x0a090807), is(field("th dport"), 8022), ACCEPT]], {
    policy: "drop",
  });
  const dnatted = bits(ct("status"), 32);
  const behind = nat("postrouting", [[is(meta("iifname"), "eth0"), dnatted, { kind: "masquerade" }]]);
  const tables = [table([nat("prerouting", [[DNAT], [DROP]]), filter, behind])];
  const { verdict, hook, packet, translations } = receive(tables, SYN, { ...FACTS, addressOf: () => 0x0a090001 });
  assertEquals([verdict, hook, packet.out], ["accept", "postrouting", "eth1"]);
  assertEquals(packet.destination, { address: 0x0a090807, port: 8022 });
  assertEquals(packet.source, { address: 0x0a090001, port: 50000 });
  assertEquals(packet.connection.original, { source: SYN.source, destination: SYN.destination });
  assertEquals(translations.map(({ side, rule }) => [side, rule?.chain]), [
    ["destination", "nat-prerouting"],
    ["source", "nat-postrouting"],
  ]);
});

Deno.test("only the first packet of a connection asks the rules; later ones get what was decided", () => {
  const tables = [table([nat("prerouting", [[DNAT]], { policy: "drop" })])];
  const later: Packet = { ...SYN, connection: { state: "established" } };
  assertEquals(receive(tables, later, FACTS).packet.destination, SYN.destination);
  const moved = { address: 0x0a090809, port: 1 };
  const known: Packet = { ...SYN, connection: { state: "established", rewrites: { destination: moved } } };
  const { packet, hook, translations } = receive(tables, known, FACTS);
  assertEquals([packet.destination, hook], [moved, "postrouting"]);
  assertEquals(translations, [{ side: "destination", before: SYN.destination, after: moved }]);
  for (const state of ["invalid", "untracked"] as const) {
    assertEquals(receive(tables, { ...SYN, connection: { state } }, FACTS).hook, "input");
  }
});

Deno.test("what is for the other family lets the packet by", () => {
  const tables = [table([nat("prerouting", [[DNAT], [DROP]])])];
  const { verdict, decision } = receive(tables, SIX, FACTS);
  assertEquals([verdict, decision?.rule?.index], ["drop", 1]);
});

Deno.test("a nat chain has one place, whatever its priority says", () => {
  const early = base("early", "prerouting", [[is(field("th dport"), 22), DROP]], { priority: -101 });
  const late = base("late", "prerouting", [[is(field("th dport"), 22), DROP]], { priority: -99 });
  const chain = nat("prerouting", [[DNAT]], { priority: -300 });
  assertEquals(decided(receive([table([chain, early])], SYN, FACTS)), "early 0");
  assertEquals(receive([table([chain, late])], SYN, FACTS).verdict, "accept");
});

/** A translation at a hook, and the end that it makes of 10.0.0.1 port 22, or of 10.0.0.2 port 50000 behind routing. */
const ENDS: readonly (readonly [Statement, Hook, Packet["source"] | "drop"])[] = [
  [{ kind: "dnat", family: "ip", address: 0x0a090807 }, "prerouting", { address: 0x0a090807, port: 22 }],
  [{ kind: "dnat", family: "ip", address: 0x0a090807, addressEnd: 0x0a090809 }, "prerouting", { port: 22 }],
  [{ kind: "dnat", family: "ip", address: 0x0a090000, addressEnd: 0x0a09ffff, prefix: true }, "prerouting", {
    address: 0x0a090001,
    port: 22,
  }],
  [{ kind: "dnat", port: 8022 }, "prerouting", { address: SERVER, port: 8022 }],
  [{ kind: "dnat", port: 8000, portEnd: 8010 }, "prerouting", { address: SERVER, port: 8000 }],
  [{ kind: "dnat", port: 20, portEnd: 30 }, "prerouting", { address: SERVER, port: 22 }],
  [{ kind: "redirect", port: 8022 }, "prerouting", { address: 0x0a0000fe, port: 8022 }],
  [{ kind: "masquerade" }, "postrouting", { address: 0x0a0000fe, port: 50000 }],
  [{ kind: "masquerade", random: true }, "postrouting", { address: 0x0a0000fe }],
  [{ kind: "snat", family: "ip", address: 1, port: 1000, portEnd: 2000 }, "postrouting", { address: 1 }],
];

for (const [statement, hook, end] of ENDS) {
  Deno.test(`translate: ${JSON.stringify(statement)}`, () => {
    const facts: Facts = { route: () => ({ to: "device", device: "eth1" }), addressOf: () => 0x0a0000fe };
    const { translations } = receive([table([nat(hook, [[statement]])])], SYN, facts);
    assertEquals(translations.map(({ after }) => after), [end]);
  });
}

Deno.test("masquerading out of a device without an address drops", () => {
  const facts: Facts = { route: () => ({ to: "device", device: "eth1" }), addressOf: () => null };
  assertEquals(receive([table([nat("postrouting", [[{ kind: "masquerade" }]])])], SYN, facts).verdict, "drop");
});

Deno.test("what this machine sends passes output and postrouting", () => {
  const packet: Packet = { ...SYN, in: "", out: "eth0" };
  const output = base("out", "output", [[is(meta("iifname"), "eth9", "!="), COUNTER]]);
  const { verdict, hook, matched } = send([table([output])], packet, FACTS);
  assertEquals([verdict, hook, matched.length], ["accept", "postrouting", 1]);
  const moved = send([table([nat("output", [[DNAT]])])], packet, FACTS);
  assertEquals(moved.packet.out, "eth1");
});

// Measured: what comes in by loopback has its state and its translation from the way out.
Deno.test("a packet of the machine to itself is translated once, when it leaves", () => {
  const tables = [table([
    base("raw", "prerouting", [[bits(ct("state"), 1), DROP]], { priority: -300 }),
    nat("prerouting", [[DROP]]),
    nat("input", [[DROP]]),
  ])];
  const left = send(tables, { ...SYN, in: "", out: "lo" }, FACTS).packet;
  assertEquals(receive(tables, { ...left, in: "lo", out: "" }, FACTS).verdict, "accept");
});

Deno.test("without a route nobody can tell where a packet goes", () => {
  assertEquals(receive([table([])], SYN, {}).verdict, "unknown");
  assertEquals(receive([table([])], SYN, { route: () => ({ to: "nowhere" }) }).verdict, "unroutable");
});
