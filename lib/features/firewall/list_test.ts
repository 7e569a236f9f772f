import { assertEquals, assertRejects } from "../../std/assert.ts";
import { Input, type Text } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { document as schema } from "../document.ts";
import type { Reading, Session } from "../session.ts";
import { list } from "./list.ts";

const rule = (id: string, more: Record<string, unknown> = {}) => ({ id, action: "accept", ...more });

const BEFORE = schema.parse({
  interfaces: [{ id: "wan", name: "internet", device: "eth0" }],
  aliases: [{ id: "web", name: "servers", type: "host", members: ["192.0.2.10", "2001:db8::/64"] }],
  firewall: {
    chains: [{ id: "guests", name: "visitors" }],
    rules: [
      rule("a", {
        in: ["wan"],
        destination: ["web"],
        protocol: "tcp",
        destination_port: ["80", "8000-8100"],
        log: true,
      }),
      rule("b", { chain: "input", action: "drop", family: "ipv6", state: ["invalid"] }),
      rule("c", { enabled: false, comment: "later" }),
      rule("gone", { action: "jump", target: "guests" }),
    ],
  },
});
const [a, b, c] = BEFORE.firewall.rules;
if (a === undefined || b === undefined || c === undefined) throw new Error("three rules");
const AFTER = {
  ...BEFORE,
  firewall: { ...BEFORE.firewall, rules: [{ ...c, comment: "soon" }, a, b, { ...a, id: "new" }] },
};

function session(counters: ReadonlyMap<string, Reading> | null = null): Session {
  return {
    document: () => Promise.resolve(AFTER),
    applied: () => Promise.resolve(BEFORE),
    counters: () => Promise.resolve(counters),
    written: (document: typeof BEFORE) =>
      Promise.resolve({ firewall: { rules: document.firewall.rules.map(({ id }) => ({ id })) } }),
  } as unknown as Session;
}

const plain = (text: Text) => typeof text === "string" ? text : text.text;

/** Each chain's title with its rows, cells joined by bars. */
async function shown(options: Record<string, string> = {}, counters?: ReadonlyMap<string, Reading>) {
  const { blocks } = await list(new Input({}, options), session(counters));
  return blocks.flatMap((block) =>
    block.kind === "heading"
      ? [block.text]
      : block.kind === "table"
      ? block.rows.map((row) => row.map(plain).join("|"))
      : []
  );
}

Deno.test("rules stand chain by chain, with what is not applied yet marked", async () => {
  assertEquals(await shown(), [
    "input",
    "|1|b|drop|any v6 invalid|any|any||||",
    "forward",
    "~|1|c|off|any|any|any||||soon",
    "|2|a|accept|tcp 80, 8000-8100|internet|servers|log|||",
    "+|3|new|accept|tcp 80, 8000-8100|internet|servers|log|||",
    "-||gone|jump visitors|any|any|any||||",
    "output",
    "visitors",
  ]);
});

Deno.test("counters are short, and absent where they cannot be read", async () => {
  const counters = new Map([["a", { packets: 1234567, bytes: 3 * 1024 ** 3 }]]);
  const rows = await shown({ chain: "forward" }, counters);
  assertEquals(rows.slice(1, 3), [
    "~|1|c|off|any|any|any||0|0|soon",
    "|2|a|accept|tcp 80, 8000-8100|internet|servers|log|1.2M|3.0Gi|",
  ]);
});

Deno.test("a chain or a search narrows the list", async () => {
  const cases: readonly [options: Record<string, string>, ids: string[]][] = [
    [{ chain: "input" }, ["b"]],
    [{ chain: "visitors" }, []],
    [{ search: "8080" }, ["a", "new"]],
    [{ search: "82" }, []],
    [{ search: "192.0.2.10" }, ["a", "new"]],
    [{ search: "2001:db8::99" }, ["a", "new"]],
    [{ search: "192.0.2.11" }, []],
    [{ search: "SERVERS" }, ["a", "new"]],
    [{ search: "soon" }, ["c"]],
    [{ search: "drop" }, ["b"]],
  ];
  for (const [options, ids] of cases) {
    const { json } = await list(new Input({}, { ...options, json: true }), session());
    assertEquals((json as { id: string }[]).map((each) => each.id).sort(), [...ids].sort(), JSON.stringify(options));
  }
  const error = await assertRejects(() => list(new Input({}, { chain: "inptu" }), session()), PatronusError);
  assertEquals(error.details.hint, "did you mean input?");
});
