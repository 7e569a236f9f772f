// needs: nft
/** The engine against the real kernel: every change ends on the new version or on the old one, and says which. */
import { boot, openEngine } from "../../lib/engine/mod.ts";
import { isEmpty } from "../../lib/engine/plan.ts";
import { PatronusError } from "../../lib/model/error.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../lib/std/assert.ts";
import {
  edit,
  engineTest,
  forwarding,
  opening,
  openPorts,
  rule,
  setForwarding,
  stampedVersion,
  written,
} from "./engine_harness.ts";
import { listing, nft } from "./nft_harness.ts";

async function refused(work: () => Promise<unknown>): Promise<PatronusError> {
  return await assertRejects(work, PatronusError);
}

engineTest("the first apply makes version 1, confirms it and uses the candidate up", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22, 80));
  const plan = await engine.plan();
  assertEquals([plan.from, plan.document.length, isEmpty(plan)], [null, 2, false]);
  assertEquals(openPorts(), [], "a plan changes nothing");
  const { version, pending } = await engine.apply({ message: "two ports" });
  assertEquals([version.number, version.author, version.message, version.confirmed], [1, "ann", "two ports", true]);
  assertEquals(pending, null);
  assertEquals([openPorts(), stampedVersion()], [[22, 80], 1]);
  assertEquals(engine.store.candidate("ann"), null);
  assertEquals(engine.store.intent(), null);
  assert(isEmpty(await engine.plan()), "nothing is left to do");
  const again = await refused(() => engine.apply());
  assertEquals(again.code, "nothing");
  const status = await engine.status();
  assertEquals([status.kernel.state, status.kernel.version, status.confirmed], ["in-sync", 1, 1]);
});

engineTest("what somebody did by hand shows as drift and is repaired without a new version", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22));
  await engine.apply();
  nft([], "table ip other { chain c { type filter hook input priority 5; policy accept; }\n}\n");
  const clean = listing();
  nft(["add", "rule", "inet", "patronus", "input-rules", "tcp", "dport", "23", "accept"]);
  const plan = await engine.plan();
  assertEquals(plan.drift.map(({ action, before }) => [action, before]), [["remove", "tcp dport 23 accept"]]);
  assertEquals(plan.foreign.map(({ family, table, chain, priority }) => [family, table, chain, priority]), [
    ["ip", "other", "c", 5],
  ]);
  assertEquals((await engine.status()).kernel.state, "drift");
  assertEquals((await engine.apply()).version.number, 1);
  assertEquals(listing(), clean, "the table of another is as it was");
  nft(["delete", "table", "inet", "patronus"]);
  assertEquals((await engine.status()).kernel.state, "missing");
  await engine.apply();
  assertEquals([openPorts(), engine.store.history().length], [[22], 1]);
});

engineTest("rollback appends the old content, and what was undone is the candidate again", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22));
  await engine.apply();
  edit(engine, opening(22, 80));
  await engine.apply();
  const { version } = await engine.rollback();
  assertEquals([version.number, version.message, openPorts()], [3, "rollback to version 1", [22]]);
  assertEquals(engine.store.candidate("ann")?.base, 3);
  assertEquals(engine.store.candidate("ann")?.document.firewall.rules.map(({ id }) => id), ["port-22", "port-80"]);
  await engine.apply();
  assertEquals([openPorts(), stampedVersion()], [[22, 80], 4]);
  assertThrows(() => engine.discard(), PatronusError, "no edits");
  assertEquals((await refused(() => engine.rollback(99))).code, "nothing");
  assertEquals((await refused(() => engine.rollback(4))).code, "nothing");
});

engineTest("two users' edits merge where they do not collide, and a collision is named", async (site) => {
  const ann = await site.open(), bob = await site.open({ user: "bob" });
  edit(ann, opening(22));
  await ann.apply();
  edit(ann, opening(22, 80));
  edit(bob, opening(22, 443), "bob");
  await ann.apply();
  assertEquals((await bob.plan()).document.map(({ label }) => label), ["port-443"]);
  await bob.apply();
  assertEquals(openPorts().sort(), [22, 443, 80].sort());

  const at = (comment: string) => written(rule("port-22", `destination_port = 22\ncomment = "${comment}"`));
  const head = ann.store.head()?.number ?? null;
  ann.store.saveCandidate("ann", head, at("ann's"));
  bob.store.saveCandidate("bob", head, at("bob's"));
  await ann.apply();
  const collision = await refused(() => bob.apply());
  assertEquals(collision.code, "conflict");
  assertEquals(collision.details.findings?.map(({ path, message }) => `${path} ${message}`), [
    "firewall.rules[port-22] was changed on both sides",
  ]);
  assertEquals(
    collision.details.hint,
    `patronus config diff ${head} candidate shows your edits, patronus config diff ${head} head the others; ` +
      "patronus discard drops yours",
  );
  assertEquals(bob.store.candidate("bob")?.document.firewall.rules[0]?.comment, "bob's", "nothing is lost");
});

engineTest(
  "a version that waits for its confirmation keeps others out, and comes to an end either way",
  async (site) => {
    const ann = await site.open(), bob = await site.open({ user: "bob" });
    edit(ann, opening(22));
    await ann.apply();
    edit(ann, opening(22, 80));
    const { pending } = await ann.apply({ confirmWithin: 60 });
    assertEquals(pending, { version: 2, user: "ann", secondsLeft: 60 });
    assertEquals(openPorts(), [22, 80]);
    edit(bob, opening(22, 443), "bob");
    assertEquals((await refused(() => bob.apply())).code, "conflict");
    assertEquals((await refused(() => bob.confirm())).code, "permission");
    assertEquals(ann.store.lastConfirmed()?.number, 1);
    await ann.confirm();
    assertEquals([ann.store.lastConfirmed()?.number, ann.pending()], [2, null]);

    bob.discard();
    edit(ann, opening(22, 80, 8080));
    await ann.apply({ confirmWithin: 60 });
    const { version } = await ann.rollback();
    assertEquals([version.number, version.confirmed, openPorts(), stampedVersion()], [4, true, [22, 80], 4]);
    assertEquals(ann.store.candidate("ann")?.document.firewall.rules.length, 3);
  },
);

engineTest(
  "a confirmation that does not come in time undoes the version, whatever the wall clock says",
  async (site) => {
    const engine = await site.open();
    setForwarding("1");
    edit(engine, opening(22));
    await engine.apply();
    assertEquals(forwarding(), "00");
    const before = Date.now;
    try {
      edit(engine, written('[firewall]\nforwarding = "ipv4"\n' + rule("port-80", "destination_port = 80")));
      await engine.apply({ confirmWithin: 60 });
      Date.now = () => before() - 365 * 86_400_000;
      assertEquals([openPorts(), forwarding(), engine.pending()?.secondsLeft], [[80], "10", 60]);
      site.clock.time += 59_000;
      await engine.recover();
      assertEquals([openPorts(), engine.pending()?.secondsLeft], [[80], 1]);
      site.clock.time += 1000;
      const late = await refused(() => engine.confirm());
      assertEquals(late.code, "conflict");
      assert(late.message.includes("version 2 was not confirmed in time"), late.message);
    } finally {
      Date.now = before;
    }
    assertEquals([openPorts(), forwarding(), stampedVersion()], [[22], "00", 3]);
    assertEquals(engine.store.candidate("ann")?.document.firewall.forwarding, "ipv4");
    assertEquals((await engine.status()).kernel.state, "in-sync");
  },
);

engineTest("a first version that nobody confirms leaves the machine as it was", async (site) => {
  const engine = await site.open();
  setForwarding("1");
  edit(engine, opening(22));
  await engine.apply({ confirmWithin: 5 });
  assertEquals([openPorts(), forwarding()], [[22], "00"]);
  site.clock.time += 5000;
  await engine.recover();
  assertEquals([openPorts(), forwarding()], [[], "11"]);
  assertEquals(engine.store.candidate("ann")?.document.firewall.rules.length, 1);
  assertEquals((await engine.status()).kernel.state, "in-sync");
  assertEquals(engine.store.lastConfirmed(), null);
});

engineTest("after a reboot an unconfirmed version is undone, and boot brings up the confirmed one", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22));
  await engine.apply();
  edit(engine, written("[firewall]\nforwarding = true\n" + rule("port-80", "destination_port = 80")));
  await engine.apply({ confirmWithin: 3600 });
  site.close();

  nft(["flush", "ruleset"]);
  setForwarding("0");
  site.clock.bootId = "second";
  site.clock.time = 5000;
  const booted = await boot(site.options({ user: "root" }));
  assertEquals([booted.source, booted.version, booted.recovered], ["version", 3, [
    "version 2 was not confirmed in time and is undone: version 3 has the content of version 1",
  ]]);
  assertEquals([openPorts(), forwarding(), stampedVersion()], [[22], "00", 3]);
  const after = await site.open();
  assertEquals(after.store.candidate("ann")?.document.firewall.rules.map(({ id }) => id), ["port-80"]);
  assertEquals((await after.status()).kernel.state, "in-sync");
});

engineTest("boot without a readable store: the last good copy, then the rescue ruleset, then closed", async (site) => {
  const engine = await site.open();
  edit(
    engine,
    written(`
      [[interfaces]]
      name = "mgmt"
      device = "eth9"
      [firewall]
      forwarding = true
      anti_lockout = { in = "mgmt", source = "192.0.2.0/24", ports = 2222 }
      ${rule("port-80", "destination_port = 80")}`),
  );
  await engine.apply();
  site.close();
  const lockout = () => /iifname "eth9" ip saddr 192\.0\.2\.0\/24 tcp dport 2222/.test(nft(["list", "ruleset"]));
  const reboot = async () => {
    nft(["flush", "ruleset"]);
    setForwarding("0");
    return await boot(site.options({ user: "root" }));
  };

  Deno.writeTextFileSync(
    `${site.stateDir}/patronus.db`,
    "this is no database, and it is long enough to be looked at".repeat(20),
  );
  const copied = await reboot();
  assertEquals([copied.source, copied.version, openPorts(), forwarding()], ["last-good", 1, [80], "11"]);
  assert(copied.reason?.includes("is not a database"), copied.reason);

  Deno.removeSync(`${site.stateDir}/last-good.json`);
  const rescued = await reboot();
  assertEquals([rescued.source, openPorts(), forwarding(), lockout()], ["rescue", [], "00", true]);

  Deno.writeTextFileSync(`${site.stateDir}/rescue.json`, "{}");
  const closed = await reboot();
  assertEquals([closed.source, lockout()], ["closed", false]);
  assert(nft(["list", "ruleset"]).includes("hook input priority filter; policy drop;"));
});

engineTest("boot of a machine on which nothing was ever confirmed changes nothing", async (site) => {
  setForwarding("1");
  edit(await site.open(), opening(22));
  site.close();
  assertEquals(await boot(site.options()), { source: "none", version: null, recovered: [], problems: [] });
  assertEquals([listing(), forwarding()], [[], "11"]);
});

engineTest("boot of a machine whose store is not there closes it, and makes no store", async (site) => {
  setForwarding("1");
  const closed = async () => {
    const { source, reason } = await boot(site.options());
    assertEquals([source, forwarding()], ["closed", "00"]);
    assert(reason?.includes(`there is no store in ${site.stateDir}`), reason);
    assert(nft(["list", "ruleset"]).includes("hook input priority filter; policy drop;"));
    assertEquals(stampedVersion(), 0);
  };
  await closed();
  assertThrows(() => Deno.statSync(site.stateDir), Deno.errors.NotFound);
  Deno.mkdirSync(site.stateDir);
  await closed();
  assertEquals([...Deno.readDirSync(site.stateDir)], []);
});

engineTest("an undone first version brings back the rescue rules that boot had loaded", async (site) => {
  await boot(site.options());
  const before = listing().filter((item) => !JSON.stringify(item).includes("stamp: version"));
  const engine = await site.open();
  edit(engine, opening(80));
  await engine.apply({ confirmWithin: 60 });
  assertEquals([openPorts(), stampedVersion(), engine.store.lastConfirmed()?.number], [[80], 2, 1]);
  const { version } = await engine.rollback();
  assertEquals([version.number, version.confirmed, stampedVersion()], [3, true, 3]);
  assertEquals(listing().filter((item) => !JSON.stringify(item).includes("stamp: version")), before);
  assertEquals(engine.store.candidate("ann")?.document.firewall.rules.map(({ id }) => id), ["port-80"]);
  await engine.apply();
  assertEquals([openPorts(), (await engine.status()).kernel.state], [[80], "in-sync"]);
});

engineTest("a store begun anew beside the old one's rescue rules boots with those, not open", async (site) => {
  edit(await site.open(), opening(80));
  await (await site.open()).apply();
  site.close();
  for (const name of ["patronus.db", "last-good.json"]) Deno.removeSync(`${site.stateDir}/${name}`);
  edit(await site.open(), opening(80));
  site.close();
  nft(["flush", "ruleset"]);
  const { source, reason } = await boot(site.options());
  assertEquals([source, openPorts(), stampedVersion()], ["rescue", [], 0]);
  assert(reason?.includes("its rescue rules show that one was"), reason);
  const { kernel } = await (await site.open()).status();
  assertEquals([kernel.state, kernel.version], ["strange", 0]);
});

engineTest(
  "boot while a version waits for its confirmation takes the confirmed one, and undoes the other",
  async (site) => {
    const engine = await site.open();
    edit(engine, opening(22));
    await engine.apply();
    edit(engine, opening(80));
    await engine.apply({ confirmWithin: 60 });
    nft(["flush", "ruleset"]);
    const { source, version, recovered } = await boot(site.options({ user: "root" }));
    assertEquals([source, version, openPorts(), stampedVersion()], ["version", 3, [22], 3]);
    assertEquals(recovered, [
      "version 2 was not confirmed when the rules were loaded again and is undone: version 3 has the content of version 1",
    ]);
    assertEquals(engine.pending(), null);
    assertEquals((await refused(() => engine.confirm())).code, "nothing");
    assertEquals(engine.store.candidate("ann")?.document.firewall.rules.map(({ id }) => id), ["port-80"]);
    assertEquals((await engine.status()).kernel.state, "in-sync");
  },
);

engineTest("taken off, everything passes, and only a table without a hook is left; it can be undone", async (site) => {
  const engine = await site.open();
  const document = written("[firewall]\nforwarding = true\n" + rule("port-80", "destination_port = 80"));
  edit(engine, document);
  await engine.apply();
  edit(engine, { ...document, firewall: { ...document.firewall, enabled: false } });
  await engine.apply({ confirmWithin: 60 });
  const text = nft(["list", "ruleset"]);
  assertEquals([/hook|accept|drop/.test(text), stampedVersion(), forwarding()], [false, 2, "11"]);
  await engine.rollback();
  assertEquals([openPorts(), stampedVersion(), forwarding()], [[80], 3, "11"]);
});

engineTest("what the kernel has of a lost store is told by plan and status, and applying replaces it", async (site) => {
  const first = await site.open();
  for (const port of [22, 80]) {
    edit(first, opening(port));
    await first.apply();
  }
  site.close();
  Deno.removeSync(site.stateDir, { recursive: true });
  const engine = await site.open();
  edit(engine, opening(80));
  const plan = await engine.plan();
  assertEquals([plan.from, plan.strange], [null, true]);
  const { kernel, version } = await engine.status();
  assertEquals([version, kernel.state, kernel.version], [null, "strange", 2]);
  for (const port of [80, 443]) {
    edit(engine, opening(port));
    await engine.apply();
  }
  assertEquals([(await engine.status()).kernel.state, (await engine.plan()).strange], ["in-sync", false]);

  // The same number, and another digest.
  nft(["flush", "chain", "inet", "patronus", "stamp"]);
  nft(["add", "rule", "inet", "patronus", "stamp", "return", "comment", `"stamp: version 2 digest ${"0".repeat(64)}"`]);
  assertEquals((await engine.status()).kernel.state, "strange");
  assertEquals((await engine.plan()).drift.map(({ subject, before }) => [subject, before]), [[
    "stamp",
    "another store",
  ]]);
  await engine.apply();
  assertEquals((await engine.status()).kernel.state, "in-sync");
});

engineTest("a first version with everything at its default is planned as it is applied", async (site) => {
  const engine = await site.open();
  assert(isEmpty(await engine.plan()), "without a candidate there is nothing to do");
  edit(engine, written("schema = 1"));
  const plan = await engine.plan();
  assertEquals([plan.document, plan.drift], [[], []]);
  assert(plan.steps.some(({ kind }) => kind === "nftables"));
  await engine.apply();
  assertEquals(stampedVersion(), 1);
});

engineTest("a table that somebody put to sleep is drift, and wakes up", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22));
  await engine.apply();
  nft(["add", "table", "inet", "patronus", "{ flags dormant; }"]);
  assertEquals((await engine.status()).kernel.state, "drift");
  assertEquals((await engine.plan()).drift, [
    { action: "change", subject: "the whole table", before: "dormant: no packet comes to it", after: "awake" },
  ]);
  await engine.apply();
  assert(!nft(["list", "table", "inet", "patronus"]).includes("dormant"));
  nft(["add", "table", "inet", "patronus", "{ flags dormant; }"]);
  edit(engine, opening(22, 80));
  await engine.apply();
  assert(!nft(["list", "table", "inet", "patronus"]).includes("dormant"), "also with a change of the rules");
  nft(["add", "table", "inet", "patronus", "{ flags dormant; }"]);
  await engine.boot();
  assert(!nft(["list", "table", "inet", "patronus"]).includes("dormant"), "and at boot");
});

engineTest("a document with errors is refused with all of them, and nothing happens", async (site) => {
  const engine = await site.open();
  edit(engine, { ...opening(22), zones: [{ id: "z", name: "z", interfaces: ["nowhere", "nobody"], comment: "" }] });
  const error = await refused(() => engine.apply());
  assertEquals([error.code, error.details.findings?.length], ["input", 2]);
  assertEquals([engine.store.head(), listing()], [null, []]);
  assertEquals((await engine.plan()).steps, []);
});

engineTest("counts outlive their rules: what the kernel forgets, the store keeps", async (site) => {
  const engine = await site.open();
  edit(engine, opening(22, 80));
  await engine.apply();
  nft(["replace", "rule", "inet", "patronus", "input-rules", "handle", handleOf(80), ...counting(80, 7, 420)]);
  assertEquals((await engine.observedCounters()).get("port-80"), { packets: 7, bytes: 420 });
  edit(engine, opening(22));
  await engine.apply();
  assertEquals((await engine.observedCounters()).get("port-80"), { packets: 7, bytes: 420 });
  edit(engine, opening(22, 80));
  await engine.apply();
  nft(["replace", "rule", "inet", "patronus", "input-rules", "handle", handleOf(80), ...counting(80, 3, 100)]);
  assertEquals((await engine.observedCounters()).get("port-80"), { packets: 10, bytes: 520 });
  nft(["delete", "table", "inet", "patronus"]);
  assertEquals((await engine.observedCounters()).get("port-80"), { packets: 7, bytes: 420 }, "nobody saw these go");
});

function handleOf(port: number): string {
  const line = nft(["-a", "list", "chain", "inet", "patronus", "input-rules"]).split("\n")
    .find((line) => line.includes(`tcp dport ${port} `));
  return /# handle (\d+)/.exec(line ?? "")?.[1] ?? "";
}

function counting(port: number, packets: number, bytes: number): string[] {
  const counter = ["counter", "packets", `${packets}`, "bytes", `${bytes}`];
  return ["tcp", "dport", `${port}`, ...counter, "accept", "comment", `"port-${port}"`];
}

engineTest("an engine without a store's directory says whose fault it is", async (site) => {
  Deno.writeTextFileSync(`${site.directory}/state`, "a file");
  const error = await refused(() => openEngine(site.options()));
  assert(error.message.includes(`${site.directory}/state`), error.message);
});
