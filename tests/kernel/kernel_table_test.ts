// needs: nft ip
/** The engine's table: small changes are checked by what the kernel repeats of them, and nothing is read twice. */
import { TABLE } from "../../lib/features/allocation.ts";
import { readTableState } from "../../lib/engine/kernel.ts";
import { KernelTable } from "../../lib/engine/kernel_table.ts";
import type { Netlink } from "../../lib/netlink/socket/connection.ts";
import { NetlinkOverrunError } from "../../lib/netlink/wire/error.ts";
import { decodeTable } from "../../lib/nft/decode_rule.ts";
import type { Table } from "../../lib/nft/ruleset.ts";
import { assert, assertEquals } from "../../lib/std/assert.ts";
import { send } from "./datagrams.ts";
import { connect, flush, nft } from "./nft_harness.ts";
import { Random } from "./random.ts";
import { COUNTER, randomElements, randomRules, table } from "./random_table.ts";

const stamp = (version: number) => ({ version, digest: "0" });

/** Counts what is asked for. */
class Counting implements Netlink {
  dumps: string[] = [];
  overruns = 0;
  constructor(readonly real: Netlink) {}
  request(message: Uint8Array, operation: string) {
    return this.real.request(message, operation);
  }
  dump(message: Uint8Array, operation: string) {
    this.dumps.push(operation);
    return this.real.dump(message, operation);
  }
  async batch(messages: Uint8Array, operation: (sequence: number) => string) {
    try {
      return await this.real.batch(messages, operation);
    } catch (error) {
      if (error instanceof NetlinkOverrunError) this.overruns++;
      throw error;
    }
  }
  close() {}
}

function own(random: Random): Table {
  return { ...table(randomRules(random), randomRules(random), randomElements(random)), ...TABLE };
}

/** Another version of it, a few changes away. */
function edited(before: Table, random: Random): Table {
  const chains = before.chains.map((chain) => {
    const rules = [...chain.rules];
    for (let count = random.below(3); count > 0; count--) {
      const at = random.below(rules.length + 1);
      const [fresh] = randomRules(random);
      const action = random.below(4);
      if (action === 0 && fresh !== undefined) rules.splice(at, 0, fresh);
      else if (action === 1) rules.splice(at, 1);
      else if (action === 2 && rules[at] !== undefined) {
        rules[at] = { ...rules[at], comment: `again-${random.below(9)}` };
      } else if (rules[at] !== undefined) rules.unshift(...rules.splice(at, 1));
    }
    return chain.name === "target" ? chain : { ...chain, rules };
  });
  const sets = random.below(2) === 0
    ? before.sets
    : before.sets.map((set) => ({ ...set, elements: randomElements(random) }));
  return { ...before, chains, sets };
}

Deno.test("after each of 500 small changes it knows the table as the kernel has it", async () => {
  const random = new Random();
  using netlink = connect();
  flush();
  const counting = new Counting(netlink);
  const kernel = new KernelTable(counting, () => {});
  let desired = own(random);
  await kernel.load(desired, stamp(0));
  await kernel.read(Infinity);
  for (let round = 1; round <= 500; round++) {
    const where = `seed ${random.seed}, round ${round}`;
    desired = edited(desired, random);
    counting.dumps = [];
    await kernel.load(desired, stamp(round));
    assertEquals(await kernel.verify(desired, stamp(round)), [], where);
    assertEquals(counting.dumps.filter((operation) => operation.startsWith("read table")), [], where);
    const known = (await kernel.read(Infinity)).observed;
    const real = await readTableState(netlink, TABLE.family, TABLE.name);
    assert(known !== null && real !== null, where);
    assertEquals(decodeTable(known), decodeTable(real), where);
    assertEquals(
      [...known.rules].map(([chain, rules]) => [chain, rules.map(({ handle }) => handle)]),
      [
        ...real.rules,
      ].map(([chain, rules]) => [chain, rules.map(({ handle }) => handle)]),
      where,
    );
  }
  flush();
});

Deno.test("a change of somebody else's is never taken for what was there", async () => {
  using netlink = connect();
  flush();
  const kernel = new KernelTable(netlink, () => {});
  const rule = (comment: string) => ({ comment, statements: [COUNTER] });
  const desired: Table = { ...table([rule("a"), rule("b")]), ...TABLE };
  await kernel.load(desired, stamp(1));
  await kernel.read(Infinity);
  nft(["add", "rule", TABLE.family, TABLE.name, "in", "tcp", "dport", "23", "accept"]);
  assert((await kernel.verify(desired, stamp(1))).length > 0, "it is seen");
  const next: Table = { ...table([rule("a"), rule("c")]), ...TABLE };
  await kernel.load(next, stamp(2));
  assertEquals(await kernel.verify(next, stamp(2)), []);
  assert(!nft(["list", "ruleset"]).includes("dport 23"));
  flush();
});

Deno.test("counters of rules that a small change touches are read anew, however old the reading is", async () => {
  using netlink = connect();
  flush();
  const kernel = new KernelTable(netlink, () => {});
  const rule = (comment: string) => ({ comment, statements: [COUNTER] });
  await kernel.load({ ...table([rule("a: 1"), rule("b: 1")]), ...TABLE }, stamp(1));
  await kernel.read(Infinity);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await send([5001]);
  const packets = () =>
    [...nft(["list", "chain", TABLE.family, TABLE.name, "in"]).matchAll(/counter packets (\d+)/g)].map(([, n]) =>
      Number(n)
    );
  const before = packets();
  assert((before[0] ?? 0) > 0, "packets were counted");
  await kernel.load({ ...table([rule("a: 2"), rule("b: 1")]), ...TABLE }, stamp(2));
  assertEquals(packets(), before, "the first one was replaced and goes on");
  flush();
});

Deno.test("what the rules of a large transaction counted is kept, also where the kernel's answers overflow", async () => {
  for (const receiveBuffer of [undefined, 32_768]) {
    using netlink = connect(receiveBuffer === undefined ? {} : { receiveBuffer });
    flush();
    const counting = new Counting(netlink);
    const kept = new Map<string, number>();
    const kernel = new KernelTable(counting, (lost) => {
      for (const [id, { packets }] of lost) kept.set(id, packets + (kept.get(id) ?? 0));
    });
    const rules = (version: number, begin: number) =>
      Array.from({ length: 200 }, (_, index) => ({
        comment: `rule-${index}: ${version}`,
        statements: [{ kind: "counter", packets: begin * index, bytes: begin * index } as const],
      }));
    await kernel.load({ ...table(rules(1, 3)), ...TABLE }, stamp(1));
    await kernel.load({ ...table(rules(2, 0).slice(0, 198)), ...TABLE }, stamp(2));
    assertEquals([...kept], [["rule-198", 3 * 198], ["rule-199", 3 * 199]]);
    await kernel.remove();
    for (let index = 1; index < 200; index++) assertEquals(kept.get(`rule-${index}`), 3 * index);
    assertEquals(counting.overruns > 0, receiveBuffer !== undefined);
  }
  flush();
});

Deno.test("a big set is known behind each refresh, without being read and without a rule being touched", async () => {
  const random = new Random();
  using netlink = connect();
  flush();
  const counting = new Counting(netlink);
  const kernel = new KernelTable(counting, () => {});
  const some = () => {
    const elements = new Map<number, number>();
    for (let index = 0; index < 6000; index++) {
      const at = random.below(2 ** 20) * 4096;
      elements.set(at, at + random.below(3));
    }
    const sorted = [...elements].sort(([a], [b]) => a - b);
    return sorted.map(([from, to]) => from === to ? { key: [from] } : { key: [from], end: [to] });
  };
  const rules = [{ comment: "counts", statements: [COUNTER] }];
  let desired: Table = { ...table(rules, [], some()), ...TABLE };
  await kernel.load(desired, stamp(0));
  const [before] = (await kernel.read(Infinity)).observed?.rules.get("in") ?? [];
  for (let round = 1; round <= 5; round++) {
    const where = `seed ${random.seed}, round ${round}`;
    const kept = desired.sets[0]?.elements.filter(() => random.below(2) === 0) ?? [];
    const starts = new Set(kept.map(({ key: [first] }) => first));
    const added = some().filter(({ key: [first] }) => !starts.has(first ?? 0));
    const elements = [...kept, ...added].sort(({ key: [a = 0] }, { key: [b = 0] }) => (a < b ? -1 : 1));
    desired = { ...desired, sets: desired.sets.map((set) => ({ ...set, elements })) };
    counting.dumps = [];
    await kernel.load(desired, stamp(round));
    assertEquals(await kernel.verify(desired, stamp(round)), [], where);
    assertEquals(counting.dumps, [], where);
    const real = await readTableState(netlink, TABLE.family, TABLE.name);
    assertEquals((await kernel.read(Infinity)).observed?.sets, real?.sets, where);
    assertEquals(real?.rules.get("in")?.[0]?.handle, before?.handle, where);
  }
  flush();
});
