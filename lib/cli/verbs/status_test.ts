import { assert, assertEquals } from "../../std/assert.ts";
import type { Status } from "../../engine/plan.ts";
import { renderText } from "../render.ts";
import { statusBlocks } from "./status.ts";

const VERSION = {
  number: 4,
  parent: 3,
  author: "root",
  time: "2026-11-23T22:02:09.000Z",
  message: "open the web server",
  confirmed: true,
  digest: "",
};

const QUIET: Status = {
  version: VERSION,
  confirmed: 4,
  readOnly: null,
  pending: null,
  candidate: null,
  kernel: { state: "in-sync", version: 4, drift: [] },
  rules: 32,
  forwarding: { ipv4: true, ipv6: true },
  foreign: [],
  leases: [],
  kept: null,
  recovered: [],
};

function lines(part: Partial<Status>): string[] {
  const blocks = statusBlocks({ ...QUIET, ...part });
  return renderText({ blocks }, { width: 100, colour: false, interactive: false }).trimEnd().split("\n");
}

Deno.test("a quiet machine is told in a handful of fields", () => {
  const text = lines({});
  assertEquals(text.map((line) => line.slice(0, 12).trimEnd()), [
    "version",
    "candidate",
    "kernel",
    "rules",
    "forwarding",
  ]);
  assert(
    /^version {5}4 {2}by root, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}open the web server$/.test(text[0] ?? ""),
    text[0],
  );
  assertEquals(text.slice(1), [
    "candidate   no edits",
    "kernel      as version 4 says",
    "rules       32 in the kernel",
    "forwarding  on",
  ]);
});

Deno.test("whatever is not as it should be is said", () => {
  const drift = [{ action: "remove", subject: "rule x in chain input", before: "accept" }] as const;
  const cases: readonly [Partial<Status>, string[]][] = [
    [{ version: null, confirmed: null, kernel: { state: "none", version: null, drift: [] } }, [
      "version     none yet",
      "kernel      nothing applied yet",
    ]],
    [{ pending: { version: 4, user: "ann", secondsLeft: 44.6 } }, [
      "pending     version 4 will be undone in 45s unless ann runs patronus confirm",
    ]],
    [{ pending: { version: 4, user: "ann", secondsLeft: 0 } }, [
      "pending     version 4 was not confirmed in time and is being undone",
    ]],
    [{ readOnly: "the store /s/patronus.db cannot be written: it is read-only" }, [
      "read-only   the store /s/patronus.db cannot be written: it is read-only",
    ]],
    [{ kernel: { state: "strange", version: 7, drift: [] } }, [
      "kernel      rules of another store, its version 7; patronus apply replaces them",
    ]],
    [{ kernel: { state: "strange", version: 0, drift: [] } }, [
      "kernel      the rescue rules, loaded at boot for want of a store; patronus apply replaces them",
    ]],
    [{ candidate: { base: 4, changes: 1 } }, ["candidate   1 edit over version 4, not applied"]],
    [{ candidate: { base: null, changes: 7 } }, ["candidate   7 edits, not applied"]],
    [{ candidate: { base: 4, changes: 0 } }, ["candidate   no edits"]],
    [{ kernel: { state: "drift", version: 4, drift } }, [
      "kernel      changed behind Patronus's back: 1 difference",
      "-  rule x in chain input  accept",
    ]],
    [{ kernel: { state: "missing", version: null, drift: [] } }, [
      "kernel      the table is gone; patronus apply brings it back",
    ]],
    [{ kernel: { state: "unreadable", version: null, drift: [] } }, ["kernel      reading it takes root"]],
    [{ forwarding: { ipv4: true, ipv6: false } }, ["forwarding  IPv4 only"]],
    [{ forwarding: { ipv4: false, ipv6: false } }, ["forwarding  off"]],
    [
      {
        leases: [{
          device: "eth0",
          family: 4,
          addresses: ["192.0.2.7/24"],
          gateways: ["192.0.2.1"],
          resolvers: [],
          server: null,
          expires: null,
        }],
      },
      ["leases      eth0: 192.0.2.7/24, gateway 192.0.2.1"],
    ],
    [{ kept: false }, [
      "network     no DHCP, and devices that appear are not set up: patronus apply changes that",
    ]],
    [{ recovered: ["version 5 was undone: its confirmation ran out", "a second line"] }, [
      "recovered   version 5 was undone: its confirmation ran out",
      "            a second line",
    ]],
    [{
      foreign: [{
        family: "ip",
        table: "nat",
        chain: "PREROUTING",
        hook: "prerouting",
        priority: -100,
        policy: "accept",
      }],
    }, [
      "also decide  ip nat PREROUTING: hook prerouting, priority -100, policy accept",
    ]],
  ];
  for (const [part, expected] of cases) {
    const text = lines(part);
    for (const line of expected) assert(text.includes(line), `${line}\nis not in\n${text.join("\n")}`);
  }
  assert(
    lines({ version: { ...VERSION, confirmed: false }, confirmed: 2 })[0]?.endsWith(
      "(version 2 is the last confirmed one)",
    ),
  );
  assert(
    !lines({ kernel: { state: "unreadable", version: null, drift: [] } }).some((line) => line.startsWith("rules")),
  );
});
