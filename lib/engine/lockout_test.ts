/** What the kernel tests cannot bring about: tests/kernel/lockout_test.ts holds the rest to real sessions. */
import { address } from "../../tests/addresses.ts";
import { read } from "../config/format.ts";
import { compile } from "../features/compile.ts";
import { assertEquals } from "../std/assert.ts";
import { lockoutsOf } from "./lockout.ts";
import { parseEnd, type SessionFacts } from "./session.ts";

const SESSION = { from: "10.0.0.2", to: "10.0.0.1", port: 22 };
const FACTS: SessionFacts = {
  client: address("10.0.0.2"),
  server: address("10.0.0.1"),
  port: 22,
  called: { address: address("10.0.0.1"), port: 22 },
  device: "eth0",
  wayBack: ["eth0"],
  own: [address("10.0.0.1"), address("192.168.1.1")],
  tracked: null,
};
const KNOWN = { direction: "original", status: 14, mark: 0 } as const;

const BARE = "[firewall]\nanti_lockout = { enabled = false }\n";
const WAN = '[[interfaces]]\nname = "wan"\ndevice = "eth0"\n[[interfaces]]\nname = "lan"\ndevice = "eth1"\n';
const ways = (id: string, fields: string) => `[[nat.rules]]\nid = "${id}"\nprotocol = "tcp"\n${fields}\n`;

const CASES: readonly (readonly [title: string, toml: string, facts: Partial<SessionFacts>, said: string[]])[] = [
  ["closed by default", BARE, {}, ["new: the default of chain input"]],
  ["closed by default, and known to conntrack", BARE, { tracked: KNOWN }, ["new: the default of chain input"]],
  ["no way back, loose", "", { wayBack: [], tracked: KNOWN }, [
    "established: the check of the way back to it (firewall.reverse_path)",
    "new: the check of the way back to it (firewall.reverse_path)",
  ]],
  ["two ways back, strict", '[firewall]\nreverse_path = "strict"\n', { wayBack: ["eth1", "eth0"] }, []],
  [
    "forwarded to an address of this machine",
    `${WAN}${ways("same", 'type = "dnat"\nin = "wan"\ndestination_port = 22\nto = "192.168.1.1"')}`,
    {},
    [],
  ],
  [
    "forwarded to one of several",
    `${WAN}${ways("many", 'type = "dnat"\nin = "wan"\ndestination_port = 22\nto = "192.168.2.1-192.168.2.9"')}`,
    { tracked: KNOWN },
    ["new: NAT rule many, which sends it to another address"],
  ],
  [
    "forwarded to another port of another machine",
    `${WAN}${ways("web", 'type = "dnat"\nin = "wan"\ndestination_port = 22\nto = "192.168.2.1"\nto_port = 2222')}`,
    { tracked: KNOWN },
    ["new: NAT rule web, which sends it to 192.168.2.1 port 2222"],
  ],
  [
    "masquerading what this machine sends does not help a session that is dropped on the way in",
    `${BARE}${WAN}${ways("out", 'type = "snat"\nout = "wan"\nto = "10.0.0.9"')}`,
    {},
    ["established: the default of chain input", "new: the default of chain input"],
  ],
  ["the firewall is off", "[firewall]\nenabled = false\n", { wayBack: [] }, []],
];

for (const [title, toml, facts, said] of CASES) {
  Deno.test(`lockout: ${title}`, () => {
    const { document } = read(toml, "toml");
    if (document === null) throw new Error(`${title} is no document`);
    const { lockouts, findings } = lockoutsOf(compile(document).table, SESSION, { ...FACTS, ...facts });
    assertEquals([lockouts.map(({ connection, by }) => `${connection}: ${by}`), findings], [said, []]);
  });
}

Deno.test("ends of a session are read as they are written", () => {
  assertEquals(parseEnd("10.0.0.2"), { address: address("10.0.0.2") });
  assertEquals(parseEnd("::ffff:10.0.0.2"), { address: address("10.0.0.2") });
  assertEquals(parseEnd("fe80::1%eth0"), { address: address("fe80::1"), zone: "eth0" });
  assertEquals(parseEnd("fe80::1%"), { address: address("fe80::1") });
  for (const text of ["", "%eth0", "UNKNOWN", "10.0.0", "fe80::1::2"]) assertEquals(parseEnd(text), null);
});
