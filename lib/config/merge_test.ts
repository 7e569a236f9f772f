import type { Document } from "../features/document.ts";
import { assertEquals } from "../std/assert.ts";
import { diff, printDiff } from "./changes.ts";
import { merge } from "./merge.ts";
import { canonical } from "./parts.ts";
import { randomDocument } from "./sample.ts";
import { fromWritten } from "./written.ts";

/** Rules as words: `a` is a rule with this id, `a!` the same one changed, `a?` changed otherwise. */
function rules(words: string): Document {
  const list = words.split(" ").filter((word) => word !== "").map((word) => ({
    id: word.charAt(0),
    action: "accept",
    comment: word.slice(1),
  }));
  const { document } = fromWritten({ firewall: { rules: list } });
  if (document === null) throw new Error(words);
  return document;
}

const words = (document: Document) => document.firewall.rules.map(({ id, comment }) => id + comment).join(" ");

const MERGES: readonly [
  name: string,
  base: string,
  mine: string,
  theirs: string,
  merged: string,
  conflicts?: string,
][] = [
  ["nothing changed", "a b", "a b", "a b", "a b"],
  ["different objects", "a b c", "a! b c", "a b c!", "a! b c!"],
  ["the same change", "a b", "a! b", "a! b", "a! b"],
  ["the same object differently", "a b", "a! b", "a? b", "a! b", "a"],
  ["both add", "a", "a x", "y a", "y a x"],
  ["both add the same", "a", "a x", "a x", "a x"],
  ["both add one id differently", "a", "a x!", "a x?", "a x!", "x"],
  ["I delete, they change", "a b", "b", "a! b", "a! b", "a"],
  ["I change, they delete", "a b", "a! b", "b", "a! b", "a"],
  ["both delete", "a b", "b", "b", "b"],
  ["different deletes", "a b c", "b c", "a b", "b"],
  ["I move, they change", "a b c d", "d a b c", "a b! c d", "d a b! c"],
  ["they move, I change", "a b c d", "a b c d!", "d a b c", "d! a b c"],
  ["both move others", "a b c d e", "b c d e a", "e a b c d", "e b c d a"],
  ["both move the same alike", "a b c d", "d a b c", "d a b c", "d a b c"],
  ["both move the same differently", "a b c d", "d a b c", "a d b c", "d a b c", "d"],
  ["I add behind one that they delete", "a b c", "a b x c", "a c", "a x c"],
  ["I add behind one that they move", "a b c d", "a b c d x", "d a b c", "d x a b c"],
  ["I move, they delete it", "a b c", "c a b", "a b", "a b"],
];

for (const [name, base, mine, theirs, merged, conflicts = ""] of MERGES) {
  Deno.test(`merge: ${name}`, () => {
    const result = merge(rules(base), rules(mine), rules(theirs));
    assertEquals([words(result.document), result.conflicts.map(({ id }) => id).join(" ")], [merged, conflicts]);
  });
}

Deno.test("settings merge field by field", () => {
  const make = (firewall: unknown) => fromWritten({ firewall }).document ?? rules("");
  const base = make({});
  const good = merge(
    base,
    make({ ping: false, anti_lockout: { ports: 2222 } }),
    make({ log_default: true, anti_lockout: { in: "x" } }),
  );
  assertEquals(good.conflicts, []);
  const both = make({ ping: false, log_default: true, anti_lockout: { ports: 2222, in: "x" } });
  assertEquals(canonical(good.document), canonical(both));
  const bad = merge(base, make({ default_input: "accept" }), make({ default_input: "reject" }));
  assertEquals(bad.conflicts.map(({ path }) => path), ["firewall.default_input"]);
});

Deno.test("merging with an unchanged side gives the other one, whatever the documents", () => {
  for (let seed = 0; seed < 60; seed++) {
    const base = randomDocument(seed), other = randomDocument(seed + 1000);
    for (const result of [merge(base, other, base), merge(base, base, other), merge(base, other, other)]) {
      assertEquals(result.conflicts, []);
      assertEquals(canonical(result.document), canonical(other));
    }
  }
});

Deno.test("a diff tells names, written values and moves, and nothing for equal documents", () => {
  const make = (value: unknown) => {
    const { document, findings } = fromWritten(value);
    if (document === null) throw new Error(JSON.stringify(findings));
    return document;
  };
  const before = make({
    system: { hostname: "old" },
    aliases: { web: { type: "host" }, gone: { type: "port", members: 80 } },
    firewall: {
      rules: [{ id: "a", action: "drop" }, {
        id: "allow-web",
        action: "accept",
        source: "web",
        destination_port: [80, 443],
      }, { id: "c", action: "drop" }],
    },
  });
  const after = make({
    system: { hostname: "new" },
    aliases: { office: { id: "web", type: "host" } },
    firewall: {
      ping: false,
      anti_lockout: { ports: [22, 2222] },
      rules: [{ id: "c", action: "drop" }, { id: "a", action: "drop" }, {
        id: "allow-web",
        action: "accept",
        source: "!office",
        destination_port: 80,
        comment: "two\nlines",
      }, { id: "new", action: "reject", source: "office" }],
    },
  });
  assertEquals(diff(before, before), []);
  assertEquals(printDiff(diff(before, after), before, after), [
    "~ system: hostname old → new",
    "~ firewall: ping yes → no, anti_lockout.ports 22 → [22, 2222]",
    "~ alias office: name web → office",
    "- alias gone: type port, members 80",
    "~ firewall rule c: moved to the top",
    '~ firewall rule allow-web: source web → !office, destination_port [80, 443] → 80, comment none → "two\\nlines"',
    "+ firewall rule new: action reject, source office",
  ]);
});
