// needs: nft ip
/** The daemon as people run it: a process of its own, asked over its sockets and through the command line. */
import { assert, assertEquals, assertMatch } from "../../lib/std/assert.ts";
import { assertProblem, Socket } from "./api_harness.ts";
import { Place, type Ran } from "./command_line.ts";
import { openPorts } from "./engine_harness.ts";
import { ip as program } from "./ip.ts";
import { nft } from "./nft_harness.ts";

function ip(words: string): unknown[] {
  return program(...words.split(" "));
}

/** Waits until something is so, at most fifteen seconds. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not in time: ${what}`);
}

const RULE = { action: "accept", chain: "input", protocol: "tcp" };

/** A walk through most of what the command line can do, with what goes wrong on the way. */
const WALK = [
  "status",
  "plan --json",
  "apply",
  "config import -",
  "firewall add --chain input --action accept --protocol tcp --dport 8443 --comment 'web ui'",
  "firewall add --chain input --action accept --in nowhere",
  "firewall edit web-ui --dport 9443 --log",
  "firewall move web-ui --first",
  "firewall clone web-ui --id copy",
  "firewall disable copy",
  "zone add inside --interfaces lan",
  "alias add hosts --type host --member 192.0.2.1",
  "alias delete nothing",
  "firewall list",
  "config show",
  "check",
  "plan",
  "plan --json",
  "apply -m first",
  "apply",
  "status",
  "firewall delete copy",
  "config diff",
  "apply --confirm 60s",
  "apply",
  "confirm",
  "confirm",
  "config history --json",
  "config diff 1 2",
  "config show --version 9",
  "rollback",
  "discard",
  "discard",
  "rollback 77",
  "config export",
  "network list",
  "route list",
  "firewall list --json",
  "route add 10.0.0.0/8 --type blackhole --now",
  "complete -- firewall edit ",
];

const IMPORTED = `
[[interfaces]]
name = "lan"
device = "lo"
[[firewall.rules]]
id = "ssh"
chain = "input"
action = "accept"
protocol = "tcp"
destination_port = 22
`;

/** Without what differs from run to run: times, digests and what passed meanwhile. */
function lasting({ status, out, err }: Ran): Ran {
  const plain = (text: string) =>
    text.replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+Z)?/g, "TIME").replaceAll(/[0-9a-f]{64}/g, "DIGEST")
      .replaceAll(/"(packets|bytes)": \d+/g, '"$1": N').replaceAll(/undone in \d+s|undone in 1m/g, "undone in N");
  return { status, out: plain(out), err: plain(err) };
}

async function walk(place: Place): Promise<Ran[]> {
  const ran: Ran[] = [];
  for (const line of WALK) ran.push(lasting(await place.run(line, { SUDO_USER: "ann" }, IMPORTED)));
  // The other walk is to find the machine as this one did.
  ip("route delete blackhole 10.0.0.0/8");
  ip("link set lo down");
  return ran;
}

Deno.test("through the daemon the command line does and says the same as without", async () => {
  const alone: Ran[] = [];
  ip("link set lo down");
  {
    await using place = new Place();
    alone.push(...await walk(place));
  }
  await using place = new Place();
  await place.startDaemon();
  const through = await walk(place);
  for (const [index, line] of WALK.entries()) assertEquals(through[index], alone[index], `patronus ${line}`);
  assert(alone.some(({ status }) => status === 0) && new Set(alone.map(({ status }) => status)).size > 3);
});

Deno.test("its sockets are root's, one daemon runs at a time, and a killed one is followed by the next", async () => {
  await using place = new Place();
  const first = await place.startDaemon();
  for (const name of ["admin", "api"]) {
    const { mode, uid } = Deno.statSync(`${place.runDir}/${name}.sock`);
    const open = name === "api" && Deno.readTextFileSync("/etc/group").includes("\npatronus:") ? 0o660 : 0o600;
    assertEquals([(mode ?? 0) & 0o777, uid], [open, Deno.uid()]);
  }
  assertMatch(await place.fails(4, "daemon"), /a daemon runs already/);
  await place.ok("zone add inside");
  await place.endDaemon(first, "SIGKILL");
  assert(Deno.statSync(`${place.runDir}/admin.sock`).isSocket, "what it left");
  assertMatch(await place.ok("zone list"), /inside/);
  const next = await place.startDaemon();
  using socket = new Socket(place);
  assertEquals((await socket.ask("GET", "/zones", undefined, { "patronus-user": "root" })).status, 200);
  assertEquals(await place.endDaemon(next), 0);
  assertEquals([...Deno.readDirSync(place.runDir)].filter(({ name }) => name.endsWith(".sock")), []);
});

Deno.test("without a caller every route of api.sock answers 401", async () => {
  await using place = new Place();
  await place.startDaemon();
  using admin = new Socket(place);
  using socket = new Socket(place, "api");
  const description = await admin.openApi();
  const { paths, openapi } = description;
  assertEquals(openapi, "3.1.0");
  for (const [, ref = ""] of JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = ref.split("/").reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], description);
    assert(found !== undefined, `${ref} is described`);
  }
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method, path])
  );
  assert(routes.length > 50, `${routes.length} routes`);
  for (const [method = "", path = ""] of [...routes, ["get", "/api/v1/openapi.json"], ["get", "/"]]) {
    const headers = {
      "if-match": "*",
      "patronus-user": "root",
      authorization: "Bearer x",
      cookie: "__Host-patronus=x",
    };
    const answer = await socket.fetch(method.toUpperCase(), path, undefined, headers);
    assertEquals([answer.status, (await answer.json()).status], [401, 401], `${method} ${path}`);
  }
});

Deno.test("no edit gets lost: tags, and keys for what is asked twice", async () => {
  await using place = new Place();
  await place.startDaemon();
  using socket = new Socket(place);
  const { tag: start } = await socket.ask("GET", "/zones");
  assertEquals((await socket.ask("POST", "/zones", { name: "a" })).status, 428);
  const both = await Promise.all(
    ["a", "b"].map((name) => socket.ask("POST", "/zones", { name }, { "if-match": start })),
  );
  assertEquals(both.map(({ status }) => status).sort(), [201, 412]);
  assertEquals((await socket.ask("GET", "/zones")).json.total, 1);

  const headers = { "if-match": "*", "idempotency-key": "once" };
  const rule = { ...RULE, destination_port: 80 };
  const asked = await Promise.all([1, 2, 3].map(() => socket.ask("POST", "/firewall/rules", rule, headers)));
  assertEquals(asked.map(({ status, json }) => [status, json.id]), Array(3).fill([201, "accept-tcp"]));
  assertEquals((await socket.ask("GET", "/firewall/rules")).json.total, 1);
  assertEquals((await socket.ask("POST", "/firewall/rules", { ...rule, log: true }, headers)).status, 422);
  // Each user has a candidate.
  const ann = { "patronus-user": "ann" };
  assertEquals((await socket.ask("GET", "/firewall/rules", undefined, ann)).json.total, 0);
  // What another one applies moves the ground under whoever has no edits.
  const { tag } = await socket.ask("GET", "/candidate", undefined, ann);
  assertEquals((await socket.ask("POST", "/apply", {}, { "if-match": "*" })).status, 200);
  assertEquals(
    (await socket.ask("DELETE", "/firewall/rules/accept-tcp", undefined, { ...ann, "if-match": tag })).status,
    412,
  );
  assertEquals(openPorts(), [80]);
});

Deno.test("lists are filtered, searched, sorted, paged and put in order; references go by name or id", async () => {
  await using place = new Place();
  await place.startDaemon();
  using socket = new Socket(place);
  const change = (method: string, path: string, body?: unknown) => socket.ask(method, path, body, { "if-match": "*" });
  await change("POST", "/aliases", { name: "Servers", type: "network", members: "192.0.2.0/24" });
  for (const port of [80, 443, 22]) {
    await change("POST", "/firewall/rules", { ...RULE, id: `p${port}`, destination_port: port });
  }
  const { json: rule, status } = await change("POST", "/firewall/rules?before=p443", {
    ...RULE,
    id: "s",
    source: "Servers",
  });
  assertEquals([status, rule.source], [201, ["servers"]]);
  const ids = async (query: string) =>
    (await socket.ask("GET", `/firewall/rules?${query}`)).json.items.map(({ id }: { id: string }) => id);
  assertEquals(await ids(""), ["p80", "s", "p443", "p22"]);
  assertEquals(await ids("search=192.0.2.7"), ["s"]);
  assertEquals(await ids("destination_port=443"), ["p443"]);
  assertEquals(await ids("sort=-id&perPage=2&page=2"), ["p443", "p22"]);
  assertEquals((await change("POST", "/firewall/rules/p22/move", { first: true })).status, 200);
  assertEquals((await change("PATCH", "/firewall/rules/p80", { log: true, comment: "x" })).json.log, true);
  assertEquals((await change("PATCH", "/firewall/rules/p80", { log: null })).json.log, false);
  assertEquals(await ids(""), ["p22", "p80", "s", "p443"]);
  const used = await change("DELETE", "/aliases/Servers");
  assertEquals([used.status, used.json.code], [422, "input"]);
  assertMatch(used.json.hint, /firewall\.rules\[s\]\.source/);
  assertEquals((await change("PATCH", "/firewall", { ping: false })).json.ping, false);
  assertEquals((await change("PATCH", "/firewall", { anti_lockout: { in: "nix" } })).json.status, 422);
  const toml = { "if-match": "*", "content-type": "application/toml" };
  const wrong = await socket.ask("PUT", "/candidate", "[[firewall.rules]]\nid = 'x'\naction = 'fly'", toml);
  assertEquals([wrong.status, wrong.json.findings[0].path], [422, "firewall.rules[x].action"]);
  assertEquals((await socket.ask("PUT", "/candidate", IMPORTED, toml)).status, 200);
  assertEquals(await ids(""), ["ssh"]);
});

/** Bodies that no route may take. */
const BAD_BODIES: readonly (readonly [string, string | Uint8Array])[] = [
  ["no JSON", "{"],
  ["nothing but a number", "7"],
  ["a list", "[]"],
  ["null", "null"],
  ["an unknown field", `{"surprise":1}`],
  ["a key that reaches into objects", `{"__proto__":{"id":"x"}}`],
  ["a constructor", `{"constructor":{"prototype":{"x":1}}}`],
  ["a key twice", `{"surprise":1,"surprise":2}`],
  ["deep nesting", `{"comment":${"[".repeat(5000)}${"]".repeat(5000)}}`],
  ["very deep nesting", `${"[".repeat(200_000)}`],
  ["bad UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ["a lone surrogate", `{"comment":"\\ud800","nothing":1}`],
  ["too much", `{"comment":"${"x".repeat(1_100_000)}"}`],
  [
    "wrong types",
    `{"id":7,"name":[],"comment":{},"message":5,"version":"x","confirmWithin":-1,"first":9,"hostname":[]}`,
  ],
];

Deno.test("bad requests are always told as problems, and change nothing", async () => {
  await using place = new Place();
  await place.startDaemon();
  using socket = new Socket(place);
  assertEquals((await socket.ask("POST", "/firewall/rules", { ...RULE, id: "web" }, { "if-match": "*" })).status, 201);
  assertEquals((await socket.ask("POST", "/apply", {}, { "if-match": "*" })).status, 200);
  const before = { tag: (await socket.ask("GET", "/candidate")).tag, rules: nft(["list", "ruleset"]) };
  const { paths } = await socket.openApi();
  for (const [path, methods] of Object.entries(paths)) {
    const at = path.replace("/api/v1", "").replace("{id}", "web").replace("{number}", "1");
    for (const [name, route] of Object.entries(methods)) {
      const method = name.toUpperCase();
      const ask = (body?: string | Uint8Array, headers: Record<string, string> = { "if-match": "*" }, query = "") =>
        socket.ask(method, `${at}${query}`, body, headers);
      if (method !== "GET") {
        assertEquals((await ask("{}", {})).status, 428, `${method} ${path} without a tag`);
        assertProblem(await ask("{}", { "if-match": "*", "content-type": "text/plain" }), `${method} ${path} as text`);
      }
      if (route.requestBody !== undefined) {
        for (const [what, body] of BAD_BODIES) assertProblem(await ask(body), `${method} ${path} with ${what}`);
        assertProblem(await ask(undefined), `${method} ${path} without a body`);
      }
      if (route.parameters?.some((each) => each.in === "query")) {
        for (const query of ["?surprise=1", "?page=-1&limit=x&version=x&from=x&before=&fresh=1&form=x&first=1"]) {
          assertProblem(await ask(route.requestBody && "{}", undefined, query), `${method} ${path}${query}`);
        }
      }
      for (const id of ["%00", "..%2f..%2fetc", "%ff", "a%0d%0ab", "9".repeat(400), "-1", "1e99", "__proto__"]) {
        if (!path.includes("{")) break;
        const tricked = path.replace("/api/v1", "").replace(/\{\w+\}/, id);
        assertProblem(
          await socket.ask(method, tricked, route.requestBody && "{}", { "if-match": "*" }),
          `${method} ${tricked}`,
        );
      }
    }
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
      if (Object.hasOwn(methods, method.toLowerCase())) continue;
      const answer = await socket.ask(method, at, undefined, { "if-match": "*" });
      assertEquals(answer.status, 405, `${method} ${path}`);
      assertProblem(answer, `${method} ${path}`);
    }
  }
  for (
    const line of [
      "GET /api/v1/../../etc/passwd HTTP/1.1",
      "GET //api/v1/status HTTP/1.1",
      "DELETE /api/v1/%2e%2e/x HTTP/1.1",
    ]
  ) {
    assertMatch(await socket.raw(line), /^HTTP\/1\.1 4\d\d /, line);
  }
  const huge = new Uint8Array(65 * 2 ** 20);
  assertEquals((await socket.ask("PUT", "/candidate", huge, { "if-match": "*" })).status, 413);
  assertEquals({ tag: (await socket.ask("GET", "/candidate")).tag, rules: nft(["list", "ruleset"]) }, before);
});

Deno.test("the daemon undoes what nobody confirms, and leaves that to the watchdog when it ends or is killed", async () => {
  await using place = new Place();
  const daemon = await place.startDaemon();
  using socket = new Socket(place);
  const change = (path: string, body: unknown) => socket.ask("POST", path, body, { "if-match": "*" });
  await change("/firewall/rules", { ...RULE, id: "a", destination_port: 80 });
  assertEquals((await change("/apply", {})).json.pending, null);
  await change("/firewall/rules", { ...RULE, id: "b", destination_port: 443 });
  const { json } = await change("/apply", { confirmWithin: 1 });
  assertEquals([json.version.number, json.pending.version], [2, 2]);
  assertEquals(openPorts(), [80, 443]);
  await until("the version is undone", () => openPorts().length === 1);
  assertEquals((await socket.ask("GET", "/status?fresh=true")).json.version.number, 3);
  assertEquals((await change("/apply", { confirmWithin: 3 })).status, 200);
  assertEquals(await place.endDaemon(daemon), 0);
  assertEquals(openPorts(), [80, 443]);
  await until("the watchdog undoes it", () => openPorts().length === 1);
  const next = await place.startDaemon();
  assertEquals((await change("/apply", { confirmWithin: 3 })).status, 200);
  await place.endDaemon(next, "SIGKILL");
  assertEquals(openPorts(), [80, 443]);
  await until("the watchdog undoes that too", () => openPorts().length === 1);
});

Deno.test("events tell versions, countdown and counters, and end with the daemon", async () => {
  await using place = new Place();
  const daemon = await place.startDaemon();
  using socket = new Socket(place);
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket.path } });
  const stream = await fetch("http://patronus/api/v1/events", { client } as RequestInit);
  assertEquals(stream.headers.get("content-type"), "text/event-stream");
  let heard = "";
  const reading = (async () => {
    for await (const part of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) heard += part;
  })();
  await socket.ask("POST", "/firewall/rules", { ...RULE, id: "web" }, { "if-match": "*" });
  await socket.ask("POST", "/apply", { confirmWithin: 60 }, { "if-match": "*" });
  await until(
    "all is told",
    () =>
      ['event: version\ndata: {"version":1,"confirmed":null}', 'event: pending\ndata: {"version":1', '"web":{"packets"']
        .every((words) => heard.includes(words)),
  );
  assertEquals((await socket.ask("POST", "/confirm", undefined, { "if-match": "*" })).status, 200);
  assertEquals(await place.endDaemon(daemon), 0);
  await reading;
  client.close();
});

/** The process that holds a file's lock (flock(2), proc_locks(5)); null where none does. */
function holder(path: string): number | null {
  const { ino } = Deno.statSync(path);
  const line = Deno.readTextFileSync("/proc/locks").split("\n").find((line) => line.includes(`:${ino} `));
  return line === undefined ? null : Number(line.trim().split(/\s+/)[4]);
}

Deno.test("the daemon keeps the network: it relieves the process that did, and sets up what appears late", async () => {
  await using place = new Place();
  await place.ok("config import -", {}, `[[interfaces]]\nname = "usb"\ndevice = "usb0"\naddresses = "10.5.0.1/24"\n`);
  await place.ok("apply");
  const keeper = () => holder(`${place.runDir}/keeper.lock`);
  assert(keeper() !== null, "a process keeps it");
  const { pid } = await place.startDaemon();
  await until("the process ends, and the daemon goes on", () => keeper() === pid);
  using socket = new Socket(place);
  ip("link add usb0 type veth peer name usb1");
  try {
    await until("the device is set up", async () => {
      const { json } = await socket.ask("GET", "/devices");
      return json.find(({ name }: { name: string }) => name === "usb0").addresses.includes("10.5.0.1/24");
    });
    // What the command line applies wants no keeper of its own.
    await place.ok("route add 10.7.0.0/16 --gateway 10.5.0.2 --now");
    assertEquals(keeper(), pid);
  } finally {
    ip("link delete usb0");
  }
});
