// needs: nft ip
/** Counts while packets flow: what is counted before, during and after changes adds up to what was sent. */
import { lines } from "../../lib/demo/protocol.ts";
import { totals } from "../../lib/engine/totals.ts";
import { readTableState } from "../../lib/engine/kernel.ts";
import type { Engine } from "../../lib/engine/mod.ts";
import { TABLE } from "../../lib/features/allocation.ts";
import type { Document } from "../../lib/features/document.ts";
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { edit, engineTest, type Site, written } from "./engine_harness.ts";
import { connect, nft } from "./nft_harness.ts";

/** More rules than a small transaction has operations. */
const OTHERS = 100;
const PORT = 5001;
/** Bytes of a datagram of the flood: IPv4, UDP and 8 more. */
const LENGTH = 20 + 8 + 8;

interface Wanted {
  /** Place of the rule that the flood meets; null: there is none, and the packets are counted as `default-output`. */
  readonly place: number | null;
  readonly comment: string;
  /** Comment of all other rules, which match nothing. */
  readonly others?: string;
  /** Name of a chain that the rule stands in; without one it is the output chain. */
  readonly chain?: string;
  /** Id of an alias that another rule looks into. */
  readonly alias?: string;
}

function wanted({ place, comment, others = "", chain, alias }: Wanted): Document {
  const rules = Array.from(
    { length: OTHERS },
    (_, index) =>
      rule(`other-${index}`, index + 1, others, index === 0 && alias !== undefined ? { source: alias } : {}),
  );
  if (place !== null) rules.splice(place, 0, rule("flooded", PORT, comment, chain === undefined ? {} : { chain }));
  if (chain !== undefined) rules.unshift(rule("to-chain", PORT, "", { action: "jump", target: chain }));
  return written([
    ...(alias === undefined ? [] : [`[aliases.${alias}]\ntype = "host"\nmembers = ["192.0.2.1"]\n`]),
    ...(chain === undefined ? [] : [`[[firewall.chains]]\nid = "own"\nname = "${chain}"\n`]),
    ...rules,
  ].join("\n"));
}

function rule(id: string, port: number, comment: string, more: Readonly<Record<string, string>>): string {
  const fields = { id, chain: "output", action: "accept", protocol: "udp", comment, ...more };
  const lines = Object.entries(fields).map(([field, value]) => `${field} = "${value}"\n`);
  return `[[firewall.rules]]\n${lines.join("")}destination_port = ${port}\n`;
}

/** What the flood's packets were counted as, in the kernel and in the store, read now. */
async function counted({ store }: Engine): Promise<{ packets: number; bytes: number }> {
  using netlink = connect();
  const all = totals(store, await readTableState(netlink, TABLE.family, TABLE.name));
  const sum = { packets: 0, bytes: 0 };
  for (const id of ["flooded", "default-output"]) {
    sum.packets += all.get(id)?.packets ?? 0;
    sum.bytes += all.get(id)?.bytes ?? 0;
  }
  return sum;
}

/** Waits until more was counted than that; bounded. */
async function countedMore(engine: Engine, than: number): Promise<number> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline;) {
    const { packets } = await counted(engine);
    if (packets > than) return packets;
  }
  throw new Error(`nothing was counted beyond ${than}`);
}

/**
 * Floods a rule while the engine applies one document behind the other, with packets between any two and behind the last.
 * A packet that is amid the rules while they change may go uncounted: one process sends, so one for each change at most.
 */
async function flooded(site: Site, changes: readonly (() => Document)[]): Promise<void> {
  for (
    const command of [
      "link add flood type veth peer name sink",
      "link set flood up",
      "link set sink up",
      "address add 192.0.2.1/24 dev flood",
      // Nobody's: the sink throws away what comes.
      "neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 dev flood",
    ]
  ) ip(command);
  const engine = await site.open();
  edit(engine, wanted({ place: 0, comment: "first" }));
  await engine.apply();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("flood.ts", import.meta.url).pathname, "192.0.2.2", String(PORT)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  try {
    const said = lines(child.stdout);
    assertEquals((await said.next()).value, "begun");
    let before = await countedMore(engine, 0);
    for (const change of changes) {
      edit(engine, change());
      await engine.apply();
      before = await countedMore(engine, before);
    }
    await child.stdin.close();
    const sent = Number((await said.next()).value);
    const { packets, bytes } = await counted(engine);
    assert(packets <= sent, `${packets} counted of ${sent}: some twice`);
    assert(sent - packets <= changes.length, `${sent - packets} of ${sent} not counted in ${changes.length} changes`);
    assertEquals(bytes, packets * LENGTH);
  } finally {
    await child.stdin.close().catch(() => {});
    await child.status;
    ip("link delete flood");
  }
}

function ip(command: string): void {
  const { success, stderr } = new Deno.Command("ip", { args: command.split(" ") }).outputSync();
  if (!success) throw new Error(`ip ${command}: ${new TextDecoder().decode(stderr)}`);
}

engineTest(
  "a rule that is flooded while it is re-commented, moved, deleted and made again loses no count",
  async (site) => {
    const changes = Array.from({ length: 15 }, (_, round) => [
      () => wanted({ place: 3, comment: `comment ${round}` }),
      () => wanted({ place: round * 7 % OTHERS, comment: `comment ${round}` }),
      () => wanted({ place: null, comment: "" }),
      () => wanted({ place: 3, comment: "again" }),
    ]);
    await flooded(site, changes.flat());
  },
);

engineTest(
  "neither does one amid a large transaction, nor where its chain or a set beside it is made anew",
  async (site) => {
    const changes = Array.from({ length: 5 }, (_, round) => [
      () => wanted({ place: 3, comment: `comment ${round}`, others: `comment ${round}` }),
      () => wanted({ place: null, comment: "", others: "some" }),
      () => wanted({ place: OTHERS, comment: "in a chain", chain: "own" }),
      () => wanted({ place: OTHERS, comment: "in a renamed chain", chain: `own-${round}` }),
      () => {
        // Of this shape it cannot become the alias's set.
        nft(["add", "set", TABLE.family, TABLE.name, `a4-late-${round}`, "{ type ipv4_addr; }"]);
        return wanted({ place: 3, comment: "beside a set", alias: `late-${round}` });
      },
    ]);
    await flooded(site, changes.flat());
  },
);
