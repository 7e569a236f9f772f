// needs: nft ip
/**
 * What becomes of a TCP session that was there before the ruleset, and that conntrack has never seen: the lockout warning
 * rests on it. Conntrack takes it up as new by the next packet of either end (nf_conntrack_tcp_loose).
 */
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { parseEnd } from "../../lib/engine/session.ts";
import { compile } from "../../lib/features/compile.ts";
import { findConnection } from "../../lib/netlink/socket/conntrack.ts";
import { connect, flush, loadNatively } from "./nft_harness.ts";
import { written } from "./engine_harness.ts";
import { type ClientSession, SessionLab } from "./session_lab.ts";

const HEAD = "[firewall]\nanti_lockout = { enabled = false }\n";
const REDIRECT = `[[interfaces]]\nname = "wan"\ndevice = "near"\n[[nat.rules]]\nid = "elsewhere"\ntype = "redirect"\n` +
  `protocol = "tcp"\nin = "wan"\ndestination_port = 22\nto_port = 2222\n`;

type Speaker = "client" | "server";

/** A document, who speaks behind the loading in turn, and whether each is heard. */
const CASES: readonly (readonly [title: string, toml: string, turns: readonly (readonly [Speaker, boolean])[]])[] = [
  ["dropped on the way in: the client is not heard", HEAD, [["client", false]]],
  ["dropped on the way in: this machine's next word opens the way", HEAD, [["server", true], ["client", true]]],
  ["and also where the client spoke in vain before", HEAD, [["client", false], ["server", true], ["client", true]]],
  ["dropped both ways: it is dead", `${HEAD}default_output = "drop"\n`, [["server", false], ["client", false]]],
  ["rejected on the way in: the client hears that there is nobody", `${HEAD}default_input = "reject"\n`, [
    ["client", false],
    ["server", false],
  ]],
  ["rejected on the way in, but this machine speaks first", `${HEAD}default_input = "reject"\n`, [
    ["server", true],
    ["client", true],
  ]],
  ["its port leads to another: the client talks to nobody", `${HEAD}default_input = "accept"\n${REDIRECT}`, [
    ["client", false],
    ["server", false],
  ]],
  ["its port leads to another, but this machine speaks first", `${HEAD}default_input = "accept"\n${REDIRECT}`, [
    ["server", true],
    ["client", true],
  ]],
];

Deno.test("a session that conntrack has not seen lives or dies by its next packet", async (test) => {
  flush();
  const cable = { device: "near", index: 201, own: ["10.77.0.1/24"], client: ["10.77.0.2/24"] };
  const lab = await SessionLab.start([cable], 22);
  using netlink = connect();
  const speak = (session: ClientSession, who: Speaker) =>
    who === "client" ? session.clientSpeaks() : session.serverSpeaks();
  try {
    for (const [title, toml, turns] of CASES) {
      await test.step(title, async () => {
        flush();
        const session = await lab.open("10.77.0.1");
        assertEquals([await session.clientSpeaks(), await session.serverSpeaks()], [true, true]);
        await loadNatively(netlink, [compile(written(toml)).table]);
        const heard: [Speaker, boolean][] = [];
        for (const [who] of turns) heard.push([who, await speak(session, who)]);
        assertEquals(heard, turns);
      });
    }
    await test.step("one that conntrack has seen goes on, whatever the new rules say", async () => {
      flush();
      await loadNatively(netlink, [compile(written(`${HEAD}default_input = "accept"\n`)).table]);
      const session = await lab.open("10.77.0.1");
      const { from, fromPort, to, port } = session.ends;
      const [source, destination] = [from, to].map((text) => parseEnd(text)?.address);
      assert(source !== undefined && destination !== undefined);
      const there = { source, destination, protocol: 6, sourcePort: fromPort, destinationPort: port };
      const back = {
        source: destination,
        destination: source,
        protocol: 6,
        sourcePort: port,
        destinationPort: fromPort,
      };
      // Either direction finds it.
      for (const tuple of [there, back]) {
        const found = await findConnection(netlink, tuple);
        assertEquals([found?.original, found?.reply], [there, back]);
      }
      assertEquals(await findConnection(netlink, { ...there, sourcePort: 1 }), null);
      await loadNatively(netlink, [{ ...compile(written(`${HEAD}default_output = "drop"\n`)).table, name: "second" }]);
      assertEquals([await session.clientSpeaks(), await session.serverSpeaks()], [true, true]);
      assertEquals((await lab.attempt("10.77.0.1")).result, "dropped");
    });
  } finally {
    flush();
    await lab.close();
  }
});
