/** A ruleset in nft's own syntax: what `nft -f` takes, as an expert would write it. */
import { formatAddress } from "../model/address.ts";
import { DATATYPES, maskLength, printBits, printValue } from "./datatype.ts";
import { ICMPX_CODES } from "./expr/reject.ts";
import { PAYLOAD_FIELDS } from "./expr/payload.ts";
import { loadType } from "./load.ts";
import type { Chain, Datatype, Element, Load, LookupStatement, MatchStatement, NamedSet } from "./ruleset.ts";
import type { NatStatement, Rule, Statement, Table, Value, Verdict } from "./ruleset.ts";

/** Prints a table with everything in it, ending in a newline. */
export function printTable(table: Table): string {
  const parts = [...table.sets.map(printSet), ...table.chains.map(printChain)];
  return `table ${table.family} ${table.name} {\n${parts.join("\n")}}\n`;
}

function printChain(chain: Chain): string {
  const lines: string[] = [];
  if (chain.comment !== undefined) lines.push(`comment "${chain.comment}"`);
  if (chain.base !== undefined) {
    const { type, hook, priority, policy, devices } = chain.base;
    const on = devices === undefined ? "" : ` devices = { ${devices.map((name) => `"${name}"`).join(", ")} }`;
    lines.push(`type ${type} hook ${hook}${on} priority ${priority}; policy ${policy};`);
  }
  lines.push(...chain.rules.map(printRule));
  return `\tchain ${chain.name} {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
}

function printSet(set: NamedSet): string {
  const flags = [
    set.interval === true ? "interval" : "",
    set.dynamic === true ? "dynamic" : "",
    set.timeout === true ? "timeout" : "",
  ].filter((flag) => flag !== "");
  const lines = [`type ${set.key.join(" . ")}${set.verdicts === true ? " : verdict" : ""}`];
  if (set.size !== undefined) lines.push(`size ${set.size}`);
  if (flags.length > 0) lines.push(`flags ${flags.join(",")}`);
  if (set.defaultTimeout !== undefined) lines.push(`timeout ${set.defaultTimeout}s`);
  if (set.counter === true) lines.push("counter");
  if (set.comment !== undefined) lines.push(`comment "${set.comment}"`);
  if (set.elements.length > 0) {
    const elements = set.elements.map((element) => printElement(element, set.key));
    lines.push(`elements = { ${elements.join(",\n\t\t\t     ")} }`);
  }
  const kind = set.verdicts === true ? "map" : "set";
  return `\t${kind} ${set.name} {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
}

/** Prints one rule without its handle; a counter is printed with its readings. */
export function printRule(rule: Rule): string {
  const words = rule.statements.map((statement, index) => {
    const next = rule.statements[index + 1];
    return next !== undefined && impliedBy(statement, next, rule.statements.slice(index + 2))
      ? ""
      : printStatement(statement, rule.statements.slice(0, index));
  });
  if (rule.comment !== undefined) words.push(`comment "${rule.comment}"`);
  return words.filter((word) => word !== "").join(" ");
}

/** Whether nft adds a match on a protocol by itself, because the next statement reads a field of that protocol. */
function impliedBy(statement: Statement, next: Statement, later: readonly Statement[]): boolean {
  if (statement.kind !== "match" || statement.op !== "==" || statement.load.load !== "meta") return false;
  const { key } = statement.load;
  if (key === "nfproto") {
    const field = fieldOf(next);
    if (field !== undefined && PAYLOAD_FIELDS[field].nfproto === statement.value) return true;
    // icmp and icmpv6 imply both protocols, one behind the other.
    const [after] = later;
    const behind = after === undefined ? undefined : fieldOf(after);
    return behind !== undefined && PAYLOAD_FIELDS[behind].l4proto !== undefined &&
      PAYLOAD_FIELDS[behind].nfproto === statement.value && after !== undefined && impliedBy(next, after, []);
  }
  if (key === "l4proto") {
    const field = fieldOf(next);
    if (field === undefined) return false;
    if (field === "th sport" || field === "th dport") return PORT_PROTOCOLS[Number(statement.value)] !== undefined;
    return PAYLOAD_FIELDS[field].l4proto === statement.value;
  }
  return false;
}

const PORT_PROTOCOLS: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp", 132: "sctp" };

function fieldOf(statement: Statement) {
  if (statement.kind !== "match" && statement.kind !== "range" && statement.kind !== "lookup") return undefined;
  const load = statement.kind === "lookup" ? statement.loads[0] : statement.load;
  return load?.load === "payload" ? load.field : undefined;
}

function printStatement(statement: Statement, before: readonly Statement[]): string {
  switch (statement.kind) {
    case "match":
      return printMatch(statement, before);
    case "range": {
      const type = loadType(statement.load);
      const not = statement.negate === true ? "!= " : "";
      return `${printLoad(statement.load, before)} ${not}${printValue(type, statement.from)}-${
        printValue(type, statement.to)
      }`;
    }
    case "lookup":
      return printLookup(statement, before);
    case "verdict":
      return printVerdict(statement.verdict);
    case "counter":
      return `counter packets ${statement.packets} bytes ${statement.bytes}`;
    case "log": {
      const words = ["log"];
      if (statement.prefix !== undefined) words.push(`prefix "${statement.prefix}"`);
      if (statement.group !== undefined) words.push(`group ${statement.group}`);
      if (statement.snaplen !== undefined) words.push(`snaplen ${statement.snaplen}`);
      if (statement.queueThreshold !== undefined) words.push(`queue-threshold ${statement.queueThreshold}`);
      return words.join(" ");
    }
    case "limit": {
      const per = PERIODS[statement.per] ?? `${statement.per}s`;
      const unit = statement.unit === "bytes" ? " bytes" : "";
      const over = statement.over === true ? "over " : "";
      return `limit rate ${over}${statement.rate}${unit}/${per} burst ${statement.burst} ${statement.unit}`;
    }
    case "snat":
    case "dnat":
    case "masquerade":
    case "redirect":
      return printNat(statement);
    case "reject":
      return printReject(statement.with);
    case "assign":
      return `${statement.target.set} ${statement.target.key} set ${printValue("mark", statement.value)}`;
    case "notrack":
      return "notrack";
    case "unknown":
      return `# unknown: ${statement.expression}`;
  }
}

const PERIODS: Readonly<Record<number, string>> = {
  1: "second",
  60: "minute",
  3600: "hour",
  86400: "day",
  604800: "week",
};

function printLoad(load: Load, before: readonly Statement[]): string {
  switch (load.load) {
    case "meta":
      return ["iifname", "oifname", "iif", "oif"].includes(load.key) ? load.key : `meta ${load.key}`;
    case "payload":
      return load.field.startsWith("th ") ? `${portProtocol(before)}${load.field.slice(2)}` : load.field;
    case "ct":
      return load.direction === undefined ? `ct ${load.key}` : `ct ${load.direction} ${load.key}`;
    case "fib":
      return `fib ${load.flags.join(" . ")} ${load.result === "present" ? "oif" : load.result}`;
  }
}

/** `tcp`, `udp` or `sctp` where the rule has matched just that, else `th`. */
function portProtocol(before: readonly Statement[]): string {
  for (const statement of before) {
    if (
      statement.kind === "match" && statement.op === "==" && statement.load.load === "meta" &&
      statement.load.key === "l4proto"
    ) {
      return PORT_PROTOCOLS[Number(statement.value)] ?? "th";
    }
  }
  return "th";
}

function printMatch({ load, mask, op, value }: MatchStatement, before: readonly Statement[]): string {
  const type = loadType(load);
  const left = printLoad(load, before);
  if (load.load === "fib" && load.result === "present") return `${left} ${value === 0 ? "missing" : "exists"}`;
  const sign = op === "==" ? "" : `${op} `;
  if (mask === undefined) {
    const bits = printBits(type, value);
    return `${left} ${sign}${bits === null ? printValue(type, value) : bits.join(",")}`;
  }
  const bits = printBits(type, mask);
  if (bits !== null && op === "!=" && value === 0) return `${left} ${bits.join(",")}`;
  const length = maskLength(type, mask);
  if (bits === null && length !== null) return `${left} ${sign}${printValue(type, value)}/${length}`;
  const wanted = printBits(type, value)?.join(" | ") ?? (value === 0 ? "0x0" : printValue(type, value));
  return `${left} & ${bits === null ? printValue(type, mask) : `(${bits.join(" | ")})`} ${op} ${wanted}`;
}

function printLookup({ loads, set, negate, verdicts }: LookupStatement, before: readonly Statement[]): string {
  const types = loads.map(loadType);
  const right = typeof set === "string"
    ? `@${set}`
    : `{ ${set.elements.map((element) => printElement(element, types)).join(", ")} }`;
  const left = loads.map((load) => printLoad(load, before)).join(" . ");
  return `${left} ${verdicts === true ? "vmap " : negate === true ? "!= " : ""}${right}`;
}

/** Prints one element: a value, an interval, or the parts of a concatenation. */
export function printElement(element: Element, types: readonly Datatype[]): string {
  const parts = types.map((type, index) => {
    const from = element.key[index] ?? 0;
    const to = element.end?.[index] ?? from;
    return from === to ? printValue(type, from) : printInterval(type, from, to);
  });
  const words = [parts.join(" . ")];
  if (element.timeout !== undefined) words.push(`timeout ${element.timeout}s`);
  if (element.comment !== undefined) words.push(`comment "${element.comment}"`);
  if (element.verdict !== undefined) words.push(`: ${printVerdict(element.verdict)}`);
  return words.join(" ");
}

/** Addresses that are exactly a network print as one. */
function printInterval(type: Datatype, from: Value, to: Value): string {
  if ((type === "ipv4_addr" || type === "ipv6_addr") && typeof from !== "string" && typeof to !== "string") {
    const span = BigInt(to) - BigInt(from);
    const bits = span.toString(2).length;
    const aligned = (span & (span + 1n)) === 0n && (BigInt(from) & span) === 0n;
    if (aligned) {
      const family = type === "ipv4_addr" ? 4 : 6;
      return `${formatAddress({ family, value: BigInt(from) })}/${DATATYPES[type].size * 8 - bits}`;
    }
  }
  return `${printValue(type, from)}-${printValue(type, to)}`;
}

function printVerdict(verdict: Verdict): string {
  return "chain" in verdict ? `${verdict.type} ${verdict.chain}` : verdict.type;
}

function printNat(nat: NatStatement): string {
  const words: string[] = [nat.kind];
  if (nat.kind === "snat" || nat.kind === "dnat") words.push(nat.family ?? "ip");
  if (nat.prefix === true) words.push("prefix");
  const ports = nat.port === undefined ? "" : `:${nat.port}${nat.portEnd === undefined ? "" : `-${nat.portEnd}`}`;
  const type = nat.family === "ip6" ? "ipv6_addr" : "ipv4_addr";
  if (nat.address !== undefined) {
    const bracket = (text: string) => nat.family === "ip6" && ports !== "" ? `[${text}]` : text;
    const range = nat.addressEnd === undefined
      ? bracket(printValue(type, nat.address))
      : nat.prefix === true
      ? printInterval(type, nat.address, nat.addressEnd)
      : `${bracket(printValue(type, nat.address))}-${bracket(printValue(type, nat.addressEnd))}`;
    words.push("to", `${range}${ports}`);
  } else if (ports !== "") {
    words.push("to", ports);
  }
  const flags = [
    nat.random === true ? "random" : "",
    nat.fullyRandom === true ? "fully-random" : "",
    nat.persistent === true ? "persistent" : "",
  ].filter((flag) => flag !== "");
  if (flags.length > 0) words.push(flags.join(","));
  return words.join(" ");
}

/** Names of unreachable codes: RFC 792 and 1812 for ICMP, RFC 4443 for ICMPv6, the kernel's own for icmpx. */
const REJECT_CODES: Readonly<Record<"icmp" | "icmpv6" | "icmpx", Readonly<Record<string, number>>>> = {
  icmp: {
    "net-unreachable": 0,
    "host-unreachable": 1,
    "prot-unreachable": 2,
    "port-unreachable": 3,
    "net-prohibited": 9,
    "host-prohibited": 10,
    "admin-prohibited": 13,
  },
  icmpv6: {
    "no-route": 0,
    "admin-prohibited": 1,
    "addr-unreachable": 3,
    "port-unreachable": 4,
    "policy-fail": 5,
    "reject-route": 6,
  },
  icmpx: ICMPX_CODES,
};

function printReject(reply: Extract<Statement, { kind: "reject" }>["with"]): string {
  if (reply.type === "tcp-reset") return "reject with tcp reset";
  const name = Object.entries(REJECT_CODES[reply.type]).find(([, code]) => code === reply.code)?.[0];
  return `reject with ${reply.type} ${name ?? reply.code}`;
}
