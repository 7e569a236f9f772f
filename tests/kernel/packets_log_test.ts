// needs: nft unshare
/** What reaches the packet log: the packets of rules that ask for it, each with the rule's id and what became of it. */
import { fileURLToPath } from "node:url";
import { lines } from "../../lib/demo/protocol.ts";
import { assertEquals } from "../../lib/std/assert.ts";
import { readClaims } from "./claim.ts";
import type { Logged } from "./packet_log.ts";
import { useTopology } from "./topology.ts";

const topology = useTopology();

/** Milliseconds within which a packet that is logged is heard of, and after which none is expected any more. */
const BOUND = 2000;
const SILENCE = 100;

/** Listens on the router for as long as this file's tests last. */
class Listener {
  readonly #child: Deno.ChildProcess;
  readonly #heard: Logged[] = [];
  readonly ready: Promise<void>;
  readonly #ended: Promise<void>;

  constructor([program = "", ...args]: readonly string[]) {
    // Looking for a newer Deno would be traffic of the router's own.
    const env = { DENO_NO_UPDATE_CHECK: "1" };
    this.#child = new Deno.Command(program, { args, env, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#ended = this.#listen(resolve);
  }

  async #listen(ready: () => void): Promise<void> {
    for await (const line of lines(this.#child.stdout)) {
      if (line === "ready") ready();
      else this.#heard.push(JSON.parse(line) as Logged);
    }
  }

  /** What was heard since the last time; waits until it is `count` packets, and a little for those too many. */
  async heard(count: number): Promise<Logged[]> {
    const end = Date.now() + BOUND;
    while (this.#heard.length < count && Date.now() < end) await pause(5);
    await pause(SILENCE);
    return this.#heard.splice(0);
  }

  async end(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#ended;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

let listener: Listener | undefined;

Deno.test.beforeAll(async () => {
  const program = fileURLToPath(new URL("./packet_log.ts", import.meta.url));
  listener = new Listener([...topology().doorway("router"), Deno.execPath(), "run", "-A", "--quiet", program]);
  await listener.ready;
});
Deno.test.afterAll(async () => await listener?.end());

/** Makes a test of each claim, with the log prefixes of its packet behind it. */
function logs(subject: string, document: string, claims: readonly (readonly [claim: string, ...prefixes: string[]])[]) {
  for (const [text, ...prefixes] of claims) {
    for (const claim of readClaims(text)) {
      const words = prefixes.length === 0 ? "not logged" : `logged as ${prefixes.map((each) => `"${each}"`).join()}`;
      Deno.test(`${subject}: ${text}, ${words}, IPv${claim.family}`, async () => {
        await topology().load(document);
        await topology().prove(claim);
        assertEquals(
          await listener?.heard(prefixes.length),
          prefixes.map((prefix) => ({ prefix, version: claim.family })),
        );
      });
    }
  }
}

logs(
  "log",
  `
[firewall]
forwarding = true
chains = [{ name = "guests" }]
rules = [
  { id = "web", action = "accept", in = "lan", protocol = "tcp", destination_port = 80, log = true },
  { id = "quiet", action = "accept", in = "lan", protocol = "tcp", destination_port = 443 },
  { id = "mail", action = "drop", in = "lan", protocol = "tcp", destination_port = 25, log = true, comment = "no mail" },
  { id = "no-names", action = "reject", in = "lan", protocol = "tcp+udp", destination_port = 53, log = true },
  { id = "to-guests", action = "jump", target = "guests", in = "dmz", log = true },
  { id = "guest", chain = "guests", action = "return", log = true },
  { id = "ping", action = "accept", protocol = "icmp", log = true },
  { id = "ping6", action = "accept", protocol = "icmpv6", log = true },
  { id = "own", chain = "output", action = "accept", protocol = "tcp", log = true },
]`,
  [
    ["lan -> wan tcp 80: accepted by web", "web:accept "],
    ["lan -> wan tcp 443: accepted by quiet"],
    ["lan -> wan tcp 25: dropped by mail", "mail:drop "],
    ["lan -> wan tcp 53: rejected ECONNREFUSED by no-names", "no-names:reject "],
    ["lan -> wan udp 53: rejected ECONNREFUSED by no-names", "no-names:reject "],
    ["dmz -> wan tcp 80: dropped by to-guests, guest, default-forward", "to-guests:jump ", "guest:return "],
    ["lan -> 203.0.113.2 ping: accepted by ping", "ping:accept "],
    ["lan -> 2001:db8::2 ping: accepted by ping6", "ping6:accept "],
    ["router -> wan tcp 80: accepted by own", "own:accept "],
    ["wan -> lan tcp 80: dropped by default-forward"],
  ],
);

logs("log_default", `[firewall]\nforwarding = true\nlog_default = true`, [
  ["lan -> wan tcp 80: dropped by default-forward", "default-forward:drop "],
  ["wan -> router.wan udp 53: dropped by default-input", "default-input:drop "],
  ["router -> wan tcp 80: accepted by default-output"],
]);

logs("log_default of a reject", `[firewall]\nlog_default = true\ndefault_input = "reject"`, [
  ["wan -> router.wan tcp 80: rejected ECONNREFUSED by default-input", "default-input:reject "],
]);

logs(
  "log of a translation",
  `
[firewall]
forwarding = true
default_forward = "accept"

[nat]
rules = [
  { id = "out", type = "masquerade", out = "wan", log = true },
  { id = "in", type = "dnat", in = "wan", protocol = "tcp", destination_port = 8080, to = "192.168.2.10", to_port = 80, log = true },
]`,
  [
    ["lan -> wan tcp 80: accepted by default-forward via out; wan sees router.wan", "out:masquerade "],
    ["wan -> 203.0.113.1 tcp 8080: accepted by default-forward via in; dmz port 80 sees wan", "in:dnat "],
  ],
);
