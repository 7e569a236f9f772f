// needs: nft ip unshare nsenter dhcpcd dnsmasq root
/** An interface that says `dhcp` and `slaac`, from the document to the kernel, with a real server behind the cable. */
import { startKeeper } from "../../lib/engine/keeper_process.ts";
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { DEVICE, DhcpLab } from "./dhcp_lab.ts";
import { edit, engineTest, type Site, written } from "./engine_harness.ts";
import { ip as program, type Listed } from "./ip.ts";

function ip(words: string): Listed[] {
  return program(...words.split(" "));
}

function addresses(): Listed[] {
  const [link] = ip(`address show dev ${DEVICE}`) as { addr_info?: Listed[] }[];
  return (link?.addr_info ?? []).filter(({ scope }) => scope === "global");
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 450; tries++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not in time: ${what}`);
}

/** Ends the keeper, which ends with its store. */
async function endKeeper(site: Site): Promise<void> {
  Deno.removeSync(site.stateDir, { recursive: true });
  await until("the keeper ends with its store", () => {
    using file = Deno.openSync(`${site.runDir}/keeper.lock`, { read: true, write: true, create: true });
    return file.tryLockSync(true);
  });
}

engineTest("what DHCP and router advertisements bring is set, shown, and taken back", async (site) => {
  const lab = await DhcpLab.start();
  try {
    await lab.serve(
      "dhcp-range=192.0.2.100,192.0.2.110,2m",
      "dhcp-option=option:dns-server,192.0.2.53",
      "dhcp-option=option:domain-search,example.net",
      "dhcp-range=2001:db8::100,2001:db8::110,slaac,64,2m",
      "enable-ra",
    );
    Deno.writeTextFileSync(`${site.directory}/resolv.conf`, "nameserver 9.9.9.9\n");
    const engine = await site.open({ startKeeper });
    edit(
      engine,
      written(`
[system]
resolvers = "198.51.100.53"
[[interfaces]]
name = "${DEVICE}"
addresses = ["dhcp", "slaac"]
[[interfaces]]
name = "inner"
macvlan = { parent = "${DEVICE}" }
[[routes]]
destination = "10.8.0.0/16"
gateway = "192.0.2.77"
`),
    );
    assertEquals((await engine.apply()).problems, []);
    const four = () => addresses().filter(({ family }) => family === "inet");
    const six = () => addresses().filter(({ family }) => family === "inet6");
    await until("an IPv4 lease", () => four().length === 1);
    await until("an IPv6 lease and an address by router advertisement", () => six().length >= 2);
    assert(four()[0]?.["local"].startsWith("192.0.2.1"), "out of the server's range");
    assert(four()[0]?.["valid_life_time"] <= 120, "it ends with the lease");
    assert(six().some(({ prefixlen }) => prefixlen === 128), "the lease");
    assert(six().some(({ prefixlen, mngtmpaddr }) => prefixlen === 64 && mngtmpaddr), "the kernel's own (SLAAC)");
    const defaults = () => ip("-4 route show default").map(({ gateway, protocol }) => `${gateway} ${protocol}`);
    await until("the lease's default route", () => defaults().includes("192.0.2.1 dhcp"));
    await until(
      "the router's default route",
      () => ip("-6 route show default").some(({ protocol }) => protocol === "ra"),
    );
    await until(
      "a route of the document that waited for the lease",
      () => ip("-4 route show 10.8.0.0/16").length === 1,
    );
    const resolvConf = () => Deno.readTextFileSync(`${site.directory}/resolv.conf`);
    await until("the lease's name server", () => resolvConf().includes("192.0.2.53"));
    assertEquals(resolvConf().split("\n").slice(1), [
      "nameserver 198.51.100.53",
      "nameserver 192.0.2.53",
      "search example.net",
      "",
    ]);
    const { leases, kernel } = await engine.status();
    assertEquals(leases.map(({ device, family, gateways }) => `${device} IPv${family} ${gateways}`).sort(), [
      `${DEVICE} IPv4 192.0.2.1`,
      `${DEVICE} IPv6 `,
    ]);
    assertEquals(kernel.drift, [], "what a lease brings is no drift");

    edit(engine, written(`[[interfaces]]\nname = "${DEVICE}"\naddresses = "192.0.2.5/24"\n`));
    await engine.apply();
    await until("the leases are given back", () => addresses().map(({ local }) => local).join() === "192.0.2.5");
    assertEquals(defaults(), []);
    await until("the name servers of before", () => resolvConf() === "nameserver 9.9.9.9\n");
    assertEquals((await engine.status()).leases, []);
  } finally {
    await endKeeper(site);
    await lab.close();
  }
});
