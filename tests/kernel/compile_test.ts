// needs: nft
/** What the compiler makes of a document is the same whether nft loads its text or Patronus loads it natively. */
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { readTableState } from "../../lib/engine/kernel.ts";
import { check } from "../../lib/features/check.ts";
import { compile } from "../../lib/features/compile.ts";
import { type Document, document } from "../../lib/features/document.ts";
import { diff } from "../../lib/nft/diff.ts";
import { connect, flush, listing, loadNatively, loadText, nft } from "./nft_harness.ts";
import { printTable } from "../../lib/nft/text.ts";
import { Random } from "./random.ts";

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

function randomDocument(random: Random): Document {
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

/** The document without the rules that have errors: families that contradict each other, as chance will have it. */
function withoutErrors(document: Document): Document {
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

Deno.test("of 300 random documents, check refuses few rules, and nothing where those are left out", () => {
  const random = new Random();
  const count = ({ firewall, nat }: Document) => firewall.rules.length + nat.rules.length;
  let all = 0, left = 0;
  for (let round = 0; round < 300; round++) {
    const whole = randomDocument(random);
    const rest = withoutErrors(whole);
    assertEquals(check(rest).filter(({ severity }) => severity === "error"), [], `seed ${random.seed}, round ${round}`);
    all += count(whole);
    left += count(rest);
  }
  assert(left > all * 0.7, `${left} of ${all} rules left`);
});

Deno.test("1,000 random documents list identically from text and natively, and read back as they were", async () => {
  const random = new Random();
  using netlink = connect();
  flush();
  // Several documents in one load each way; a mismatch names its table.
  for (let round = 0; round < 50; round++) {
    const tables = Array.from(
      { length: 20 },
      (_, index) => ({ ...compile(withoutErrors(randomDocument(random))).table, name: `p${index}` }),
    );
    loadText(tables);
    const byText = listing();
    flush();
    await loadNatively(netlink, tables);
    const natively = listing();
    const where = `seed ${random.seed}, round ${round}`;
    for (const [index, entry] of byText.entries()) assertEquals(natively[index], entry, where);
    assertEquals(natively.length, byText.length, where);
    for (const table of tables) {
      const observed = await readTableState(netlink, table.family, table.name);
      assert(observed !== null);
      assertEquals(diff(observed, table), [], `${where}, ${table.name}`);
    }
    flush();
  }
});

Deno.test("nft accepts the text of a document with the firewall off as well", () => {
  const off = compile(document.parse({ firewall: { enabled: false } }));
  nft(["-c"], printTable(off.table));
  assertEquals(off.table.chains, []);
  assertEquals(off.sysctls, { "net.ipv4.ip_forward": "0", "net.ipv6.conf.all.forwarding": "0" });
});
