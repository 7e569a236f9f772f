import { assertEquals } from "../std/assert.ts";
import { read } from "./format.ts";

/** Findings as `path: message`, sorted. */
function found(toml: string): string[] {
  const { document, findings } = read(toml, "toml");
  assertEquals(document, null, toml);
  return findings.map(({ path, message }) => `${path}: ${message}`).sort();
}

const rule = (...fields: string[]) => `[[firewall.rules]]\nid = "r"\naction = "accept"\n${fields.join("\n")}\n`;
const LAN = '[[interfaces]]\nname = "lan"\ndevice = "eth1"\n';

Deno.test("a flaw in the form of one object hides nothing that is wrong with the others", () => {
  const toml = `
    colour = "red"
    [[interfaces]]
    name = "lan"
    device = "eth1"
    speed = 1500
    [zones.inside]
    interfaces = ["lan", "dmz"]
    [aliases.a]
    type = "host"
    members = "b"
    [aliases.b]
    type = "host"
    members = "a"
    [firewall]
    ping = 3
    [firewall.anti_lockout]
    in = "outside"
    ${rule('family = "ipv4"', 'destination = "fd00::1"', "destination_port = 80")}
    [[nat.rules]]
    id = "n"
    type = "dnt"
    [[nat.rules]]
    id = "m"
    type = "dnat"`;
  assertEquals(
    found(toml),
    [
      "aliases.a.members: the alias a holds itself: a → b → a",
      "colour: unknown key colour",
      "firewall.anti_lockout.in[0]: there is no interface or zone outside",
      "firewall.ping: expected true or false, found a number",
      "firewall.rules[r].destination: destination is IPv6 only, and family is IPv4 only",
      "firewall.rules[r].destination_port: ports need a protocol that has them",
      "interfaces[lan].speed: unknown key speed",
      'nat.rules[n].type: "dnt" is not one of masquerade, snat, dnat, redirect, one-to-one, nptv6',
      "nat.rules[m].to: type dnat needs the new address",
      "zones.inside.interfaces[1]: there is no interface dmz",
    ].sort(),
  );
});

/** Each has one flaw, and refers to what the flaw is in. */
const LEFT_OUT: readonly [name: string, toml: string, path: string][] = [
  [
    "interface",
    `[[interfaces]]\nname = "lan"\ndevice = "eth1"\nspeed = 1\n[zones.z]\ninterfaces = "lan"\n${
      rule('in = ["!lan", "z"]')
    }`,
    "interfaces[lan].speed",
  ],
  [
    "interface by its id",
    `[[interfaces]]\nid = "i"\nname = "lan"\ndevice = "a b"\n${rule('in = "i"')}`,
    "interfaces[lan].device",
  ],
  [
    "zone that is the way in for administrators",
    `[zones.inside]\ncolour = "red"\n[firewall.anti_lockout]\nin = "inside"`,
    "zones.inside.colour",
  ],
  [
    "interface of the zone that is the way in",
    `[[interfaces]]\nname = "lan"\ndevice = 1\n[zones.inside]\ninterfaces = "lan"\n[firewall.anti_lockout]\nin = "inside"`,
    "interfaces[lan].device",
  ],
  ["zone that is no table", `${rule('in = "inside"')}[zones]\ninside = "lan"`, "zones.inside"],
  [
    "alias of unknown kind and family",
    `[aliases.web]\ntype = "hosts"\n[aliases.all]\ntype = "port"\nmembers = "web"\n` +
    rule('protocol = "tcp"', 'source = ["web", "10.0.0.1"]', 'destination = "fd00::1"', 'source_port = "web"'),
    "aliases.web.type",
  ],
  [
    "chain",
    `[[firewall.chains]]\nname = "guests"\nx = 1\n` +
    rule('target = "guests"').replace("accept", "jump"),
    "firewall.chains[guests].x",
  ],
  [
    "name that cannot be read",
    `[[interfaces]]\nname = 3\ndevice = "eth1"\n${rule('in = "lan"')}`,
    "interfaces[0].name",
  ],
  ["list of another form", `${rule('in = "inside"')}[[zones]]\nname = "inside"`, "zones"],
  ["list of another form inside a section", `[firewall]\nchains = 3\n${rule('chain = "guests"')}`, "firewall.chains"],
  [
    "section of another form",
    `firewall = 3\n[zones.inside]\n[[nat.rules]]\ntype = "redirect"\nin = "inside"\n`,
    "firewall",
  ],
  ["mistyped section", `${LAN}[zone.inside]\ninterfaces = "lan"\n${rule('out = "inside"')}`, "zone"],
  [
    "mistyped list of a section",
    `[[firewall.chain]]\nname = "guests"\n${rule('chain = "guests"')}`,
    "firewall.chain",
  ],
];

for (const [name, toml, path] of LEFT_OUT) {
  Deno.test(`a reference to what was left out is no error: ${name}`, () => {
    const { document, findings } = read(toml, "toml");
    assertEquals(document, null);
    assertEquals(findings.map((finding) => finding.path), [path], JSON.stringify(findings));
  });
}

Deno.test("what is not the flaw's is still unknown, and no warning comes from half a document", () => {
  assertEquals(found(`${LAN}[zones.inside]\ncolour = "red"\n${rule('in = "outside"', 'source = "inside"')}`), [
    "firewall.rules[r].in[0]: there is no interface or zone outside",
    "firewall.rules[r].source[0]: there is no alias inside",
    "zones.inside.colour: unknown key colour",
  ]);
  assertEquals(
    found(`[[interfaces]]\nname = "lan"\ndevice = 1\n${rule('in = "lan"')}${rule().replace('"r"', '"s"')}`),
    [
      "interfaces[lan].device: expected text, found a number",
    ],
  );
});

Deno.test("of an object that cannot be read, names that name nothing are found all the same", () => {
  const ground = `${LAN}[aliases.web]\ntype = "host"\n`;
  const broken = rule('in = ["lan", "!lann"]', 'source = ["web", "wbe", "10.0.0.1"]', 'chain = "inpt"', "log = 3");
  assertEquals(found(ground + broken + '[zones.z]\ncolour = "red"\ninterfaces = "wan"'), [
    "firewall.rules[r].chain: there is no chain inpt",
    "firewall.rules[r].in[1]: there is no interface or zone lann",
    "firewall.rules[r].log: expected true or false, found a number",
    "firewall.rules[r].source[1]: there is no alias wbe",
    "zones.z.colour: unknown key colour",
    "zones.z.interfaces: there is no interface wan",
  ]);
});

Deno.test("an id or a name that occurs twice is said once", () => {
  assertEquals(found(`${LAN}${LAN.replace("eth1", "eth2")}${rule('in = "lan"')}${rule('out = "x"')}`), [
    "firewall.rules[r].id: the id r occurs twice",
    "firewall.rules[r].out[0]: there is no interface or zone x",
    "interfaces[lan].name: the name lan occurs twice",
  ]);
});

Deno.test("a key that means nothing hides nothing that is wrong with the rule it stands in", () => {
  const toml = '[[firewall.rules]]\nid = "r"\naction = "accept"\nprotocol = "tcp"\ndport = 80\nsource = "1.2.3.999"\n' +
    'source_port = 70000\nicmp_type = "bad"\n';
  assertEquals(found(toml).sort(), [
    "firewall.rules[r].dport: unknown key dport",
    "firewall.rules[r].icmp_type: ICMP types need protocol icmp or icmpv6, and here it is tcp",
    "firewall.rules[r].source[0]: 1.2.3.999 is no address, network or range",
    "firewall.rules[r].source_port[0]: 70000 is no port",
  ]);
});
