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
import { flush, listing } from "./nft_harness.ts";
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

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Runs a command line in a process of its own, behind another program; gives its status and what it said. */
async function patronus(site: Pick<Site, "stateDir" | "runDir">, words: string, behind: string[] = []) {
  const [program = "", ...args] = [...behind, Deno.execPath(), "run", "-A", "--no-prompt", "--quiet", MAIN];
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args, ...words.split(" ")],
    env: { PATRONUS_STATE_DIR: site.stateDir, PATRONUS_RUN_DIR: site.runDir, USER: "ann", SUDO_USER: "" },
    signal: AbortSignal.timeout(20_000),
  }).output();
  return { code, out: new TextDecoder().decode(stdout), said: new TextDecoder().decode(stderr) };
}

/** Programs in front of a command line, in a mount namespace in which a script was run. */
function mounted(script: string): string[] {
  return ["unshare", "--mount", "sh", "-c", `${script} && exec "$@"`, "sh"];
}

/** Commands that only look. */
const READING = [
  "status",
  "plan",
  "check",
  "firewall list",
  "firewall show port-80",
  "config show",
  "config export",
  "config history",
  "config diff",
  "config diff 1 candidate",
];
/** Commands that change something; the exit status says that nothing happened. */
const CHANGING = [
  "firewall delete port-80",
  "apply",
  "apply --confirm 5s",
  "confirm",
  "rollback",
  "discard",
  "config edit",
];

/** A site with a version that opens port 22, and edits that open port 80. */
async function editedSite(site: Site): Promise<void> {
  const engine = await openEngine({ ...site.options(), clock: undefined });
  edit(engine, opening(22));
  await engine.apply();
  edit(engine, opening(80));
  engine.close();
}

async function assertReadsOnly(site: Site, behind: string[], status: number, reason: RegExp): Promise<void> {
  const before = filesOf(site.stateDir);
  for (const words of READING) {
    const { code, out, said } = await patronus(site, words, behind);
    assertEquals([code, said], [0, ""], `${words}\n${out}`);
    if (words === "status") assert(/1 edit|2 edits/.test(out) && reason.test(out), out);
    if (words === "config history") assert(/^ +1 .* yes$/m.test(out), out);
    if (words.startsWith("firewall") || words.startsWith("config diff")) {
      assert(out.includes("port-80"), `${words}\n${out}`);
    }
  }
  for (const words of CHANGING) {
    const { code, said } = await patronus(site, words, behind);
    assertEquals(code, status, `${words}\n${said}`);
    assert(reason.test(said), `${words}\n${said}`);
  }
  assertEquals([openPorts(), stampedVersion(), filesOf(site.stateDir)], [[22], 1, before]);
}

/** Names and sizes, but for SQLite's index, which is no content. */
function filesOf(directory: string): string[] {
  return [...Deno.readDirSync(directory)].filter(({ name }) => !name.endsWith("-shm"))
    .map(({ name }) => `${name} ${Deno.statSync(`${directory}/${name}`).size}`).sort();
}

const readOnly = (directory: string) =>
  mounted(`mount --bind ${directory} ${directory} && mount -o remount,ro,bind ${directory}`);

engineTest("a read-only disk: all that reads works, and all that changes says why not", async (site) => {
  await editedSite(site);
  await assertReadsOnly(site, readOnly(site.stateDir), 1, /cannot be written: it is read-only/);
});

engineTest("a read-only disk with a log that a crash left: the newest edits are read too", async (site) => {
  await editedSite(site);
  // What another process has open and does not close is what a power cut leaves; without the log's index, as after a reboot.
  const holder = await site.open();
  edit(holder, opening(80, 443));
  assert(Deno.statSync(`${site.stateDir}/patronus.db-wal`).size > 0);
  const crashed = `${site.directory}/crashed`;
  Deno.mkdirSync(crashed);
  for (const { name } of Deno.readDirSync(site.stateDir)) {
    if (!name.endsWith("-shm")) Deno.copyFileSync(`${site.stateDir}/${name}`, `${crashed}/${name}`);
  }
  const { code, out, said } = await patronus(
    { stateDir: crashed, runDir: site.runDir },
    "firewall list",
    readOnly(crashed),
  );
  assertEquals([code, said], [0, ""]);
  assert(out.includes("port-443"), out);
});

engineTest("a disk that is full to the last byte: all that reads works", async (site) => {
  await editedSite(site);
  const full = `mount -t tmpfs -o size=1m,mode=700 none /mnt && cp -r ${site.stateDir}/. /mnt && ` +
    `mount --bind /mnt ${site.stateDir} && { cat /dev/zero > /mnt/edit-filler; true; } 2> /dev/null`;
  for (const words of READING) {
    const { code, out, said } = await patronus(site, words, mounted(full));
    assertEquals([code, said], [0, ""], `${words}\n${out}`);
  }
  const { code, said } = await patronus(site, "firewall delete port-80", mounted(full));
  assertEquals(code, 1);
  assert(/the disk is full/.test(said), said);
  assertEquals(openPorts(), [22]);
});

engineTest("what is in effect but cannot be recorded stays, and is recorded as soon as that can be", async (site) => {
  await editedSite(site);
  const copy = `${site.stateDir}/last-good.json`;
  Deno.removeSync(copy);
  Deno.mkdirSync(copy);
  for (const words of ["apply", "confirm"]) {
    const { code, said } = await patronus(site, words);
    assertEquals([code, openPorts(), stampedVersion()], [1, [80], 2], said);
    assert(/version 2 is in effect, but that cannot be recorded: .*last-good\.json is a directory/.test(said), said);
  }
  const status = await patronus(site, "status");
  assert(
    /^recovered +a change is unfinished, and cannot be ended: version 2 is in effect/m.test(status.out),
    status.out,
  );
  assertEquals([status.code, openPorts()], [0, [80]]);
  Deno.removeSync(copy);
  const engine = await openEngine({ ...site.options(), clock: undefined });
  assertEquals(await engine.recover(), [
    "an apply was cut off when version 2 was in the kernel already; it is complete now",
  ]);
  await assertSettled(engine, "recorded");
  assertEquals([openPorts(), engine.store.lastConfirmed()?.number], [[80], 2]);
  engine.close();
});

engineTest("boot on a read-only disk takes the store's confirmed version", async (site) => {
  await editedSite(site);
  flush();
  const { code, out, said } = await patronus(site, "apply --boot", readOnly(site.stateDir));
  assertEquals([code, said, out.trim()], [0, "", "up  version 1"]);
  assertEquals([openPorts(), stampedVersion()], [[22], 1]);
});

engineTest(
  "boot on a read-only disk with a version that was never confirmed takes the last good copy",
  async (site) => {
    await editedSite(site);
    const engine = await openEngine({ ...site.options(), clock: undefined });
    await engine.apply({ confirmWithin: 60 });
    engine.close();
    flush();
    const { code, out } = await patronus(site, "apply --boot", readOnly(site.stateDir));
    assertEquals([code, openPorts(), stampedVersion()], [0, [22], 1], out);
    assert(/version 1 from the last good copy\nbecause .*read-only/.test(out), out);
  },
);

/** Behind this even root is held to the modes of files, and may not ask nf_tables. */
const LIMITS = ["net_admin", "dac_override", "dac_read_search"].map((name) => `-${name}`).join();
const WEAK = ["setpriv", `--bounding-set=${LIMITS}`, `--inh-caps=${LIMITS}`];

engineTest("whoever may only read the store reads it, and is told what else takes", async (site) => {
  await editedSite(site);
  Deno.chmodSync(`${site.stateDir}/patronus.db`, 0o400);
  Deno.chmodSync(site.stateDir, 0o500);
  for (const words of READING.filter((words) => words !== "plan")) {
    const { code, out, said } = await patronus(site, words, WEAK);
    assertEquals([code, said], [0, ""], `${words}\n${out}`);
    if (words === "status") assert(/^read-only .*permission denied/m.test(out), out);
  }
  const refusals: readonly [words: string, says: RegExp][] = [
    ["plan", /not permitted to .*\n.*run it as root.*patronus config diff/],
    ["firewall delete port-80", /cannot be written: permission denied/],
  ];
  for (const [words, says] of refusals) {
    const { code, said } = await patronus(site, words, WEAK);
    assertEquals([code, says.test(said)], [5, true], said);
  }

  Deno.chmodSync(site.stateDir, 0);
  for (const words of ["config show", "plan", "status", "firewall delete port-80"]) {
    const { code, said } = await patronus(site, words, WEAK);
    assertEquals(code, 5, said);
    assert(
      /not permitted to read .*state, which holds the configuration\n.*run it as root.*network list/.test(said),
      said,
    );
  }
});

/** Applies in a process of its own, with a confirmation asked for; gives the pid of its watchdog. */
async function applyWithWatchdog(site: Site, seconds: number): Promise<number> {
  const { code, said } = await patronus(site, `apply --confirm ${seconds}s`);
  assertEquals(code, 0, said);
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

engineTest(
  "a confirmation that runs out on a read-only disk is undone in the kernel by whoever looks next",
  async (site) => {
    Deno.kill(await pendingSite(site, 1), "SIGKILL");
    await pause(1200);
    const { code, out, said } = await patronus(site, "status", readOnly(site.stateDir));
    assertEquals([code, said, openPorts()], [0, "", [22]]);
    assert(/^recovered +a change is unfinished, and cannot be ended: .*read-only/m.test(out), out);
    const engine = await openEngine({ ...site.options(), clock: undefined });
    await assertSettled(engine, "with the disk writable again");
    assertEquals(openPorts(), [22]);
    engine.close();
  },
);

engineTest("a confirmed version stays, and the watchdog ends", async (site) => {
  const watchdog = await pendingSite(site, 30);
  const engine = await openEngine({ ...site.options(), clock: undefined });
  await engine.confirm();
  engine.close();
  await until(() => !isRunning(watchdog), "the end of the watchdog");
  assertEquals(openPorts(), [80]);
});
