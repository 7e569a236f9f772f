import { assert, assertEquals, assertMatch, assertRejects } from "../../std/assert.ts";
import type { Applied, Boot, Lockout } from "../../engine/plan.ts";
import { Input, type Output } from "../../model/command.ts";
import { EXIT_STATUS, type Finding, PatronusError } from "../../model/error.ts";
import type { Desk } from "../desk.ts";
import { renderText } from "../render.ts";
import { apply, bootBlocks, check, confirm, discard, rollback } from "./engine.ts";

const VERSION = {
  number: 4,
  parent: 3,
  author: "root",
  time: "2026-11-23T22:02:09.000Z",
  message: "",
  confirmed: true,
  digest: "",
};
const APPLIED: Applied = {
  version: VERSION,
  steps: [{
    kind: "nftables",
    title: "load table",
    changes: [{ action: "add", subject: "rule web" }, { action: "remove", subject: "rule old" }],
  }],
  pending: null,
  problems: [],
};
const LOCKOUT: Lockout = {
  connection: "established",
  from: "198.51.100.7",
  to: "192.0.2.1",
  port: 22,
  by: "rule drop-all",
};

interface Scene {
  readonly state?: boolean;
  readonly ssh?: boolean;
  readonly lockouts?: readonly Lockout[];
  readonly pending?: boolean;
  readonly findings?: readonly Finding[];
}

/** A desk whose engine notes what it is asked to do. */
function desk({ state = true, ssh = false, lockouts = [], pending = false, findings = [] }: Scene = {}) {
  const calls: unknown[] = [];
  const engine = {
    plan: () => Promise.resolve({ lockouts }),
    apply: (request: unknown) => {
      calls.push(["apply", request]);
      return Promise.resolve(
        pending ? { ...APPLIED, pending: { version: 4, user: "ann", secondsLeft: 60 } } : APPLIED,
      );
    },
    confirm: () => Promise.resolve(VERSION),
    rollback: (number?: number) => {
      calls.push(["rollback", number]);
      return Promise.resolve(APPLIED);
    },
    discard: () => calls.push(["discard"]),
    check: () => findings,
  };
  const made = {
    hasState: () => Promise.resolve(state),
    sshAddress: () => ssh ? { from: LOCKOUT.from, to: LOCKOUT.to, port: 22 } : null,
    engine: () => Promise.resolve(engine),
    document: () => Promise.resolve({}),
    check: () => Promise.resolve(findings),
  } as unknown as Desk;
  return { desk: made, calls };
}

const text = (output: Output) =>
  renderText(output, { width: 100, colour: false, interactive: false }).trimEnd().split("\n");

Deno.test("apply passes on what was asked for and says what was done", async () => {
  const cases: readonly [options: Record<string, string | boolean>, request: unknown][] = [
    [{}, {}],
    [{ message: "open the web" }, { message: "open the web" }],
    [{ confirm: "90" }, { confirmWithin: 90 }],
    [{ confirm: "1h30m", message: "m" }, { message: "m", confirmWithin: 5400 }],
  ];
  for (const [options, request] of cases) {
    const scene = desk();
    assertEquals(text(await apply(new Input({}, options), scene.desk)), [
      "applied  version 4: 1 added, 1 removed on the machine",
    ]);
    assertEquals(scene.calls, [["apply", request]]);
  }
  assertEquals(text(await apply(new Input({}, { confirm: "60s" }), desk({ pending: true }).desk)), [
    "applied  version 4: 1 added, 1 removed on the machine",
    "pending  version 4 will be undone in 1m unless ann runs patronus confirm",
  ]);
});

Deno.test("apply refuses a length of time that is none", async () => {
  for (const confirm of ["", "0", "0s", "soon", "-5", "8d", "1.5m"]) {
    const scene = desk();
    const error = await assertRejects(() => apply(new Input({}, { confirm }), scene.desk), PatronusError);
    assertEquals(error.code, "usage", confirm);
    assertEquals(scene.calls, []);
  }
  const both = new Input({}, { boot: true, confirm: "60s" });
  assertEquals((await assertRejects(() => apply(both, desk().desk), PatronusError)).code, "usage");
});

Deno.test("whoever would cut the own session must give a way back or a clear word", async () => {
  const cases: readonly [scene: Scene, options: Record<string, string | boolean>, applied: boolean, lines: number][] = [
    [{ ssh: true, lockouts: [LOCKOUT] }, {}, false, 0],
    [{ ssh: true, lockouts: [LOCKOUT] }, { force: true }, true, 1],
    [{ ssh: true, lockouts: [LOCKOUT] }, { confirm: "60s" }, true, 3],
    [{ ssh: true }, {}, true, 1],
    [{ ssh: false, lockouts: [LOCKOUT] }, {}, true, 1],
  ];
  for (const [scene, options, applied, lines] of cases) {
    const { desk: made, calls } = desk(scene);
    const run = () => apply(new Input({}, options), made);
    if (applied) assertEquals(text(await run()).length, lines);
    else {
      const error = await assertRejects(run, PatronusError);
      assertEquals(EXIT_STATUS[error.code], 1);
      assertMatch(error.details.findings?.[0]?.message ?? "", /from 198\.51\.100\.7 .* by rule drop-all/);
      assertMatch(error.details.hint ?? "", /--confirm 60s .*--force/);
    }
    assertEquals(calls.length, applied ? 1 : 0);
  }
});

Deno.test("the other verbs say what they did", async () => {
  const scene = desk();
  assertEquals(text(await confirm(scene.desk)), ["confirmed  version 4 stays"]);
  assertEquals(text(await discard(scene.desk)), ["discarded  your edits"]);
  assertEquals(text(await rollback(new Input({ N: "2" }), scene.desk)), [
    "rolled back  version 4: 1 added, 1 removed on the machine",
  ]);
  await rollback(new Input({}), scene.desk);
  assertEquals(scene.calls, [["discard"], ["rollback", 2], ["rollback", undefined]]);
  assertEquals((await assertRejects(() => rollback(new Input({ N: "two" }), scene.desk), PatronusError)).code, "usage");
});

Deno.test("where there is no configuration, there is nothing to do", async () => {
  const { desk: made, calls } = desk({ state: false });
  const runs = [
    () => apply(new Input(), made),
    () => confirm(made),
    () => rollback(new Input(), made),
    () => discard(made),
  ];
  for (const run of runs) assertEquals((await assertRejects(run, PatronusError)).code, "nothing");
  assertEquals(calls, []);
});

Deno.test("boot says where the state came from, and why not from the store", () => {
  const back = "put the store back, or mount its disk, and run patronus apply --boot again; or begin anew with " +
    "patronus firewall init or config import, and patronus apply";
  const none = { recovered: [], problems: [] };
  const cases: readonly [Boot, string[]][] = [
    [{ source: "version", version: 4, ...none }, ["up  version 4"]],
    [{ source: "version", version: 4, recovered: ["version 3 is undone"], problems: ["cannot add link br0"] }, [
      "up  version 4",
      "network  cannot add link br0",
      "recovered  version 3 is undone",
    ]],
    [{ source: "none", version: null, ...none }, ["up  nothing: no version was ever confirmed"]],
    [{ source: "last-good", version: 3, reason: "the store is damaged", ...none }, [
      "up  version 3 from the last good copy",
      "because  the store is damaged",
    ]],
    [{ source: "closed", version: null, reason: "there is no store", ...none }, [
      "up  closed: nothing but loopback, neighbour discovery and the DHCP client passes",
      "because  there is no store",
      back,
    ]],
  ];
  for (const [boot, lines] of cases) assertEquals(text({ blocks: bootBlocks(boot) }), lines);
});

Deno.test("check fails where there is an error, and shows errors first", async () => {
  const warning: Finding = { severity: "warning", path: "zones[empty]", message: "has no interface" };
  const error: Finding = {
    severity: "error",
    path: "firewall.rules[web].in",
    message: "there is no zone wna",
    hint: "wan?",
  };
  const fine = await check(desk().desk);
  assertEquals([fine.status, text(fine)], [0, ["fine  nothing to complain about"]]);
  assertEquals((await check(desk({ findings: [warning] }).desk)).status, 0);
  const both = await check(desk({ findings: [warning, error] }).desk);
  assertEquals(both.status, 1);
  assertEquals(text(both), [
    "error: there is no zone wna (firewall.rules[web].in)",
    "  wan?",
    "warning: zones[empty] has no interface",
  ]);
  assert(Array.isArray(both.json));
});
