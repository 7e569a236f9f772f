// needs: nft ip
/**
 * The lockout warning against real sessions: what the plan says is compared with what becomes of the session and of a new
 * connection when the plan is carried out.
 */
import { assert, assertEquals, assertMatch } from "../../lib/std/assert.ts";
import type { Engine } from "../../lib/engine/mod.ts";
import type { Lockout } from "../../lib/engine/plan.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import { flush } from "./nft_harness.ts";
import { edit, setForwarding, Site, written } from "./engine_harness.ts";
import { type ClientSession, SessionLab } from "./session_lab.ts";

assertPrivateNetwork();

const CABLES = [
  {
    device: "near",
    index: 201,
    own: ["10.77.0.1/24", "fd00:77::1/64"],
    client: ["10.77.0.2/24", "fd00:77::2/64"],
  },
  { device: "other", index: 202, own: ["10.78.0.1/24"], client: ["10.78.0.2/24"] },
];
const MAIN = new URL("../../main.ts", import.meta.url).pathname;

const BARE = "[firewall]\nanti_lockout = { enabled = false }\n";
const OPEN = `${BARE}default_input = "accept"\n`;
const WAN = '[[interfaces]]\nname = "wan"\ndevice = "near"\n';

/** Drops what comes from the client to port 22. */
function closing(source: string): string {
  return `[[firewall.rules]]\nid = "drop-all"\nchain = "input"\naction = "drop"\nsource = "${source}"\n` +
    `protocol = "tcp"\ndestination_port = 22\n`;
}

const STEALING = `${WAN}[[nat.rules]]\nid = "web-in"\ntype = "dnat"\nprotocol = "tcp"\nin = "wan"\n` +
  `destination_port = 22\nto = "192.168.2.10"\n`;
const REDIRECT = `${WAN}[[nat.rules]]\nid = "hidden"\ntype = "redirect"\nprotocol = "tcp"\nin = "wan"\n` +
  `destination_port = 2222\nto_port = 22\n`;

interface Case {
  readonly title: string;
  /** Applied before the session begins: then conntrack knows it. */
  readonly before?: string;
  readonly after: string;
  readonly session?: string;
  readonly new?: string;
  /** Address that the client calls, and port. */
  readonly to?: string;
  readonly port?: number;
}

const CASES: readonly Case[] = [
  { title: "nothing is closed", after: OPEN },
  {
    title: "its source is dropped; the session, which conntrack has not seen, is taken up from here",
    after: `${OPEN}${closing("10.77.0.0/24")}`,
    new: "rule drop-all",
  },
  {
    title: "its source is dropped; the session, which conntrack knows, goes on",
    before: OPEN,
    after: `${OPEN}${closing("10.77.0.2")}`,
    new: "rule drop-all",
  },
  { title: "another source is dropped", after: `${OPEN}${closing("10.77.0.3")}` },
  {
    title: "the default drops both ways",
    after: `${BARE}default_output = "drop"\n`,
    session: "the default of chain input",
    new: "the default of chain input",
  },
  {
    title: "the default rejects",
    after: `${BARE}default_input = "reject"\n`,
    session: "the default of chain input",
    new: "the default of chain input",
  },
  { title: "anti-lockout is on", after: closing("0.0.0.0/0") },
  {
    title: "anti-lockout is for another network",
    after: '[firewall]\nanti_lockout = { source = ["10.99.0.0/16"] }\n',
    new: "the default of chain input",
  },
  {
    title: "a forwarded port takes new connections, whatever anti-lockout says",
    before: "[firewall]\n",
    after: STEALING,
    new: "NAT rule web-in, which sends it to 192.168.2.10",
  },
  {
    title: "a forwarded port takes the session that conntrack has not seen as well",
    after: `${OPEN}${REDIRECT.replace("2222", "22").replace("to_port = 22", "to_port = 2222")}`,
    session: "NAT rule hidden, which sends it to port 2222",
    new: "NAT rule hidden, which sends it to port 2222",
  },
  {
    title: "it came by a redirected port that stays",
    before: `${OPEN}${REDIRECT}`,
    after: `${OPEN}${REDIRECT}${closing("10.99.0.0/16")}`,
    port: 2222,
  },
  {
    title: "it came by a redirected port that is no more",
    before: `${OPEN}${REDIRECT}`,
    after: OPEN,
    port: 2222,
    new: "the lack of the NAT rule that now leads port 2222 to port 22",
  },
  { title: "the firewall goes off", before: OPEN, after: "[firewall]\nenabled = false\n" },
  {
    title: "over IPv6",
    before: OPEN,
    after: `${OPEN}${closing("fd00:77::/64")}`,
    to: "fd00:77::1",
    new: "rule drop-all",
  },
  { title: "over IPv6, only IPv4 is closed", after: `${OPEN}${closing("0.0.0.0/0")}`, to: "fd00:77::1" },
  { title: "the way back leads out of the same device", after: `${OPEN}reverse_path = "strict"\n` },
];

const ASYMMETRIC: readonly Case[] = [
  { title: "the way back leads elsewhere", after: `${OPEN}reverse_path = "loose"\n` },
  {
    title: "the way back leads elsewhere, and only the same device is right",
    after: `${OPEN}reverse_path = "strict"\n`,
    session: "the check of the way back to it (firewall.reverse_path)",
    new: "the check of the way back to it (firewall.reverse_path)",
  },
  {
    title: "the same for a session that conntrack knows",
    before: OPEN,
    after: `${OPEN}reverse_path = "strict"\n`,
    session: "the check of the way back to it (firewall.reverse_path)",
    new: "the check of the way back to it (firewall.reverse_path)",
  },
];

async function open(site: Site, session?: ClientSession): Promise<Engine> {
  return await site.open(session === undefined ? {} : { session: session.ends });
}

async function tryCase(lab: SessionLab, { before, after, to = "10.77.0.1", port, ...expected }: Case): Promise<void> {
  const site = new Site(Deno.makeTempDirSync());
  flush();
  setForwarding("0");
  try {
    if (before !== undefined) {
      const engine = await open(site);
      edit(engine, written(before));
      await engine.apply();
    }
    const session = await lab.open(to, port);
    assertEquals([await session.clientSpeaks(), await session.serverSpeaks()], [true, true], "the session stands");
    const engine = await open(site, session);
    edit(engine, written(after));
    const { lockouts, findings } = await engine.plan();
    assertEquals(findings.filter(({ path }) => path === ""), []);
    const by = (connection: Lockout["connection"]) => lockouts.find((lockout) => lockout.connection === connection)?.by;
    assertEquals({ session: by("established"), new: by("new") }, { session: expected.session, new: expected.new });
    await engine.apply();
    // Where it is foretold that it dies, the client notices; else both are heard.
    const heard = expected.session === undefined
      ? [await session.serverSpeaks(), await session.clientSpeaks()]
      : [await session.clientSpeaks()];
    assertEquals(heard.every(Boolean), expected.session === undefined, "the session lives as foretold");
    const { result } = await lab.attempt(to, port);
    assertEquals(result === "accepted", expected.new === undefined, `the new connection is ${result}`);
    assertEquals((await engine.plan()).lockouts, [], "nothing is left to do, and nothing to warn of");
  } finally {
    site.close();
    flush();
    Deno.removeSync(site.directory, { recursive: true });
  }
}

/** Sessions whose ends cannot be right. */
const BROKEN: readonly (readonly [from: string, to: string, why: RegExp])[] = [
  ["nobody", "10.77.0.1", /its client nobody is no address/],
  ["", "", /is no address/],
  ["10.77.0.2", "10.99.0.1", /10\.99\.0\.1 is no address of this machine/],
  ["fd00:77::2", "10.77.0.1", /of two families/],
  ["203.0.113.9", "10.77.0.1", /no route leads to 203\.0\.113\.9/],
];

/** Runs the command line with words in front of it; SSH_CONNECTION is set, or taken away by those words. */
async function patronus(site: Site, session: string, before: readonly string[], ...args: readonly string[]) {
  const [program = "", ...words] = [...before, Deno.execPath(), "run", "-A", "--quiet", MAIN, ...args];
  const child = new Deno.Command(program, {
    args: words,
    env: {
      PATRONUS_STATE_DIR: site.stateDir,
      PATRONUS_RUN_DIR: site.runDir,
      SSH_CONNECTION: session,
      SUDO_USER: "ann",
    },
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(20_000),
  });
  const { code, stdout, stderr } = await child.output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("the plan tells which of the caller's own connections applying would cut", async (test) => {
  flush();
  const lab = await SessionLab.start(CABLES, 22);
  try {
    for (const each of CASES) await test.step(each.title, () => tryCase(lab, each));

    await test.step("ends that are none are told, and nothing fails", async () => {
      const site = new Site(Deno.makeTempDirSync());
      try {
        for (const [from, to, why] of BROKEN) {
          const engine = await site.open({ session: { from, to, port: 22, fromPort: 50000 } });
          edit(engine, written(BARE));
          const { lockouts, findings } = await engine.plan();
          assertEquals(lockouts, []);
          assertMatch(findings.map(({ message }) => message).join("\n"), why);
        }
      } finally {
        site.close();
        Deno.removeSync(site.directory, { recursive: true });
      }
    });

    await test.step("other ways to write an address, and a client on the machine itself", async () => {
      const site = new Site(Deno.makeTempDirSync());
      const linkLocal = /fe80::[0-9a-f:]+/.exec(
        new TextDecoder().decode(new Deno.Command("ip", { args: ["-6", "addr", "show", "near"] }).outputSync().stdout),
      )?.[0] ?? "";
      const sessions: readonly (readonly [from: string, to: string, by: string[]])[] = [
        ["::ffff:10.77.0.2", "::ffff:10.77.0.1", ["the default of chain input"]],
        ["fe80::1234%near", `${linkLocal}%near`, ["the default of chain input"]],
        ["127.0.0.1", "127.0.0.1", []],
        ["10.77.0.1", "10.77.0.1", []],
        ["::1", "::1", []],
      ];
      try {
        for (const [from, to, by] of sessions) {
          const engine = await site.open({ session: { from, to, port: 22, fromPort: 50000 } });
          edit(engine, written(`${BARE}reverse_path = "strict"\n`));
          const { lockouts, findings } = await engine.plan();
          assertEquals([lockouts.map((lockout) => lockout.by), findings.filter(({ path }) => path === "")], [by, []]);
        }
      } finally {
        site.close();
        Deno.removeSync(site.directory, { recursive: true });
      }
    });

    await test.step("the command line refuses, unless it can be undone or is forced", async () => {
      const site = new Site(Deno.makeTempDirSync());
      flush();
      try {
        const session = await lab.open("10.77.0.1");
        const { variable } = session;
        const own = await open(site);
        edit(own, written(`${OPEN}${closing("10.77.0.0/24")}`));
        site.close();
        const shown = await patronus(site, variable, [], "plan");
        assertMatch(
          shown.text,
          /WARNING: applying this cuts you off\n {2}a new session like yours, from 10\.77\.0\.2 to/,
        );
        assertMatch(shown.text, /would be stopped by rule drop-all/);
        const refused = await patronus(site, variable, [], "apply");
        assertEquals(refused.code, 1, refused.text);
        assertMatch(refused.text, /applying this would cut you off; nothing was changed/);
        assertEquals((await lab.attempt("10.77.0.1")).result, "accepted");

        // As sudo leaves it: the process has no such variable, one above it has.
        const cleared = ["sh", "-c", 'env -u SSH_CONNECTION "$@"; exit $?', "sh"];
        const behind = await patronus(site, variable, cleared, "apply");
        assertEquals(behind.code, 1, behind.text);
        assertMatch(behind.text, /applying this would cut you off/);

        const confirmed = await patronus(site, variable, [], "apply", "--confirm", "60s");
        assertEquals(confirmed.code, 0, confirmed.text);
        assertEquals((await lab.attempt("10.77.0.1")).result, "dropped");
        assertEquals((await patronus(site, variable, [], "rollback")).code, 0);
        assertEquals((await lab.attempt("10.77.0.1")).result, "accepted");

        const forced = await patronus(site, variable, [], "apply", "--force");
        assertEquals(forced.code, 0, forced.text);
        assertEquals((await lab.attempt("10.77.0.1")).result, "dropped");
        const again = await patronus(site, variable, [], "plan");
        assert(!again.text.includes("WARNING"), again.text);

        const opened = await open(site);
        edit(opened, written(OPEN));
        site.close();
        assertEquals((await patronus(site, variable, [], "apply")).code, 0);
        const back = await patronus(site, variable, [], "rollback");
        assertEquals(back.code, 1, "going back cuts the session as well");
        assertMatch(back.text, /applying this would cut you off; nothing was changed/);
        assertEquals((await lab.attempt("10.77.0.1")).result, "accepted");
        assertEquals((await patronus(site, variable, [], "rollback", "--confirm", "60s")).code, 0);
        assertEquals((await lab.attempt("10.77.0.1")).result, "dropped");
        assertEquals((await patronus(site, variable, [], "rollback")).code, 0);
      } finally {
        site.close();
        flush();
        Deno.removeSync(site.directory, { recursive: true });
      }
    });

    await lab.route("10.77.0.2/32", "other");
    for (const each of ASYMMETRIC) await test.step(each.title, () => tryCase(lab, each));
  } finally {
    flush();
    await lab.close();
  }
});
