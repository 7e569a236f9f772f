/** Random documents over three interfaces, for tests that compare what is made of them. */
import { check } from "../../lib/features/check.ts";
import { type Document, document } from "../../lib/features/document.ts";
import type { Random } from "./random.ts";

const INTERFACES = ["wan", "lan", "dmz"].map((name) => ({ id: name, name, device: `eth-${name}` }));
const ZONES = [{ id: "inside", name: "inside", interfaces: ["lan", "dmz"] }];
const ALIASES = [
  { id: "web", name: "web", type: "host", members: ["192.168.2.10", "fd00:2::10", "10.0.0.5-10.0.0.9"] },
  { id: "nets", name: "nets", type: "network", members: ["10.0.0.0/8", "10.1.0.0/16", "fd00::/8", "web"] },
  { id: "only4", name: "only4", type: "network", members: ["198.51.100.0/24", "203.0.113.7"] },
  { id: "ports", name: "ports", type: "port", members: ["80", "443", "8000-8100"] },
] as const;

const ENDPOINTS = [
  "10.1.2.3",
  "192.168.0.0/16",
  "10.0.0.1-10.0.0.9",
  "fd00::1",
  "2001:db8::/32",
  "web",
  "nets",
  "only4",
  "0.0.0.0/0",
  "::/0",
];
const PORTS = ["22", "80", "1024-65535", "ports", "53"];
const PLACES = ["wan", "lan", "inside"];
const PROTOCOLS = ["any", "tcp", "udp", "tcp+udp", "icmp", "icmpv6", "sctp", "esp", "gre", 89] as const;

/** Perhaps excluded, as a whole list. */
function words(random: Random, from: readonly string[], most: number): string[] {
  const chosen = random.some(from, most);
  return random.below(4) === 0 ? chosen.map((word) => `!${word}`) : chosen;
}

function traffic(random: Random, protocol: (typeof PROTOCOLS)[number]) {
  const ported = protocol === "tcp" || protocol === "udp" || protocol === "tcp+udp" || protocol === "sctp";
  return {
    protocol,
    family: random.pick(["both", "both", "ipv4", "ipv6"] as const),
    source: words(random, ENDPOINTS, 3),
    destination: words(random, ENDPOINTS, 3),
    source_port: ported ? words(random, PORTS, 2) : [],
    destination_port: ported ? words(random, PORTS, 3) : [],
    log: random.below(4) === 0,
    enabled: random.below(8) !== 0,
    comment: random.pick(["", "plain words", 'quotes " and ; braces } #', "ünïcödé 🛡 ".repeat(20), "line\nbreak"]),
  };
}

/** A document with rules of every kind: some contradict themselves, as chance will have it. */
export function randomDocument(random: Random): Document {
  const rules = Array.from({ length: random.below(8) }, (_, index) => {
    const protocol = random.pick(PROTOCOLS);
    const chain = random.pick(["input", "forward", "output", "mine"]);
    const action = random.pick(["accept", "drop", "reject", ...(chain === "mine" ? ["return"] : ["jump"])]);
    return {
      ...traffic(random, protocol),
      id: `rule-${index}`,
      chain,
      action,
      target: action === "jump" ? "mine" : undefined,
      in: chain === "output" ? [] : words(random, PLACES, 2),
      out: chain === "input" ? [] : words(random, PLACES, 2),
      reject_with: random.pick([
        protocol === "tcp" || protocol === "any" ? "tcp-reset" : "auto",
        "auto",
        "port-unreachable",
        "host-unreachable",
        "net-unreachable",
        "admin-prohibited",
      ]),
      icmp_type: protocol === "icmp" || protocol === "icmpv6" ? random.some(["echo-request", "echo-reply", 3], 2) : [],
      state: random.some(["new", "established", "related", "invalid", "untracked"], 2),
    };
  });
  const nat = Array.from({ length: random.below(5) }, (_, index) => {
    const type = random.pick(["masquerade", "snat", "dnat", "redirect", "one-to-one", "nptv6"]);
    const protocol = random.pick(["tcp", "udp", "tcp+udp"] as const);
    const inward = type === "dnat" || type === "redirect";
    const network = type === "one-to-one" || type === "nptv6";
    const to_port = network || random.below(2) === 0 ? undefined : random.pick(["8080", "9000-9010"]);
    const six = type === "nptv6" || (type === "one-to-one" && random.below(2) === 0);
    return {
      ...traffic(random, protocol),
      ...(network ? { source: [], destination: [], source_port: [], destination_port: [] } : {}),
      ...(inward && to_port?.includes("-") ? { destination_port: [random.pick(["9000-9010", "7000-7010"])] } : {}),
      id: `nat-${index}`,
      type,
      in: inward ? words(random, PLACES, 2) : [],
      out: inward ? [] : words(random, PLACES, 2),
      to: type === "snat" || type === "dnat" ? random.pick(["10.9.8.7", "10.9.8.7-10.9.8.9", "fd00:9::7"]) : undefined,
      to_port,
      external: !network ? undefined : six ? "2001:db8:1::/64" : "203.0.113.0/28",
      internal: !network ? undefined : six ? "fd00:1::/64" : "192.168.5.0/28",
      hairpin: type === "dnat" ? random.some(PLACES, 2) : [],
      random_port: (type === "masquerade" || type === "snat") && random.below(3) === 0,
      persistent: (type === "snat" || type === "dnat") && random.below(3) === 0,
    };
  });
  return document.parse({
    interfaces: INTERFACES,
    zones: ZONES,
    aliases: ALIASES,
    firewall: {
      forwarding: random.pick([true, false, "ipv4", "ipv6"]),
      default_input: random.pick(["accept", "drop", "reject"]),
      default_forward: random.pick(["accept", "drop", "reject"]),
      log_default: random.below(2) === 0,
      drop_invalid: random.below(2) === 0,
      reverse_path: random.pick(["strict", "loose", "off"]),
      ping: random.below(2) === 0,
      dhcp_client: random.below(2) === 0,
      anti_lockout: {
        enabled: random.below(2) === 0,
        in: random.some(PLACES, 2),
        source: random.some(["10.0.0.0/8", "fd00::/8"], 2),
        ports: ["22", "8080-8090"],
      },
      chains: [{ id: "mine", name: "mine" }],
      rules,
    },
    nat: { rules: nat },
  });
}

/** The document without the rules that have errors. */
export function withoutErrors(document: Document): Document {
  const wrong = new Set(
    check(document).filter(({ severity }) => severity === "error").map(({ path }) => /\[(.*?)\]/.exec(path)?.[1]),
  );
  const right = ({ id }: { id: string }) => !wrong.has(id);
  const { firewall, nat } = document;
  return {
    ...document,
    firewall: { ...firewall, rules: firewall.rules.filter(right) },
    nat: { rules: nat.rules.filter(right) },
  };
}
