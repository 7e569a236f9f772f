/** A table with every statement, chain form and set that Patronus knows. */
import type { Load, NamedSet, PayloadField, Rule, Statement, Table } from "../../lib/nft/ruleset.ts";

const meta = (key: Extract<Load, { load: "meta" }>["key"]): Load => ({ load: "meta", key });
const payload = (field: PayloadField): Load => ({ load: "payload", field });
const equals = (load: Load, value: number | bigint | string): Statement => ({ kind: "match", load, op: "==", value });
const v4 = equals(meta("nfproto"), 2);
const v6 = equals(meta("nfproto"), 10);
const l4 = (number: number) => equals(meta("l4proto"), number);
const accept: Statement = { kind: "verdict", verdict: { type: "accept" } };
const fd00 = 0xfd00n << 112n;

/** Rules for a filter chain, by name. */
export function filterCases(): [string, Statement[]][] {
  const cases: [string, Statement[]][] = [];
  const add = (name: string, ...statements: Statement[]) => cases.push([name, [...statements, accept]]);
  for (const op of ["==", "!="] as const) {
    for (const key of ["iifname", "oifname"] as const) {
      for (const value of ["eth0", "a.very-long-dev", "eth*"]) {
        if (!(value === "eth*" && op === "!=" && key === "oifname")) {
          add(`${key} ${op} ${value}`, { kind: "match", load: meta(key), op, value });
        }
      }
    }
    for (const value of [1, 0x12345678, 0xffffffff]) {
      add(`mark ${op} ${value}`, { kind: "match", load: meta("mark"), op, value });
    }
    for (const value of [6, 17, 47, 50, 200]) {
      add(`l4proto ${op} ${value}`, { kind: "match", load: meta("l4proto"), op, value });
    }
    for (const value of [0, 1, 2]) add(`pkttype ${op} ${value}`, { kind: "match", load: meta("pkttype"), op, value });
    for (
      const [guard, field, value] of [
        [v4, "ip saddr", 0x0a000001],
        [v4, "ip daddr", 0xc0a80101],
        [v6, "ip6 saddr", fd00 + 1n],
        [v6, "ip6 daddr", fd00 + 0x10n],
      ] as const
    ) {
      add(`${field} ${op}`, guard, { kind: "match", load: payload(field), op, value });
    }
    for (const length of [1, 7, 8, 9, 12, 16, 20, 24, 25, 31, 32]) {
      const mask = Number(((1n << BigInt(length)) - 1n) << BigInt(32 - length));
      const value = Number(BigInt(0x0a141e28) & BigInt(mask));
      if (length < 32) add(`v4 /${length} ${op}`, v4, { kind: "match", load: payload("ip saddr"), mask, op, value });
    }
    for (const length of [3, 8, 13, 32, 48, 56, 64, 65, 96, 127]) {
      const mask = ((1n << BigInt(length)) - 1n) << BigInt(128 - length);
      const value = (fd00 + (0x1234n << 64n) + 0x5678n) & mask;
      add(`v6 /${length} ${op}`, v6, { kind: "match", load: payload("ip6 daddr"), mask, op, value });
    }
    for (const protocol of [6, 17, 132]) {
      for (const field of ["th sport", "th dport"] as const) {
        for (const value of [0, 80, 65535]) {
          add(`${protocol} ${field} ${op} ${value}`, l4(protocol), { kind: "match", load: payload(field), op, value });
        }
        const negate = op === "!=" ? { negate: true } : {};
        add(`${protocol} ${field} range ${op}`, l4(protocol), {
          kind: "range",
          load: payload(field),
          from: 8000,
          to: 8100,
          ...negate,
        });
        const elements = [{ key: [22] }, { key: [80], end: [81] }, { key: [443] }, { key: [1000], end: [65535] }];
        add(`${protocol} ${field} intervals ${op}`, l4(protocol), {
          kind: "lookup",
          loads: [payload(field)],
          set: { interval: true, elements },
          ...negate,
        });
        add(`${protocol} ${field} set ${op}`, l4(protocol), {
          kind: "lookup",
          loads: [payload(field)],
          set: { elements: [{ key: [22] }, { key: [80] }] },
          ...negate,
        });
      }
    }
  }
  for (const op of ["<", ">", "<=", ">="] as const) {
    add(`dport ${op}`, l4(6), { kind: "match", load: payload("th dport"), op, value: 1024 });
  }
  for (const bits of [1, 2, 4, 8, 64, 2 | 4, 1 | 8, 2 | 4 | 8]) {
    add(`ct state ${bits}`, { kind: "match", load: { load: "ct", key: "state" }, mask: bits, op: "!=", value: 0 });
  }
  for (const bits of [1, 2, 32]) {
    add(`ct status ${bits}`, { kind: "match", load: { load: "ct", key: "status" }, mask: bits, op: "!=", value: 0 });
  }
  add("ct mark", equals({ load: "ct", key: "mark" }, 7));
  add("ct original daddr", v4, equals({ load: "ct", key: "ip daddr", direction: "original" }, 0x0a000001));
  add("ct original proto-dst", l4(6), equals({ load: "ct", key: "proto-dst", direction: "original" }, 80));
  for (const type of [0, 3, 8, 11]) add(`icmp ${type}`, v4, l4(1), equals(payload("icmp type"), type));
  for (const type of [1, 2, 128, 135, 143]) add(`icmpv6 ${type}`, v6, l4(58), equals(payload("icmpv6 type"), type));
  add("icmpv6 set", v6, l4(58), {
    kind: "lookup",
    loads: [payload("icmpv6 type")],
    set: { elements: [1, 2, 3, 4].map((type) => ({ key: [type] })) },
  });
  for (const [mask, value] of [[2, 2], [3, 1], [18, 2], [63, 0]] as const) {
    add(`tcp flags ${mask} ${value}`, l4(6), { kind: "match", load: payload("tcp flags"), mask, op: "==", value });
  }
  add(
    "tcp+udp",
    { kind: "lookup", loads: [meta("l4proto")], set: { elements: [{ key: [6] }, { key: [17] }] } },
    equals(payload("th dport"), 53),
  );
  add("devices", {
    kind: "lookup",
    loads: [meta("iifname")],
    set: { elements: [{ key: ["eth0"] }, { key: ["wlan0"] }] },
  });
  add("not devices", {
    kind: "lookup",
    loads: [meta("oifname")],
    set: { elements: [{ key: ["eth0"] }, { key: ["wlan0"] }] },
    negate: true,
  });
  add("v4 range", v4, { kind: "range", load: payload("ip saddr"), from: 0x0a000001, to: 0x0a000009 });
  add("v6 range", v6, { kind: "range", load: payload("ip6 saddr"), from: fd00, to: fd00 + 9n });
  add("v4 networks", v4, {
    kind: "lookup",
    loads: [payload("ip saddr")],
    set: {
      interval: true,
      elements: [{ key: [0x0a000000], end: [0x0affffff] }, { key: [0xc0a80105], end: [0xc0a80109] }, {
        key: [0xffffff00],
        end: [0xffffffff],
      }],
    },
  });
  add("v6 networks", v6, {
    kind: "lookup",
    loads: [payload("ip6 saddr")],
    set: { interval: true, elements: [{ key: [1n] }, { key: [fd00], end: [fd00 + (1n << 120n) - 1n] }] },
  });
  add("from zero", v4, {
    kind: "lookup",
    loads: [payload("ip saddr")],
    set: { interval: true, elements: [{ key: [0], end: [0x00ffffff] }, { key: [0x02000000] }] },
  });
  add("named set", v4, { kind: "lookup", loads: [payload("ip saddr")], set: "a4-nets" });
  add("not named set", v6, { kind: "lookup", loads: [payload("ip6 saddr")], set: "a6-nets", negate: true });
  add("named ports", l4(6), { kind: "lookup", loads: [payload("th dport")], set: "p-web" });
  add("concat", v4, { kind: "lookup", loads: [payload("ip saddr"), meta("l4proto")], set: "pairs" });
  add("both families", v4, equals(payload("ip saddr"), 1), l4(6), equals(payload("th dport"), 80));
  add("rpf", { kind: "match", load: { load: "fib", flags: ["saddr", "iif"], result: "present" }, op: "==", value: 0 });
  add("rpf loose", { kind: "match", load: { load: "fib", flags: ["saddr"], result: "present" }, op: "==", value: 1 });
  add("fib local", equals({ load: "fib", flags: ["daddr"], result: "type" }, 2));
  for (const per of [1, 60, 3600, 86400]) {
    add(`limit ${per}`, { kind: "limit", unit: "packets", rate: 10, per, burst: 5 });
    add(`limit over ${per}`, { kind: "limit", unit: "packets", rate: 10, per, burst: 7, over: true });
  }
  add("log prefix", { kind: "log", prefix: "rule:accept ", group: 5 });
  add("log snaplen", { kind: "log", prefix: "ü ", group: 1, snaplen: 64, queueThreshold: 10 });
  add("kernel log", { kind: "log", prefix: "x" });
  add("counter", { kind: "counter", packets: 7, bytes: 4_294_967_299 });
  add("set mark", { kind: "assign", target: { set: "meta", key: "mark" }, value: 0x10 });
  add("set ct mark", { kind: "assign", target: { set: "ct", key: "mark" }, value: 0x20 });
  for (const verdict of ["drop", "continue", "return"] as const) {
    cases.push([verdict, [{ kind: "verdict", verdict: { type: verdict } }]]);
  }
  cases.push(["jump", [{ kind: "verdict", verdict: { type: "jump", chain: "target" } }]]);
  cases.push(["goto", [{ kind: "verdict", verdict: { type: "goto", chain: "target" } }]]);
  for (const code of [0, 1, 2, 3]) cases.push([`icmpx ${code}`, [{ kind: "reject", with: { type: "icmpx", code } }]]);
  for (const code of [0, 1, 2, 3, 9, 10, 13]) {
    cases.push([`icmp ${code}`, [v4, { kind: "reject", with: { type: "icmp", code } }]]);
  }
  for (const code of [0, 1, 3, 4]) {
    cases.push([`icmpv6 ${code}`, [v6, { kind: "reject", with: { type: "icmpv6", code } }]]);
  }
  cases.push(["tcp reset", [l4(6), { kind: "reject", with: { type: "tcp-reset" } }]]);
  return cases;
}

function natCases(): [string, string, Statement[]][] {
  const cases: [string, string, Statement[]][] = [];
  const ten = 0x0a000001;
  for (const [kind, chain] of [["dnat", "pre"], ["snat", "post"]] as const) {
    for (const options of [{}, { persistent: true }, { random: true }, { fullyRandom: true }]) {
      const flags = Object.keys(options).join();
      cases.push([`${kind} ${flags}`, chain, [{ kind, family: "ip", address: ten, ...options }]]);
      cases.push([`${kind} range ${flags}`, chain, [{
        kind,
        family: "ip",
        address: ten,
        addressEnd: ten + 8,
        ...options,
      }]]);
      cases.push([`${kind} v6 ${flags}`, chain, [{ kind, family: "ip6", address: fd00 + 1n, ...options }]]);
      cases.push([`${kind} port ${flags}`, chain, [l4(6), { kind, family: "ip", address: ten, port: 80, ...options }]]);
      cases.push([`${kind} ports ${flags}`, chain, [l4(6), {
        kind,
        family: "ip",
        address: ten,
        port: 80,
        portEnd: 90,
        ...options,
      }]]);
      cases.push([`${kind} v6 port ${flags}`, chain, [l4(6), {
        kind,
        family: "ip6",
        address: fd00,
        port: 80,
        ...options,
      }]]);
    }
    cases.push([`${kind} prefix`, chain, [{
      kind,
      family: "ip",
      address: 0x0a000000,
      addressEnd: 0x0a0000ff,
      prefix: true,
    }]]);
    cases.push([`${kind} v6 prefix`, chain, [{
      kind,
      family: "ip6",
      address: fd00,
      addressEnd: fd00 + (1n << 64n) - 1n,
      prefix: true,
    }]]);
  }
  cases.push(["masquerade", "post", [{ kind: "masquerade" }]]);
  cases.push(["masquerade random", "post", [{ kind: "masquerade", random: true }]]);
  cases.push(["masquerade ports", "post", [l4(6), { kind: "masquerade", port: 1024, portEnd: 65535 }]]);
  cases.push(["redirect", "pre", [l4(6), { kind: "redirect", port: 8080 }]]);
  cases.push(["redirect ports", "pre", [l4(17), { kind: "redirect", port: 8080, portEnd: 8090 }]]);
  return cases;
}

const SETS: readonly NamedSet[] = [
  {
    name: "a4-nets",
    key: ["ipv4_addr"],
    interval: true,
    elements: [{ key: [0x0a000000], end: [0x0affffff] }, { key: [0xc0000201] }],
  },
  { name: "a6-nets", key: ["ipv6_addr"], interval: true, elements: [{ key: [fd00], end: [fd00 + 0xffffn] }] },
  { name: "empty", key: ["ipv6_addr"], interval: true, elements: [] },
  { name: "p-web", key: ["inet_service"], interval: true, elements: [{ key: [80] }, { key: [8000], end: [8100] }] },
  { name: "pairs", key: ["ipv4_addr", "inet_proto"], elements: [{ key: [1, 6] }, { key: [2, 17] }] },
  { name: "ranges", key: ["ipv4_addr", "inet_service"], interval: true, elements: [{ key: [10, 80], end: [20, 90] }] },
  { name: "names", key: ["ifname"], elements: [{ key: ["eth0"] }, { key: ["wg0"] }] },
  { name: "macs", key: ["ether_addr"], elements: [{ key: [0x001122334455n], comment: "printer" }] },
  { name: "marks", key: ["mark"], elements: [{ key: [1] }, { key: [0x01000000] }] },
  {
    name: "verdicts",
    key: ["inet_service"],
    verdicts: true,
    elements: [{ key: [80], verdict: { type: "accept" } }, { key: [81], verdict: { type: "jump", chain: "target" } }],
  },
  { name: "counted", key: ["ipv4_addr"], counter: true, elements: [] },
  { name: "fading", key: ["ipv4_addr"], timeout: true, defaultTimeout: 3600, elements: [] },
  { name: "learned", key: ["ipv4_addr"], dynamic: true, timeout: true, size: 1000, elements: [] },
];

/** The table of cases. Its rules are named by their comments. */
export function table(): Table {
  const filter = filterCases();
  const nat = natCases();
  const rules = (cases: [string, Statement[]][]): Rule[] =>
    cases.map(([name, statements]) => ({ comment: name, statements }));
  const natRules = (chain: string) =>
    rules(nat.filter(([, at]) => at === chain).map(([name, , statements]) => [name, statements]));
  return {
    family: "inet",
    name: "cases",
    chains: [
      { name: "target", rules: [] },
      {
        name: "filter",
        comment: "every match",
        base: { type: "filter", hook: "input", priority: 0, policy: "accept" },
        rules: rules(filter),
      },
      {
        name: "raw",
        base: { type: "filter", hook: "prerouting", priority: -300, policy: "accept" },
        rules: [{ statements: [{ kind: "notrack" }] }],
      },
      { name: "forward", base: { type: "filter", hook: "forward", priority: 10, policy: "drop" }, rules: [] },
      { name: "mangle", base: { type: "route", hook: "output", priority: -150, policy: "accept" }, rules: [] },
      {
        name: "pre",
        base: { type: "nat", hook: "prerouting", priority: -100, policy: "accept" },
        rules: natRules("pre"),
      },
      {
        name: "post",
        base: { type: "nat", hook: "postrouting", priority: 100, policy: "accept" },
        rules: natRules("post"),
      },
    ],
    sets: SETS,
  };
}
