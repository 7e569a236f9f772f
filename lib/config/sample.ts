/** Documents for tests: one of a usual size, and random ones from a seed. */
import { type Document, document } from "../features/document.ts";
import { sorted } from "./parts.ts";

/** A document with this many filter rules, otherwise empty. */
export function manyRules(count: number): Document {
  const rules = Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    action: "accept",
    protocol: "tcp",
    source: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    destination_port: [80, 443],
    comment: `rule ${index}`,
  }));
  return document.parse({ firewall: { rules } });
}

/** The same document with one rule's comment changed; all other objects are taken over. */
export function commented(base: Document, id: string, comment: string): Document {
  const rules = base.firewall.rules.map((rule) => rule.id === id ? { ...rule, comment } : rule);
  return { ...base, firewall: { ...base.firewall, rules } };
}

/** The same document with the rules in another order or number. */
export function withRules(base: Document, rules: Document["firewall"]["rules"]): Document {
  return { ...base, firewall: { ...base.firewall, rules } };
}

/** Numbers from 0 to below 1 (mulberry32), the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS = [
  "lan",
  "LAN",
  "web",
  "Web",
  "constructor",
  "toString",
  "a_b",
  "a-b",
  "x1",
  "Zone9",
  "guests",
  "dmz",
  "office",
];
const COMMENTS = [
  "",
  "public web",
  'say "no" \\ twice',
  "two\nlines\tand a tab",
  "ünïcödé → 漢字 🙂",
  "\u007f\u0001",
  "# no comment",
  "'''",
  " ",
];
const ENDPOINTS = ["10.0.0.0/8", "192.168.1.1", "fd00::/8", "10.0.0.1-10.0.0.9", "203.0.113.7"];
const PORTS = ["22", "80", "8000-8100", "007", "65535"];

/** A random document in normal form, valid for the schema though not always for the checks. */
export function randomDocument(seed: number): Document {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const flag = () => next() < 0.5;
  const some = (make: () => string, most = 3): string[] =>
    Array.from({ length: flag() ? 0 : 1 + Math.floor(next() * most) }, make);
  const not = (text: string) => next() < 0.2 ? `!${text}` : text;
  const names = WORDS.toSorted(() => next() - 0.5);
  const ids = new Set<string>();
  const id = (name: string): string => {
    for (;;) {
      const made = flag() ? name.toLowerCase().replace(/[^a-z0-9]/g, "-") : `id-${Math.floor(next() * 1e6)}`;
      const free = ids.has(made) ? `${made}-${2 + Math.floor(next() * 3)}` : made;
      if (ids.has(free)) continue;
      ids.add(free);
      return free;
    }
  };
  const named = () => {
    const name = names.pop() ?? "spare";
    return { id: id(name), name, comment: pick(COMMENTS) };
  };
  const list = <T>(make: () => T, most = 3): T[] => Array.from({ length: Math.floor(next() * (most + 1)) }, make);
  const tags = () => some(() => pick(["a", "b.c", "80"]));
  const interfaces = list(() => ({ ...named(), device: pick(["eth0", "wan.20", "br-lan"]) }), 4);
  const zones = list(() => ({
    ...named(),
    interfaces: some(() => pick(interfaces.map(({ id }) => id).concat("gone"))),
  }));
  const aliasIds: string[] = [];
  const aliases = list(() => {
    const made = {
      ...named(),
      type: pick(["host", "network", "port"]),
      members: some(() => pick([...aliasIds, ...ENDPOINTS, ...PORTS]), 9),
      tags: tags(),
    };
    aliasIds.push(made.id);
    return made;
  });
  const chains = list(
    () => ({ id: `c${Math.floor(next() * 1e9)}`, name: `Chain${Math.floor(next() * 1e9)}`, comment: pick(COMMENTS) }),
    2,
  );
  const place = () => some(() => not(pick([...interfaces, ...zones].map(({ id }) => id).concat("gone"))));
  const endpoint = () => some(() => not(pick([...aliasIds, ...ENDPOINTS])));
  const port = () => some(() => not(pick([...aliasIds, ...PORTS])));
  const matched = () => ({
    enabled: flag(),
    family: pick(["both", "ipv4", "ipv6"]),
    in: place(),
    out: place(),
    protocol: pick(["any", "tcp", "icmpv6", 47]),
    source: endpoint(),
    source_port: port(),
    destination: endpoint(),
    destination_port: port(),
    log: flag(),
    comment: pick(COMMENTS),
    tags: tags(),
  });
  const rules = list(() => ({
    id: id("rule"),
    chain: pick(["input", "forward", ...chains.map(({ id }) => id)]),
    action: pick(["accept", "drop", "jump"]),
    ...(chains[0] !== undefined && flag() ? { target: chains[0].id } : {}),
    icmp_type: flag() ? [8] : some(() => pick(["echo-request", "8"])),
    state: some(() => pick(["new", "related"])),
    reject_with: pick(["auto", "tcp-reset"]),
    ...matched(),
  }), 12);
  const nat = list(() => ({
    id: id("nat"),
    type: pick(["masquerade", "dnat"]),
    ...matched(),
    hairpin: place(),
    random_port: flag(),
    persistent: flag(),
    ...(flag() ? { to: "192.0.2.1", to_port: pick(["80", "80-90"]) } : {}),
    ...(flag() ? { external: "192.0.2.0/24", internal: "10.0.0.0/24" } : {}),
  }));
  const anti = {
    enabled: flag(),
    in: place(),
    source: some(() => "10.0.0.0/8"),
    ports: some(() => pick(["22", "2222"])),
  };
  return sorted(document.parse({
    system: { hostname: pick(["patronus", "edge.example.org"]), description: pick(COMMENTS) },
    interfaces,
    zones,
    aliases,
    firewall: {
      enabled: flag(),
      forwarding: pick([true, false, "ipv4"]),
      ping: flag(),
      anti_lockout: anti,
      chains,
      rules,
    },
    nat: { rules: nat },
  }));
}
