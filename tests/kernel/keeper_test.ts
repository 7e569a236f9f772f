// needs: nft ip
/** The process that keeps the network: devices that appear late get their configuration, and nothing else is touched. */
import { startKeeper } from "../../lib/engine/keeper_process.ts";
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { edit, engineTest, type Site, written } from "./engine_harness.ts";
import { ip as program, type Listed } from "./ip.ts";

function ip(words: string): Listed[] {
  return program(...words.split(" "));
}

function addresses(device: string): string[] {
  const [link] = ip("address show").filter(({ ifname }) => ifname === device) as { addr_info?: Listed[] }[];
  return (link?.addr_info ?? []).filter(({ scope }) => scope !== "link").map(({ local }) => String(local));
}

/** Waits until something is so, at most ten seconds. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not in time: ${what}`);
}

const DOCUMENT = `
[[interfaces]]
name = "usb"
device = "usb0"
addresses = "10.5.0.1/24"
[[interfaces]]
name = "inner"
macvlan = { parent = "usb" }
addresses = "10.6.0.1/24"
[[interfaces]]
name = "lan"
device = "port1"
addresses = ["192.168.1.1/24", "192.168.2.1/24"]
[[routes]]
destination = "10.7.0.0/16"
gateway = "10.5.0.2"
`;

function log(site: Site): string {
  return Deno.readTextFileSync(`${site.runDir}/network.log`);
}

/** Whether a process holds the keeper's lock. */
function runs(site: Site): boolean {
  using file = Deno.openSync(`${site.runDir}/keeper.lock`, { read: true, write: true, create: true });
  return !file.tryLockSync(true);
}

engineTest(
  "a device that appears late is set up at once, with what stands on it and leads through it",
  async (site) => {
    ip("link add port1 type veth peer name peer1");
    ip("link set peer1 up");
    try {
      const engine = await site.open({ startKeeper });
      edit(engine, written(DOCUMENT));
      assertEquals((await engine.apply()).problems, ["there is no device usb0 yet: it is set up when it appears"]);
      assertEquals(addresses("port1"), ["192.168.1.1", "192.168.2.1"]);
      assert(runs(site), "a keeper runs");
      ip("link add usb0 type veth peer name usb1");
      ip("link set usb1 up");
      await until("the device is set up", () => addresses("usb0").length === 1 && addresses("inner").length === 1);
      await until("its route is there", () => ip("-4 route show 10.7.0.0/16").length === 1);
      // What somebody does by hand to a device that is there is drift, not lateness.
      ip("address delete 192.168.2.1/24 dev port1");
      await until("the address is missed", () => log(site).includes("add address 192.168.2.1/24 on port1"));
      ip("link delete usb0");
      await until("the loss is told", () => log(site).includes("usb0 is gone"));
      ip("link add usb0 type veth peer name usb1");
      await until("the device is back", () => addresses("usb0").length === 1 && addresses("inner").length === 1);
      assertEquals(addresses("port1"), ["192.168.1.1"]);
      assert((await engine.plan()).drift.some(({ subject }) => subject === "address 192.168.2.1/24"), "shown as drift");
      // A cable that is pulled is told.
      ip("link set peer1 down");
      await until("the pulled cable is told", () => log(site).includes("port1 has no carrier"));
    } finally {
      Deno.removeSync(site.stateDir, { recursive: true });
      await until("the keeper ends with its store", () => !runs(site));
      for (const device of ["port1", "usb0"]) {
        try {
          ip(`link delete ${device}`);
        } catch { /* It is gone already. */ }
      }
    }
  },
);
