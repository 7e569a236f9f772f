// needs: nft unshare
/** The demo: every connection goes as its document says, and nothing of it is left, however it ends. */
import { assertEquals, assertMatch, assertStringIncludes } from "../../lib/std/assert.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import { nft } from "./nft_harness.ts";

assertPrivateNetwork();

/** Milliseconds within which a demo does what is waited for. */
const BOUND = 20_000;

/** A demo with a temporary directory of its own, by which its processes are found too. */
class Demo implements AsyncDisposable {
  readonly directory: string;
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<[stdout: string, stderr: string]>;

  constructor(args: string[], { directory, env = {} }: { directory?: string; env?: Record<string, string> } = {}) {
    this.directory = directory ?? Deno.makeTempDirSync();
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "lib/demo/main.ts", ...args],
      env: { ...env, TMPDIR: this.directory, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#output = Promise.all([new Response(this.#child.stdout).text(), new Response(this.#child.stderr).text()]);
  }

  async end(): Promise<{ code: number; stdout: string; stderr: string }> {
    const bound = setTimeout(() => this.kill("SIGKILL"), BOUND);
    const { code } = await this.#child.status;
    clearTimeout(bound);
    const [stdout, stderr] = await this.#output;
    return { code, stdout, stderr };
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** What is in its temporary directory. */
  files(): string[] {
    return [...Deno.readDirSync(this.directory)].map(({ name }) => name);
  }

  /** Processes that it started, alive or orphaned. */
  processes(): number[] {
    const mark = `TMPDIR=${this.directory}`;
    return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
      try {
        return Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0").includes(mark);
      } catch {
        return false;
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.processes()) Deno.kill(pid, "SIGKILL");
    await this.end();
    await Deno.remove(this.directory, { recursive: true }).catch(() => {});
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + BOUND; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (condition()) return;
  }
  throw new Error(`waited ${BOUND} ms in vain until ${what}`);
}

function run(command: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args, stdin: "null" }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("every connection goes as the document says, and nothing is left", async () => {
  const devices = Deno.readTextFileSync("/proc/self/net/dev").split("\n").length;
  await using demo = new Demo(["--once"]);
  const { code, stdout, stderr } = await demo.end();
  assertEquals([code, stderr], [0, ""], stdout);
  assertStringIncludes(stdout, "17 connections: 11 accepted, 2 rejected, 4 dropped; all as the document says");
  assertMatch(stdout, /✓ +lan +wan +203\.0\.113\.2 +http +accepted +lan-web +1 +60 +outbound +in /);
  assertMatch(stdout, /✓ +lan +blocked +203\.0\.113\.66 +https +rejected +block-list +1 +60 +EHOSTUNREACH/);
  assertMatch(stdout, /✓ +wan +dmz +fd00:2::10 +ssh v6 +dropped +default-forward +1 +80 +none/);
  assertMatch(stdout, /public-web +accept +tcp web-ports +wan +dmz web-servers +2 +140 +the web site/);
  assertEquals(demo.files(), []);
  assertEquals(demo.processes(), []);
  assertEquals(nft(["list", "ruleset"]), "");
  assertEquals(Deno.readTextFileSync("/proc/self/net/dev").split("\n").length, devices);
});

/** Milliseconds after the start: before, while and after the network is built, rules loaded and connections tried. */
for (const moment of [120, 300, 450, 700, 1100, 2000]) {
  Deno.test(`SIGTERM after ${moment} ms leaves nothing`, async () => {
    await using demo = new Demo(["--once"]);
    await new Promise((resolve) => setTimeout(resolve, moment));
    demo.kill("SIGTERM");
    const { code, stderr } = await demo.end();
    assertEquals([code, stderr], [143, ""]);
    assertEquals(demo.files(), []);
    await until(() => demo.processes().length === 0, "its processes have ended");
  });
}

Deno.test("without a terminal it waits, can be entered from elsewhere, and ends with all that is in it", async () => {
  await using demo = new Demo([]);
  const bin = () => `${demo.directory}/${demo.files()[0]}/bin`;
  await until(() => {
    try {
      return run(`${bin()}/patronus`, "status").includes("version 1");
    } catch {
      return false;
    }
  }, "it has applied its document");
  const devices = JSON.parse(run(`${bin()}/patronus`, "network", "list", "--json")) as { name?: string; up: boolean }[];
  assertEquals(devices.filter(({ name }) => name !== undefined).map(({ name, up }) => `${name} ${up}`).sort(), [
    "dmz true",
    "lan true",
    "wan true",
  ]);
  assertMatch(run(`${bin()}/lan`, "cat", "/proc/net/dev"), /eth0:/);
  const forgotten = new Deno.Command(`${bin()}/dmz`, { args: ["sleep", "1000"] }).spawn();
  await until(() => Deno.readTextFileSync(`/proc/${forgotten.pid}/cmdline`).startsWith("sleep"), "somebody is inside");
  demo.kill("SIGINT");
  assertEquals((await demo.end()).code, 130);
  assertEquals((await forgotten.status).signal, "SIGTERM");
  assertEquals(demo.files(), []);
});

Deno.test("after a SIGKILL its processes end by themselves, and the next start removes its directory", async () => {
  await using killed = new Demo(["--once"]);
  await until(() => killed.processes().length >= 5, "all hosts are there");
  killed.kill("SIGKILL");
  await killed.end();
  await until(() => killed.processes().length === 0, "its processes have ended");
  const stale = killed.files();
  assertEquals(stale.length, 1);
  await using next = new Demo(["--once"], { directory: killed.directory });
  await until(() => !killed.files().includes(stale[0] ?? ""), "the next start has swept");
  next.kill("SIGTERM");
  assertEquals((await next.end()).code, 143);
  assertEquals(next.files(), []);
});

Deno.test("where nobody may make namespaces, it says so and how to go on", async () => {
  const fake = Deno.makeTempDirSync();
  Deno.writeTextFileSync(
    `${fake}/unshare`,
    "#!/bin/sh\necho unshare: unshare failed: Operation not permitted >&2; exit 1\n",
    {
      mode: 0o755,
    },
  );
  await using demo = new Demo(["--once"], { env: { PATH: `${fake}:${Deno.env.get("PATH")}` } });
  const { code, stderr } = await demo.end();
  Deno.removeSync(fake, { recursive: true });
  assertEquals(code, 5);
  assertStringIncludes(stderr, "this machine lets you make no private network (unshare: unshare failed: Operation");
  assertStringIncludes(stderr, "run the demo on the machine itself");
  assertEquals(demo.files(), []);
});
