import { assertEquals } from "../../std/assert.ts";
import { parseEnvironment } from "./environment.ts";
import type { LeaseEvent } from "./lease.ts";
import { readLeases } from "./lease_file.ts";
import { Ledger } from "./ledger.ts";

const NOW = 1_700_000_000;

/** What dhcpcd says, as the hook puts it down. */
function word(reason: string, variables = "new_ip_address=192.0.2.7\0new_subnet_cidr=24\0new_dhcp_lease_time=100\0") {
  const protocol = reason.endsWith("6") ? "dhcp6" : "dhcp";
  return parseEnvironment(new TextEncoder().encode(`PATH=/bin\0reason=${reason}\0protocol=${protocol}\0${variables}`));
}

const SIX =
  "new_dhcp6_ia_na1_ia_addr1=2001:db8::7\0new_dhcp6_ia_na1_ia_addr1_pltime=50\0new_dhcp6_ia_na1_ia_addr1_vltime=50\0";

async function inDirectory(test: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  Deno.mkdirSync(`${directory}/dhcp`);
  try {
    await test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

const short = (event: LeaseEvent | null) => event && [event.reason, event.lease?.addresses.length ?? 0];

Deno.test("an environment is read as the kernel shows it", () => {
  const bytes = new TextEncoder().encode("a=1\0b=x=y\nz\0=no\0none\0a=2\0");
  assertEquals([...parseEnvironment(bytes)], [["a", "1"], ["b", "x=y\nz"]]);
  assertEquals([...parseEnvironment(new Uint8Array([0x61, 0x3d, 0xff]))], [["a", "\ufffd"]]);
});

Deno.test("what dhcpcd says of a family becomes an event, if it changes anything", () =>
  inDirectory((directory) => {
    const ledger = new Ledger(directory, "wan", [4, 6], NOW);
    assertEquals(short(ledger.take(4, word("EXPIRE", ""), NOW)), null);
    assertEquals(short(ledger.take(4, word("BOUND"), NOW)), ["bound", 1]);
    assertEquals(short(ledger.take(6, word("BOUND"), NOW)), null);
    assertEquals(short(ledger.take(6, word("REBOOT6", SIX), NOW)), ["bound", 1]);
    assertEquals(short(ledger.take(4, word("RENEW"), NOW)), ["renewed", 1]);
    assertEquals(short(ledger.take(6, word("REBIND6", SIX), NOW)), ["rebound", 1]);
    for (const reason of ["STOP", "PREINIT", "FAIL", "constructor", ""]) {
      assertEquals(short(ledger.take(4, word(reason), NOW)), null, reason);
    }
    assertEquals(short(ledger.take(4, word("NAK", ""), NOW)), ["expired", 0]);
    assertEquals(ledger.leases.map(({ family }) => family), [6]);
    assertEquals(ledger.take(6, word("RENEW6", "new_dhcp6_ia_na1_ia_addr1=x\0"), NOW)?.problems.length, 2);
    assertEquals(ledger.leases, []);
  }));

Deno.test("leases are read back as they were, until they expire", () =>
  inDirectory((directory) => {
    const ledger = new Ledger(directory, "wan", [4, 6], NOW);
    const routes = "new_classless_static_routes=10.0.0.0/8 192.0.2.1 192.0.2.1/32 0.0.0.0\0";
    ledger.take(
      4,
      word("BOUND", `new_ip_address=192.0.2.7\0new_subnet_cidr=24\0new_dhcp_lease_time=100\0${routes}`),
      NOW,
    );
    ledger.take(6, word("BOUND6", `${SIX}new_dhcp6_name_servers=2001:db8::1\0`), NOW);
    ledger.save();
    assertEquals(readLeases(directory, NOW), [...ledger.leases]);
    assertEquals((Deno.statSync(`${directory}/dhcp/wan.json`).mode ?? 0) & 0o777, 0o600);
    assertEquals(readLeases(directory, NOW + 60).map(({ family }) => family), [4]);
    assertEquals(readLeases(directory, NOW + 100), []);
    assertEquals([...new Ledger(directory, "wan", [4], NOW).leases], readLeases(directory, NOW).slice(0, 1));
    assertEquals(new Ledger(directory, "lan", [4, 6], NOW).leases, []);
    ledger.end(6, "expired");
    ledger.end(4, "released");
    ledger.save();
    assertEquals(readLeases(directory, NOW), []);
    assertEquals([...Deno.readDirSync(`${directory}/dhcp`)], []);
  }));

Deno.test("files that are none of ours hold no leases", () =>
  inDirectory((directory) => {
    assertEquals(readLeases(`${directory}/nowhere`, NOW), []);
    const texts = ["", "{}", "[null]", "[{}]", '[{"family":5,"addresses":[],"routes":[],"resolvers":[]}]'];
    for (const text of texts) {
      Deno.writeTextFileSync(`${directory}/dhcp/wan.json`, text);
      assertEquals(readLeases(directory, NOW), [], text);
    }
  }));
