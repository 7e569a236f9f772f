// needs: nft
/** The command line as people run it: the real program in processes of its own, against the kernel of a private namespace. */
import { assert, assertEquals, assertMatch } from "../../lib/std/assert.ts";
import { BOUND, decode, MAIN, Place } from "./command_line.ts";
import { flush, nft } from "./nft_harness.ts";

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

const EDGE = `
[[interfaces]]
name = "wan"
device = "eth0"

[[interfaces]]
name = "lan"
device = "eth1"

[firewall]
forwarding = true

[firewall.anti_lockout]
in = "lan"

[[firewall.rules]]
id = "lan-web"
action = "accept"
in = "lan"
out = "wan"
protocol = "tcp"
destination_port = [80, 443]
comment = "browsing"
`;

Deno.test("a newcomer's walk: init, look, edit, plan, apply, confirm, go back", async () => {
  using place = new Place();
  assertMatch(await place.ok("firewall init"), /A first configuration is in your candidate/);
  assertMatch(await place.ok("firewall list"), /^input {2}to this machine: no rules, then drop$/m);
  assertMatch(
    await place.ok("firewall add --chain input --action accept --protocol tcp --dport 443,8443 --comment 'web ui'"),
    /^added {2}web-ui {2}input: accept tcp 443, 8443$/m,
  );
  const plan = await place.ok("plan");
  assertMatch(plan, /^Version 1 {2}the first/);
  assertMatch(plan, /^\+ firewall rule web-ui: /m);
  assertMatch(
    plan,
    /^\+ {2}rule web-ui in chain input-rules .*tcp dport \{ 443, 8443 \} counter accept comment "web-ui: web ui"$/m,
  );
  assert(!nft(["list", "ruleset"]).includes("web-ui"), "a plan changes nothing");

  assertMatch(await place.ok("firewall apply -m 'the first one'"), /^applied {2}version 1: \d+ added/);
  assertMatch(
    nft(["list", "ruleset"]),
    /tcp dport \{ 443, 8443 \} counter packets 0 bytes 0 accept comment "web-ui: web ui"/,
  );
  assertEquals(await place.ok("plan"), "nothing to apply  the machine is as version 1 says\n");
  assertMatch(await place.fails(3, "apply"), /there is nothing to apply/);
  assertMatch(await place.ok("status"), /^kernel +as version 1 says$/m);

  await place.ok("firewall edit web-ui --dport 443 --log");
  assertMatch(await place.ok("firewall list"), /^~ +1 +web-ui +accept +tcp 443 /m);
  assertMatch(
    await place.ok("config diff"),
    /^~ firewall rule web-ui: destination_port \[443, 8443\] → 443, log no → yes$/m,
  );
  const applied = await place.ok("apply --confirm 60s");
  assertMatch(
    applied,
    /^applied {2}version 2: 1 changed on the machine\npending {2}version 2 will be undone in 1m unless \S+ runs patronus confirm\n$/,
  );
  assertMatch(await place.fails(4, "apply"), /waits for a confirmation/);
  assertEquals(await place.ok("confirm"), "confirmed  version 2 stays\n");
  await place.fails(3, "confirm");

  assertMatch(await place.ok("config rollback 1"), /^rolled back {2}version 3: 1 changed on the machine$/m);
  assertMatch(nft(["list", "ruleset"]), /tcp dport \{ 443, 8443 \}/);
  const history = await place.ok("config history");
  assertMatch(history, /^ +3 .* yes +rollback to version 1\n +2 .* yes *\n +1 .* yes +the first one\n$/m);
  assertMatch(await place.ok("config diff"), /^~ firewall rule web-ui: /m);
  assertMatch(await place.ok("discard"), /^discarded/);
  await place.fails(3, "discard");
  assertEquals(await place.ok("config diff"), "no difference\n");
});

Deno.test("changes behind Patronus's back are seen and repaired, and tables of others stay", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  await place.ok("apply");
  nft([], "add table ip docker\nadd chain ip docker forward { type filter hook forward priority 0; policy accept; }\n");
  nft(["flush", "chain", "inet", "patronus", "forward-rules"]);
  assertMatch(await place.ok("status"), /^kernel +changed behind Patronus's back: 1 difference$/m);
  assertMatch(await place.ok("status"), /ip docker forward: hook forward, priority 0, policy accept/);
  const plan = await place.ok("plan");
  assertMatch(plan, /^Version 1 stays {2}the machine differs from it$/m);
  assertMatch(
    plan,
    /^Drift {2}changed behind Patronus's back; applying repairs it\n\+ {2}rule lan-web in chain forward-rules/m,
  );
  assertMatch(await place.ok("apply"), /^applied {2}version 1: 1 added on the machine$/m);
  assertMatch(nft(["list", "ruleset"]), /lan-web: browsing[^]*table ip docker|table ip docker[^]*lan-web: browsing/);
  assertMatch(await place.ok("plan"), /^nothing to apply/);
});

Deno.test("an apply that nobody confirms undoes itself, and the edits come back", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  await place.ok("apply");
  await place.ok("firewall add --action drop --id doubtful");
  await place.ok("apply --confirm 1s");
  const loaded = () => nft(["list", "ruleset"]).includes("doubtful");
  const end = performance.now() + BOUND;
  while (loaded() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  assert(!loaded(), "it is still there");
  assertMatch(await place.ok("config history"), /^ +3 .*undo of version 2, back to version 1: not confirmed in time$/m);
  assertMatch(await place.ok("config diff"), /^\+ firewall rule doubtful: action drop$/m);
  assertMatch(await place.ok("status"), /^kernel +as version 3 says$/m);
});

Deno.test("forwarding, flush and the rest of the firewall's verbs", async () => {
  using place = new Place();
  const forwarding = () => Deno.readTextFileSync("/proc/sys/net/ipv4/ip_forward").trim();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  await place.ok("apply");
  assertEquals(forwarding(), "1");
  assertEquals(await place.ok("firewall disable-forwarding"), "changed  forwarding: on → off\n");
  await place.ok("apply");
  assertEquals(forwarding(), "0");
  assertMatch(await place.ok("check"), /^warning: forwarding is off.*\(firewall\.forwarding\)$/m);
  assertEquals(await place.ok("firewall enable-forwarding"), "changed  forwarding: off → on\n");

  await place.ok("firewall add --action drop --in wan --id last");
  await place.ok("firewall move last --first");
  await place.ok("firewall disable lan-web");
  assertMatch(await place.ok("firewall list"), /1 +last +drop[^]*2 +lan-web +off/);
  await place.ok("firewall enable lan-web");
  await place.ok("firewall clone lan-web --id copy");
  assertMatch(await place.ok("firewall show copy"), /^does +forward: accept tcp 80, 443 from lan to wan$/m);
  await place.ok("firewall delete copy last");
  await place.ok("alias add web --type host 192.0.2.10 2001:db8::10");
  await place.ok("zone add inside --interfaces lan");
  await place.ok("firewall edit lan-web --in inside --destination web --dport 80");
  await place.ok("alias rename web servers");
  assertMatch(
    await place.ok("firewall show --format nft"),
    /tcp dport 80 counter .*accept comment "lan-web: browsing"/,
  );
  assertMatch(await place.ok("firewall show lan-web"), /^destination +servers$/m);
  assertMatch(
    await place.fails(1, "alias delete servers"),
    /alias servers is in use\n.*firewall\.rules\[lan-web\]\.destination/,
  );
  await place.ok("nat add --type masquerade --out wan --family ipv4");
  assertMatch(await place.ok("nat list"), /masquerade/);
  await place.ok("firewall chain add guests");
  await place.ok("firewall add --action jump --target guests --in lan");
  assertEquals(await place.ok("firewall check"), "fine  nothing to complain about\n");
  assertMatch(await place.ok("firewall flush"), /^flushed {2}2 rules\nnow only the defaults decide: input drop/);
  await place.ok("apply");
  assert(!nft(["list", "ruleset"]).includes("lan-web"));
  assertMatch(await place.ok("network list"), /^ *-? +lo +/m);
});

Deno.test("every reading verb prints JSON", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  await place.ok("apply -m first");
  await place.ok("firewall edit lan-web --dport 443");
  const json = async (line: string) => JSON.parse(await place.ok(`${line} --json`));
  const [rule] = await json("firewall list");
  assertEquals(rule, {
    id: "lan-web",
    action: "accept",
    in: "lan",
    out: "wan",
    protocol: "tcp",
    destination_port: 443,
    comment: "browsing",
    pending: "changed",
    packets: 0,
    bytes: 0,
  });
  const plan = await json("plan");
  assertEquals([plan.from, plan.empty, plan.document.length, plan.steps[0].changes.length], [1, false, 1, 1]);
  const status = await json("status");
  assertEquals([status.version.number, status.candidate.changes, status.kernel.state], [1, 1, "in-sync"]);
  assertEquals((await json("config history")).map((version: { message: string }) => version.message), ["first"]);
  assertEquals((await json("config show")).firewall.rules[0].destination_port, 443);
  assertEquals((await json("config diff"))[0].fields[0], {
    field: "destination_port",
    before: ["80", "443"],
    after: ["443"],
  });
  assertEquals(await json("check"), []);
  assertEquals((await json("version")).version.split(".").length, 3);
  assertEquals((await json("firewall show lan-web")).id, "lan-web");
  assert(
    (await json("network list")).some((device: { device?: string; name?: string }) =>
      device.device === "lo" || device.name === "lo"
    ),
  );
  for (const line of ["nat list", "alias list", "zone list"]) assertEquals(await json(line), [], line);
});

Deno.test("the exit status and standard error say what went wrong, and where to go on", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  const cases: readonly [status: number, line: string, says: RegExp][] = [
    [2, "frewall list", /there is no command frewall\n {2}did you mean patronus firewall\?/],
    [2, "firewall lst", /firewall has no verb lst\n {2}did you mean patronus firewall list\?/],
    [2, "firewall add --acton drop", /unknown option --acton\n {2}did you mean --action\?/],
    [2, "firewall add", /--action is missing\n {2}give --action ACTION: one of accept, drop/],
    [2, "firewall edit lan-web", /nothing to change/],
    [2, "apply --confirm soon", /--confirm cannot be soon\n {2}it is a length of time/],
    [2, "config rollback two", /two/],
    [1, "firewall edit lan-wbe --log", /there is no rule lan-wbe\n {2}did you mean lan-web\?/],
    [1, "firewall add --action accept --in wna", /there is no interface or zone wna \(--in\)\n {2}did you mean wan\?/],
    [1, "firewall add --action accept --dport 80", /firewall\.rules\[.*\]/],
    [1, "firewall add --action accept --id lan-web", /there is already a rule lan-web/],
    [3, "confirm", /nothing waits for a confirmation/],
    [3, "config show --version 9", /there is no version 9\n {2}patronus config history lists them/],
    [4, "firewall init", /there is a configuration already\n.*--force/],
    [1, "config import /no/such/file", /there is no file \/no\/such\/file/],
  ];
  for (const [status, line, says] of cases) assertMatch(await place.fails(status, line), says);
  const version = await place.ok("config show");
  assertMatch(version, /id = "lan-web"/);
});

Deno.test("who may not, is told so; who may only look, sees what there is", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`, { USER: "ann" });
  await place.ok("apply --confirm 60s", { USER: "ann" });
  assertMatch(
    await place.fails(5, "confirm", { USER: "bob" }),
    /version 1 was applied by ann, who alone may confirm it/,
  );
  await place.ok("confirm", { USER: "ann" });
  await place.ok("firewall edit lan-web --log");

  const weak = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"];
  const weakly = (line: string) => place.run(line, {}, "", weak);
  const refused = await weakly("apply");
  assertEquals([refused.status, refused.out], [5, ""]);
  assertMatch(refused.err, /^patronus: not permitted to .*\n {2}run it as root/);
  assertMatch((await weakly("status")).out, /^kernel +reading it takes root$/m);
  const list = await weakly("firewall list");
  assertEquals([list.status, list.err], [0, ""]);
  assertMatch(list.out, /^~ +1 +lan-web +accept/m);
  assert(!list.out.includes("HITS"), list.out);
  assertMatch((await weakly("network list")).out, /loopback/);
});

Deno.test("edits made at once all count", async () => {
  using place = new Place();
  const ids = ["r1", "r2", "r3", "r4"];
  await Promise.all(ids.map((id) => place.ok(`firewall add --action drop --id ${id}`)));
  const rules: { id: string }[] = JSON.parse(await place.ok("firewall list --json"));
  assertEquals(rules.map((rule) => rule.id).sort(), ids);
});

Deno.test("a bad file is refused with every fault's place, and changes nothing", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  const before = await place.ok("config export");
  const faults: readonly [name: string, text: string, says: readonly RegExp[]][] = [
    ["key.toml", EDGE.replace("destination_port", "destination_prot"), [
      /firewall\.rules\[lan-web\]/,
      /destination_prot/,
      /destination_port/,
      /nothing was changed/,
    ]],
    ["two.toml", EDGE.replace('"accept"', '"acept"').replace('in = "lan"\nout', 'in = "lna"\nout'), [/acept/]],
    ["reference.toml", EDGE.replace('out = "wan"', 'out = "wna"'), [/wna/, /wan/]],
    ["syntax.toml", "[firewall\n", [/is not a valid configuration/]],
    ["value.json", '{"firewall": {"forwarding": "sometimes"}}', [/firewall\.forwarding/]],
  ];
  for (const [name, text, says] of faults) {
    const told = await place.fails(1, `config import ${place.file(name, text)}`);
    for (const pattern of says) assertMatch(told, pattern);
  }
  assertEquals(await place.ok("config export"), before);
});

Deno.test("export and import give back the same document, in both formats, by file and by pipe", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  const toml = await place.ok("config export");
  for (const format of ["toml", "json"]) {
    const text = await place.ok(`config export --format ${format}`);
    await place.ok("config import -", {}, text);
    assertEquals(await place.ok("config export"), toml, format);
    await place.ok(`config export ${place.root}/out.${format}`);
    assertEquals(Deno.readTextFileSync(`${place.root}/out.${format}`), text);
  }
  assertMatch(toml, /^destination_port = \[80, 443\]$/m);
  const editor = place.file("editor.sh", `#!/bin/sh\nsed -i s/browsing/surfing/ "$1"\n`);
  Deno.chmodSync(editor, 0o755);
  assertMatch(await place.ok("config edit", { EDITOR: editor, VISUAL: "" }), /^edited/);
  assertMatch(await place.ok("config show"), /surfing/);
});

Deno.test("config edit keeps a text that is refused, says where, and leaves no other", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  const before = await place.ok("config export");
  const texts = () =>
    [...Deno.readDirSync(place.state)].map(({ name }) => name).filter((name) => name.includes("edit"));
  const editor = (script: string) => {
    const path = place.file("editor.sh", `#!/bin/sh\n${script}\n`);
    Deno.chmodSync(path, 0o755);
    return { EDITOR: path, VISUAL: "" };
  };
  const mode = editor(`stat -c %a "$1" "$(dirname "$1")" > ${place.root}/modes; sed -i s/browsing/surfing/ "$1"`);
  assertMatch(await place.ok("config edit", mode), /^edited/);
  assertEquals(Deno.readTextFileSync(`${place.root}/modes`), "600\n700\n");
  assertEquals(await place.ok("config edit", editor("true")), "nothing was changed\n");
  assertMatch(await place.fails(1, "config edit", editor("exit 3")), /ended with status 3; nothing was changed/);
  assertEquals(texts(), [], "nothing of these is worth keeping");
  assertEquals((await place.ok("config export")).replace("surfing", "browsing"), before);

  const refusals: readonly [script: string, says: RegExp][] = [
    [
      `sed -i 's/"lan-web"/"mended"/; s/accept/acept/' "$1"`,
      /not a valid configuration; your candidate stays as it was[^]*acept/,
    ],
    [`sed -i s/lan-web/mended/ "$1"; exit 4`, /ended with status 4/],
  ];
  for (const [script, says] of refusals) {
    const told = await place.fails(1, "config edit", editor(script));
    assertMatch(told, says);
    const [, file = ""] = /your text is kept: .* config import (\S+)$/m.exec(told) ?? [];
    assertEquals(texts(), [file.split("/").at(-1)]);
    assertMatch(Deno.readTextFileSync(file), /mended/);
    Deno.removeSync(file);
  }
});

Deno.test("reading leaves nothing behind on a machine without a configuration", async () => {
  using place = new Place();
  const lines = [
    "status",
    "plan",
    "check",
    "firewall list",
    "firewall show",
    "firewall show --format nft",
    "nat list",
    "alias list",
    "zone list",
    "network list",
    "config show",
    "config history",
    "config export",
    "version",
    "completion bash",
    "complete -- firewall edit ''",
    "--help",
    "firewall add --help",
  ];
  for (const line of lines) await place.ok(line);
  for (const line of ["apply", "confirm", "rollback", "discard"]) {
    assertMatch(await place.fails(3, line), /there is no configuration yet/);
  }
  for (const line of ["config show --version 3", "config diff 1 2", "config export --version head"]) {
    assertMatch(await place.fails(3, line), /there is no version/);
  }
  assertEquals(JSON.parse(await place.ok("plan --json")).empty, true);
  await place.fails(1, "firewall add --action accept --in nowhere");
  assert(!exists(place.state), "a state directory was made");
});

Deno.test("a rename touches nothing in the kernel but the stamp, and the sets of an alias are named", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  await place.ok("alias add web --type host 192.0.2.10 2001:db8::10");
  await place.ok("firewall chain add guests");
  await place.ok("firewall add --chain guests --action accept --destination web");
  await place.ok("firewall add --action jump --target guests --in lan");
  await place.ok("apply");
  const listed = () => nft(["-a", "list", "ruleset"]).split("\n").filter((line) => !/comment "stamp/.test(line));
  const before = listed();
  await place.ok("alias rename web servers");
  await place.ok("firewall chain rename guests visitors");
  const { steps } = JSON.parse(await place.ok("plan --json"));
  assertEquals(steps.flatMap(({ changes }: { changes: unknown[] }) => changes), []);
  await place.ok("apply");
  assertEquals(listed(), before);
  assertMatch(await place.ok("alias show servers"), /^in the kernel +a4-web, a6-web$/m);
});

Deno.test("a ruleset that nft loads from the exported text lacks nothing but the stamp", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  await place.ok("alias add hosts --type host 192.0.2.10 2001:db8::10");
  await place.ok(
    "firewall add --action drop --protocol tcp+udp --source hosts --sport !22 --destination 192.0.2.1 --dport !80,!443",
  );
  await place.ok("firewall add --action accept --protocol udp --sport 500 --dport 500");
  await place.ok("firewall add --action accept --protocol tcp --sport 1024-65535 --dport 8000-8080");
  await place.ok("firewall add --action drop --protocol tcp --sport !22 --dport !80");
  await place.ok(
    "nat add --type dnat --in wan --protocol tcp --dport 80 --to 192.168.1.10-192.168.1.12 --to-port 8080",
  );
  await place.ok("apply");
  const text = await place.ok("firewall show --format nft");
  flush();
  nft([], text);
  // The stamp says what Patronus itself loaded: whoever loads the text by hand has not applied a version.
  const { steps, drift } = JSON.parse(await place.ok("plan --json"));
  const stamp = [{ action: "change", subject: "stamp", after: "version 1" }];
  assertEquals([steps.map(({ changes }: { changes: unknown }) => changes), drift], [[stamp], stamp]);
  await place.ok("apply");
  assertEquals(JSON.parse(await place.ok("plan --json")).empty, true);
});

Deno.test("the state is nobody else's business", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  await place.ok("apply");
  assertEquals((Deno.statSync(place.state).mode ?? 0) & 0o777, 0o700);
  for (const { name } of Deno.readDirSync(place.state)) {
    assertEquals((Deno.statSync(`${place.state}/${name}`).mode ?? 0) & 0o777, 0o600, name);
  }
});

Deno.test("where output is no terminal's, there are no colours, hints or cut lines", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  const long = "a comment that is so long that no terminal of eighty columns could ever show all of it in one line";
  await place.ok(`firewall edit lan-web --comment '${long}'`);
  const list = await place.ok("firewall list", { COLUMNS: "60" });
  assert(!list.includes("\x1b"), "colours in a pipe");
  assert(list.includes(long), list);
  assert(!list.includes("patronus plan shows"), "a hint in a pipe");
});

Deno.test("the way an SSH session came in stays open, also behind sudo, which takes its address away", async () => {
  const session = { SSH_CONNECTION: "198.51.100.7 50000 192.0.2.1 2222" };
  const said = /SSH on port 2222 stays open/;
  {
    using place = new Place();
    assertMatch(await place.ok("firewall init", session), said);
  }
  using place = new Place();
  // The shell in between keeps the address in its environment, as a login shell does; the program itself has none.
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'env -u SSH_CONNECTION "$@"; exit $?',
      "sh",
      Deno.execPath(),
      "run",
      "-A",
      "--quiet",
      MAIN,
      "firewall",
      "init",
    ],
    env: { ...session, PATRONUS_STATE_DIR: place.state, PATRONUS_RUN_DIR: `${place.root}/run` },
    signal: AbortSignal.timeout(BOUND),
  });
  assertMatch(decode((await child.output()).stdout), said);
});

Deno.test("the script for bash completes what is being typed", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  const program = place.file("patronus", `#!/bin/sh\nexec "${Deno.execPath()}" run -A --quiet "${MAIN}" "$@"\n`);
  Deno.chmodSync(program, 0o755);
  const script = place.file("completion", await place.ok("completion bash"));
  const cases: readonly [typed: string, offers: string][] = [
    ["pla", "plan"],
    ["firewall edit ", "lan-web"],
    ["firewall add --in wan,", "wan,lan wan,wan"],
    ["config import /et", "/etc"],
  ];
  for (const [typed, offers] of cases) {
    const words = ["patronus", ...typed.split(" ")];
    const { stdout } = await new Deno.Command("bash", {
      args: [
        "-c",
        'source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _patronus; echo "${COMPREPLY[@]}"',
        "bash",
        script,
        ...words.with(0, program),
      ],
      env: { PATRONUS_STATE_DIR: place.state, PATRONUS_RUN_DIR: `${place.root}/run` },
      signal: AbortSignal.timeout(BOUND),
    }).output();
    assertEquals(decode(stdout).trim(), offers, typed);
  }
});

Deno.test("nobody listening any more is no error", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  const { code, stderr } = await new Deno.Command("bash", {
    args: [
      "-c",
      'set -o pipefail; "$@" config export | head -c 1',
      "bash",
      Deno.execPath(),
      "run",
      "-A",
      "--quiet",
      MAIN,
    ],
    env: { PATRONUS_STATE_DIR: place.state, PATRONUS_RUN_DIR: `${place.root}/run` },
    signal: AbortSignal.timeout(BOUND),
  }).output();
  assertEquals([code, decode(stderr)], [0, ""]);
});

Deno.test("what a script left empty opens and closes nothing", async () => {
  using place = new Place();
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`);
  await place.ok("apply");
  const before = nft(["list", "ruleset"]);
  assertMatch(
    await place.fails(2, "firewall add --chain input --action accept --source= --id oops"),
    /--source is empty/,
  );
  assertMatch(await place.fails(2, "firewall edit lan-web --dport ''"), /--dport is empty|--destination-port is empty/);
  assertMatch(await place.fails(1, "config import -"), /there is nothing in it/);
  assertMatch(await place.fails(1, "firewall set --anti-lockout-ports 0"), /there is no port 0/);
  assertMatch(await place.fails(3, "apply"), /nothing to apply/);
  assertEquals(nft(["list", "ruleset"]), before);
});

Deno.test("edits are counted as they are, and check sees them on top of what others applied", async () => {
  using place = new Place();
  const [ann, bob] = [{ USER: "ann" }, { USER: "bob" }];
  await place.ok(`config import ${place.file("edge.toml", EDGE)}`, ann);
  await place.ok("alias add lonely --type host 192.0.2.1", ann);
  const exported = await place.ok("config export", ann);
  await place.ok("apply", ann);
  assertEquals(await place.ok("config export", ann), exported, "applied or not, a document is written the same");
  await place.ok("firewall add --chain input --action drop --first --source lonely --id by-bob", bob);
  assertMatch(await place.ok("status", bob), /1 edit\b/);
  await place.ok("alias delete lonely", ann);
  await place.ok("apply", ann);
  assertEquals((await place.run("check", bob)).status, 1);
});
