// needs: nft
/** What `diff` finds brings the kernel from any ruleset to any other, touches no more than it must, and keeps counts. */
import { assert, assertEquals, assertRejects } from "../../lib/std/assert.ts";
import { commit, readGenerationId, readTableState } from "../../lib/engine/kernel.ts";
import { NetlinkError, NetlinkOverrunError, NetlinkSizeError } from "../../lib/netlink/wire/error.ts";
import { NLM_F } from "../../lib/netlink/wire/message.ts";
import { LITTLE_ENDIAN } from "../../lib/netlink/wire/attribute.ts";
import { decodeTable } from "../../lib/nft/decode_rule.ts";
import { diff } from "../../lib/nft/diff.ts";
import { loadTable } from "../../lib/nft/load_table.ts";
import { encode } from "../../lib/nft/wire.ts";
import type { AnonymousSet, Chain, NamedSet, Rule, Statement, Table } from "../../lib/nft/ruleset.ts";
import { connect, flush, listing, loadNatively, loadText, nft } from "./nft_harness.ts";
import { send } from "./datagrams.ts";
import { Random } from "./random.ts";
import { COUNTER, randomElements, randomRules, table } from "./random_table.ts";

async function apply(netlink: ReturnType<typeof connect>, desired: Table): Promise<number> {
  const operations = diff(await readTableState(netlink, "inet", "diffed"), desired);
  if (operations.length > 0) await commit(netlink, { family: "inet", table: "diffed", operations });
  return operations.length;
}

Deno.test("1,000 random changes arrive where they should, and list as nft lists their text", async () => {
  const random = new Random();
  using netlink = connect();
  flush();
  for (let round = 0; round < 1000; round++) {
    const desired = table(randomRules(random), randomRules(random), randomElements(random));
    const where = `seed ${random.seed}, round ${round}`;
    await apply(netlink, desired);
    const observed = await readTableState(netlink, "inet", "diffed");
    assert(observed !== null);
    assertEquals(decodeTable(observed), desired, where);
    assertEquals(diff(observed, desired), [], where);
    if (round % 20 === 0) {
      const natively = listing();
      flush();
      loadText([desired]);
      assertEquals(listing(), natively, where);
    }
  }
  flush();
});

const accept: Statement = { kind: "verdict", verdict: { type: "accept" } };

/** Rules for datagrams to one port each, which accept and count. */
function portRules(ports: readonly number[], comment = "x"): Rule[] {
  return ports.map((port) => ({
    comment: `port-${port}: ${comment}`,
    statements: [...toPort(port), COUNTER, accept],
  }));
}

function toPort(port: number): Statement[] {
  return [
    { kind: "match", load: { load: "meta", key: "l4proto" }, op: "==", value: 17 },
    { kind: "match", load: { load: "payload", field: "th dport" }, op: "==", value: port },
  ];
}

async function readings(netlink: ReturnType<typeof connect>): Promise<Record<string, number>> {
  const observed = await readTableState(netlink, "inet", "diffed");
  assert(observed !== null);
  const rules = decodeTable(observed).chains.flatMap((chain) => chain.rules);
  return Object.fromEntries(rules.map((rule) => {
    const counter = rule.statements.find((statement) => statement.kind === "counter");
    return [rule.comment?.split(":")[0] ?? "", counter?.kind === "counter" ? counter.packets : -1];
  }));
}

Deno.test("untouched rules keep handle and counter; changed, re-commented and moved ones go on counting", async () => {
  using netlink = connect();
  flush();
  await apply(netlink, table(portRules([5001, 5002, 5003, 5004])));
  const handles = async () =>
    (await readTableState(netlink, "inet", "diffed"))?.rules.get("in")?.map((rule) => rule.handle) ?? [];
  const before = await handles();
  await send([5001, 5002, 5002, 5003, 5004, 5004, 5004]);

  const [first, second, third, fourth] = portRules([5001, 5002, 5003, 5004]);
  assert(first && second && third && fourth);
  const renamed = portRules([5002], "another comment")[0];
  assert(renamed);
  assertEquals(await apply(netlink, table([first, renamed, third, fourth])), 1, "a changed comment is one operation");
  assertEquals(await handles(), before);
  await send([5002]);
  assertEquals(await readings(netlink), { "port-5001": 1, "port-5002": 3, "port-5003": 1, "port-5004": 3 });

  assertEquals(
    await apply(netlink, table([fourth, first, renamed, third])),
    2,
    "a move is a deletion and an insertion",
  );
  assertEquals((await handles()).slice(1), before.slice(0, 3));
  await send([5004, 5001]);
  assertEquals(await readings(netlink), { "port-5004": 4, "port-5001": 2, "port-5002": 3, "port-5003": 1 });

  assertEquals(await apply(netlink, table([fourth, first, renamed, third], [], [{ key: [1] }])), 1);
  assertEquals(
    await apply(netlink, table([fourth, first, renamed, third], [], [{ key: [1] }, { key: [7], end: [9] }])),
    1,
  );
  assertEquals((await handles()).slice(1), before.slice(0, 3));
  flush();
});

Deno.test("what cannot change in place is made anew, with what refers to it; counts go on and the rest stays", async () => {
  using netlink = connect();
  flush();
  const jump: Statement = { kind: "verdict", verdict: { type: "jump", chain: "target" } };
  // Without an answer, which would be counted too.
  const drop: Statement = { kind: "verdict", verdict: { type: "drop" } };
  const source = (set: string | AnonymousSet): Statement => ({
    kind: "lookup",
    loads: [{ load: "payload", field: "ip saddr" }],
    set,
    verdicts: typeof set !== "string",
  });
  const map = { elements: [{ key: [0x7f000001], verdict: { type: "jump", chain: "target" } as const }] };
  const rules: Rule[] = [
    { comment: "first: not touched", statements: [COUNTER] },
    { comment: "jumping: into the chain", statements: [...toPort(5001), COUNTER, jump] },
    { comment: "mapping: into the chain", statements: [COUNTER, source(map)] },
    { comment: "looking: into the set", statements: [source("a4-nets"), COUNTER, drop] },
    { comment: "last: not touched", statements: [COUNTER] },
  ];
  const inside: Rule[] = [{ comment: "inside: the chain", statements: [COUNTER] }];
  const local = { key: [0x7f000000], end: [0x7fffffff] };
  const before = table(rules, [], [local]);
  const desired = (change: (name: string) => Partial<Chain>, set: Partial<NamedSet> = {}): Table => ({
    ...before,
    chains: before.chains.map((chain) => ({
      ...chain,
      ...(chain.name === "target" ? { rules: inside } : {}),
      ...change(chain.name),
    })),
    sets: before.sets.map((old) => ({ ...old, ...set })),
  });
  await apply(netlink, desired(() => ({})));
  await send([5001, 5002]);
  const counts = await readings(netlink);
  assertEquals(counts, { inside: 3, first: 2, jumping: 1, mapping: 2, looking: 2, last: 0 });
  const handles = async () =>
    (await readTableState(netlink, "inet", "diffed"))?.rules.get("in")?.map((rule) => rule.handle) ?? [];
  const changes: { table: Table; stays: readonly number[] }[] = [
    { table: desired((name) => name === "target" ? { comment: "renamed" } : {}), stays: [0, 3, 4] },
    { table: desired(() => ({}), { interval: false, elements: [{ key: [0x7f000001] }] }), stays: [0, 4] },
    {
      table: desired((name) =>
        name === "in" ? { base: { type: "filter", hook: "input", priority: 5, policy: "accept" } } : {}
      ),
      stays: [],
    },
  ];
  for (const [index, { table, stays }] of changes.entries()) {
    const old = await handles();
    await apply(netlink, table);
    const observed = await readTableState(netlink, "inet", "diffed");
    assert(observed !== null);
    assertEquals(diff(observed, table), [], `change ${index}`);
    assertEquals(await readings(netlink), counts, `change ${index}`);
    const now = await handles();
    assertEquals(old.flatMap((handle, at) => now[at] === handle ? [at] : []), stays, `change ${index}`);
  }
  flush();
});

Deno.test("what somebody changed by hand is seen and repaired, and their own tables are left alone", async () => {
  using netlink = connect();
  flush();
  // In the manner of Docker: tables of other families and hooks.
  nft(
    [],
    "table ip nat {\n chain DOCKER { }\n chain PREROUTING { type nat hook prerouting priority -100; fib daddr type local counter jump DOCKER\n }\n}\n",
  );
  nft(
    [],
    'table ip filter {\n chain FORWARD { type filter hook forward priority 0; policy drop; iifname "docker0" accept\n }\n}\n',
  );
  const foreign = listing();
  const desired = table(portRules([5001, 5002]), [], [{ key: [5] }]);
  await apply(netlink, desired);
  const own = listing();
  for (
    const command of [
      "insert rule inet diffed in tcp dport 22 accept",
      "add chain inet diffed extra",
      "add element inet diffed a4-nets { 1.2.3.4 }",
      "delete element inet diffed a4-nets { 0.0.0.5 }",
      'add rule inet diffed out ct helper "ftp" accept',
      "add chain inet diffed in { policy drop; }",
      "flush chain inet diffed in",
      "add set inet diffed more { type ipv4_addr; }",
    ]
  ) {
    nft([], `${command}\n`);
    assert(await apply(netlink, desired) > 0, command);
    assertEquals(listing(), own, command);
  }
  nft(["delete", "table", "inet", "diffed"]);
  assertEquals(listing(), foreign);
  flush();
});

Deno.test("a transaction made for an older generation is refused, and one that fails changes nothing", async () => {
  using netlink = connect();
  flush();
  await apply(netlink, table([]));
  const generation = await readGenerationId(netlink);
  nft([], "add table ip other\n");
  const batch = {
    family: "inet",
    table: "diffed",
    operations: diff(await readTableState(netlink, "inet", "diffed"), table(portRules([1]))),
  } as const;
  const outdated = await assertRejects(() => commit(netlink, batch, { generation }), NetlinkError);
  assertEquals(outdated.code, "ERESTART");
  const fresh = await readGenerationId(netlink);
  await commit(netlink, batch, { generation: fresh });
  assertEquals(await readGenerationId(netlink), fresh + 1);

  const before = listing();
  const jump: Rule = {
    comment: "lost: jump",
    statements: [{ kind: "verdict", verdict: { type: "jump", chain: "nowhere" } }],
  };
  const refused = await assertRejects(() => apply(netlink, table([...portRules([1, 2]), jump])), NetlinkError);
  assertEquals(refused.code, "ENOENT");
  assert(refused.operation.includes("lost: jump"), refused.operation);
  assertEquals(listing(), before);
  flush();
});

Deno.test("a batch beyond the send buffer says so; one with too many answers is of unknown outcome", async () => {
  flush();
  const rules = portRules(Array.from({ length: 2000 }, (_, index) => index + 1));
  {
    using small = connect({ sendBuffer: 212_992 });
    const error = await assertRejects(() => loadNatively(small, [table(rules)]), NetlinkSizeError);
    assertEquals(error.sendBuffer, 212_992);
    assert(error.message.includes("net.core.wmem_max"));
    assertEquals(listing(), []);
    await loadNatively(small, [table(rules.slice(0, 200))]);
    assertEquals(listing().length > 200, true);
  }
  flush();
  using netlink = connect({ receiveBuffer: 32_768 });
  const { bytes, operation } = encode({ family: "inet", table: "diffed", operations: loadTable(table(rules)) });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += (view.getUint32(at, LITTLE_ENDIAN) + 3) & ~3) {
    view.setUint16(at + 6, view.getUint16(at + 6, LITTLE_ENDIAN) | NLM_F.ACK, LITTLE_ENDIAN);
  }
  await assertRejects(() => netlink.batch(bytes, operation), NetlinkOverrunError);
  using second = connect();
  assertEquals(diff(await readTableState(second, "inet", "diffed"), table(rules)), [], "it was committed all the same");
  flush();
});
