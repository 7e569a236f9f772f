// needs: nft unshare
/** Whatever happens in the middle: the kernel holds one version, nothing is lost, and the next start ends the story. */
import { type Engine, openEngine } from "../../lib/engine/mod.ts";
import { PatronusError } from "../../lib/model/error.ts";
import { NETFILTER, type Netlink, NetlinkConnection } from "../../lib/netlink/socket/connection.ts";
import { assert, assertEquals, assertRejects } from "../../lib/std/assert.ts";
import {
  edit,
  engineTest,
  forwarding,
  opening,
  openPorts,
  rule,
  type Site,
  stampedVersion,
  written,
} from "./engine_harness.ts";
import { listing } from "./nft_harness.ts";
import { Random } from "./random.ts";

const KILLS = 50;

/** Runs a program of this directory in this namespace. */
function program(name: string, ...args: string[]): Deno.ChildProcess {
  const path = new URL(name, import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--quiet", path, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Waits for the first line that a program prints. */
async function begun(child: Deno.ChildProcess): Promise<void> {
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The kernel holds the newest version and nothing is open. */
async function assertSettled(engine: Engine, where: string): Promise<void> {
  const head = engine.store.head();
  assert(head !== null, where);
  assertEquals(engine.store.intent(), null, where);
  assertEquals(engine.pending(), null, where);
  const { kernel } = await engine.status();
  assertEquals([kernel.state, kernel.version, stampedVersion()], ["in-sync", head.number, head.number], where);
}

engineTest(`SIGKILL at ${KILLS} random moments of an apply loop`, async (site) => {
  const random = new Random();
  const first = await openEngine({ ...site.options(), clock: undefined });
  edit(first, opening(22));
  await first.apply();
  first.close();
  const ends = { completed: 0, undone: 0, between: 0 };
  for (let round = 0; round < KILLS; round++) {
    const where = `seed ${random.seed}, round ${round}`;
    const child = program("apply_loop.ts", site.stateDir, site.runDir);
    await begun(child);
    await pause(random.below(120));
    child.kill("SIGKILL");
    await child.status;
    await child.stdout.cancel();

    const held = stampedVersion();
    const engine = await openEngine({ ...site.options(), clock: undefined });
    const [story] = await engine.recover();
    if (story === undefined) ends.between++;
    else if (story.includes("complete")) ends.completed++;
    else ends.undone++;
    await assertSettled(engine, where);
    const head = engine.store.head();
    assert(head !== null && held !== null, where);
    // Before the end was told, the kernel held that version, or the one whose content it has.
    assert(
      head.number === held || head.message.includes(`back to version ${held}`),
      `${where}: ${held}, ${head.message}`,
    );
    assert(head.confirmed, where);
    engine.close();
  }
  assert(ends.completed + ends.undone > 0, `no kill hit an apply: ${JSON.stringify(ends)}`);
});

engineTest("a full disk during a commit, with any amount of room left", async (site) => {
  const path = new URL("full_disk.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["--mount", Deno.execPath(), "run", "-A", "--no-prompt", "--quiet", path, site.directory],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { done, refused } = JSON.parse(new TextDecoder().decode(stdout));
  assert(done > 0 && refused > 0, `both must occur: ${done} done, ${refused} refused`);
});

engineTest("two writers at once: both changes arrive, one behind the other", async (site) => {
  const users = ["ann", "bob", "eve", "joe"];
  const engines = await Promise.all(users.map((user) => site.open({ user })));
  const [first] = engines;
  assert(first);
  edit(first, opening(22));
  await first.apply();
  for (const [index, engine] of engines.entries()) edit(engine, opening(22, 1000 + index), users[index]);
  const versions = await Promise.all(engines.map(async (engine) => (await engine.apply()).version.number));
  assertEquals(versions.sort(), [2, 3, 4, 5]);
  assertEquals(openPorts().sort(), [1000, 1001, 1002, 1003, 22]);
  await assertSettled(first, "after all");
});

engineTest("a writer that finds another at work waits, and then says who it is", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22));
  Deno.mkdirSync(site.runDir, { recursive: true });
  using file = Deno.openSync(`${site.runDir}/lock`, { create: true, write: true });
  file.lockSync(true);
  file.writeSync(new TextEncoder().encode("4711\n"));
  const error = await assertRejects(() => engine.apply(), PatronusError);
  assertEquals([error.code, error.message.includes("process 4711")], ["conflict", true]);
  file.unlockSync();
  await engine.apply();
  assertEquals(openPorts(), [22]);
});

/** A kernel that lacks an expression: the transaction asks for one under a name that no module has. */
class LackingKernel implements Netlink {
  readonly #real = NetlinkConnection.open(NETFILTER);
  constructor(readonly expression: string) {}

  request(message: Uint8Array, operation: string) {
    return this.#real.request(message, operation);
  }
  dump(message: Uint8Array, operation: string) {
    return this.#real.dump(message, operation);
  }
  batch(messages: Uint8Array, operation: (sequence: number) => string) {
    const bytes = messages.slice();
    const name = new TextEncoder().encode(`${this.expression}\0`);
    for (let at = 0; at + name.length <= bytes.length; at++) {
      if (name.every((byte, index) => bytes[at + index] === byte)) bytes[at] = 0x7a;
    }
    return this.#real.batch(bytes, operation);
  }
  close() {
    this.#real.close();
  }
}

engineTest("a kernel without a needed module: nothing changes, and the rule is named", async (site) => {
  const engine = await site.open({ netlink: new LackingKernel("reject") });
  edit(engine, opening(22));
  await engine.apply();
  const before = listing();
  const rejecting = rule("port-80", "destination_port = 80").replace("accept", "reject");
  edit(engine, written(rule("port-22", "destination_port = 22") + rejecting));
  const error = await assertRejects(() => engine.apply(), PatronusError);
  assertEquals(error.code, "failed");
  assert(error.message.includes("port-80") && error.message.includes("back at version 1"), error.message);
  assert(error.details.hint?.includes("kernel lacks"), error.details.hint);
  assertEquals(withoutVersion(listing()), withoutVersion(before));
  assertEquals(engine.store.candidate("ann")?.document.firewall.rules.length, 2);
  await assertSettled(engine, "after the refusal");
});

/** A listing but for the stamp. */
function withoutVersion(listing: unknown[]): string[] {
  return listing.map((item) => JSON.stringify(item)).filter((line) => !line.includes("stamp: version"));
}

engineTest("a step that fails after the rules takes the rules back with it", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22));
  await engine.apply();
  edit(engine, written("[firewall]\nforwarding = true\n" + rule("port-80", "destination_port = 80")));
  const original = Deno.writeTextFileSync;
  let seen: number[] = [];
  Deno.writeTextFileSync = (path, ...rest) => {
    if (String(path).endsWith("/forwarding")) {
      seen = openPorts();
      throw new Deno.errors.PermissionDenied("refused");
    }
    return original(path, ...rest);
  };
  try {
    const error = await assertRejects(() => engine.apply(), PatronusError);
    assert(error.message.includes("net.ipv6.conf.all.forwarding"), error.message);
    assert(error.message.includes("back at version 1"), error.message);
  } finally {
    Deno.writeTextFileSync = original;
  }
  assertEquals([seen, openPorts(), forwarding(), stampedVersion()], [[80], [22], "00", 3]);
  await assertSettled(engine, "after the failure");
  assertEquals(engine.store.candidate("ann")?.document.firewall.forwarding, true);
});

engineTest("a store that is cut, garbage, or read-only", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22));
  await engine.apply();
  site.close();
  const database = `${site.stateDir}/patronus.db`;
  const whole = Deno.readFileSync(database);
  const remainders = ["-wal", "-shm"];
  const damage: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
    "half a page": whole.slice(0, 2048),
    "nothing": new Uint8Array(0),
    "noise": crypto.getRandomValues(new Uint8Array(8192)),
    "noise behind a good first page": new Uint8Array([
      ...whole.slice(0, 4096),
      ...crypto.getRandomValues(new Uint8Array(whole.length - 4096 > 60_000 ? 60_000 : whole.length - 4096)),
    ]),
  };
  for (const [what, bytes] of Object.entries(damage)) {
    for (const suffix of remainders) await Deno.remove(database + suffix).catch(() => {});
    Deno.writeFileSync(database, bytes);
    const error = await assertRejects(async () => (await openEngine(site.options())).plan(), PatronusError, "");
    assert(error.message.includes(database), `${what}: ${error.message}`);
    assert(error.details.hint !== undefined, what);
    assertEquals(openPorts(), [22], what);
  }
  for (const suffix of remainders) await Deno.remove(database + suffix).catch(() => {});
  Deno.writeFileSync(database, whole);
  const mended = await site.open();
  await assertSettled(mended, "the store is back");
});

engineTest("a read-only disk: changing says so, and the kernel keeps what it has", async (site) => {
  const engine = await openEngine({ ...site.options(), clock: undefined });
  edit(engine, opening(22));
  await engine.apply();
  edit(engine, opening(80));
  engine.close();
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const script = `mount --bind ${site.stateDir} ${site.stateDir} && mount -o remount,ro,bind ${site.stateDir} && ` +
    `exec ${Deno.execPath()} run -A --no-prompt --quiet ${main} apply`;
  const { code, stderr } = await new Deno.Command("unshare", {
    args: ["--mount", "sh", "-c", script],
    env: { PATRONUS_STATE_DIR: site.stateDir, PATRONUS_RUN_DIR: site.runDir, USER: "ann", SUDO_USER: "" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  assertEquals(code, 1, said);
  assert(/read-only/.test(said), said);
  assertEquals([openPorts(), stampedVersion()], [[22], 1]);
});

/** Applies in a process of its own, with a confirmation asked for; gives the pid of its watchdog. */
async function applyWithWatchdog(site: Site, seconds: number): Promise<number> {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--quiet", main, "apply", "--confirm", `${seconds}s`],
    env: { PATRONUS_STATE_DIR: site.stateDir, PATRONUS_RUN_DIR: site.runDir, USER: "ann", SUDO_USER: "" },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const words = Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0");
      if (words.some((word) => word.endsWith("/watch.ts")) && words.includes(site.stateDir)) return Number(name);
    } catch { /* It has ended. */ }
  }
  throw new Error("there is no watchdog");
}

async function pendingSite(site: Site, seconds: number): Promise<number> {
  const engine = await openEngine({ ...site.options(), clock: undefined });
  edit(engine, opening(22));
  await engine.apply();
  edit(engine, opening(80));
  engine.close();
  const watchdog = await applyWithWatchdog(site, seconds);
  assertEquals(openPorts(), [80]);
  return watchdog;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !condition(); waited += 50) {
    if (waited > 10_000) throw new Error(`waited in vain: ${what}`);
    await pause(50);
  }
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

engineTest("a confirmation runs out with the applying process gone: the watchdog undoes it and ends", async (site) => {
  const watchdog = await pendingSite(site, 2);
  await until(() => `${openPorts()}` === "22", "the old rules");
  await until(() => !isRunning(watchdog), "the end of the watchdog");
  const engine = await openEngine({ ...site.options(), clock: undefined });
  await assertSettled(engine, "after the watchdog");
  assertEquals(engine.store.candidate("ann")?.document.firewall.rules.map(({ id }) => id), ["port-80"]);
  engine.close();
});

engineTest("a confirmation runs out with the watchdog killed too: the next start undoes it", async (site) => {
  const watchdog = await pendingSite(site, 1);
  Deno.kill(watchdog, "SIGKILL");
  await pause(1200);
  assertEquals(openPorts(), [80], "nobody was there to undo it");
  const engine = await openEngine({ ...site.options(), clock: undefined });
  assertEquals(openPorts(), [22]);
  await assertSettled(engine, "after the start");
  engine.close();
});

engineTest("a confirmed version stays, and the watchdog ends", async (site) => {
  const watchdog = await pendingSite(site, 30);
  const engine = await openEngine({ ...site.options(), clock: undefined });
  await engine.confirm();
  engine.close();
  await until(() => !isRunning(watchdog), "the end of the watchdog");
  assertEquals(openPorts(), [80]);
});
