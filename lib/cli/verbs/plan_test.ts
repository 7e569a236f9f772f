import { assert, assertEquals } from "../../std/assert.ts";
import { diff, printDiff } from "../../config/changes.ts";
import { read } from "../../config/format.ts";
import type { Plan } from "../../engine/plan.ts";
import type { Change, PlannedStep } from "../../engine/step.ts";
import type { Document } from "../../features/document.ts";
import type { Block } from "../../model/command.ts";
import { renderText } from "../render.ts";
import { changeBlocks, SHOWN, tally } from "./changes.ts";
import { planBlocks, planJson } from "./plan.ts";

function parsed(text: string): Document {
  const { document, findings } = read(text, "toml");
  if (document === null) throw new Error(JSON.stringify(findings));
  return document;
}

const BEFORE = parsed(`[[firewall.rules]]\nid = "web"\naction = "accept"\nprotocol = "tcp"\ndestination_port = 80`);
const AFTER = parsed(`[[firewall.rules]]\nid = "web"\naction = "accept"\nprotocol = "tcp"\ndestination_port = 443`);

const step = (changes: readonly Change[]): PlannedStep => ({
  kind: "nftables",
  title: "load table inet patronus",
  changes,
  redo: { secret: 1 },
  undo: null,
});

const CHANGES = diff(BEFORE, AFTER);
/** What a plan says of the document. */
const EDITED = { document: CHANGES, words: printDiff(CHANGES, BEFORE, AFTER) };

const NOTHING: Plan = {
  from: 3,
  document: [],
  words: [],
  steps: [],
  strange: false,
  drift: [],
  findings: [],
  lockouts: [],
  foreign: [],
};

/** As a terminal of so many cells shows it. */
function shown(blocks: readonly Block[], width = 72): string[] {
  return renderText({ blocks }, { width, colour: false, interactive: false }).trimEnd().split("\n");
}

const WEB: Change = {
  action: "change",
  subject: "rule web in chain forward",
  before: 'tcp dport 80 counter accept comment "web"',
  after: 'tcp dport 443 counter accept comment "web"',
};

Deno.test("an empty plan says so in one line", () => {
  assertEquals(shown(planBlocks(NOTHING, false)), ["nothing to apply  the machine is as version 3 says"]);
});

Deno.test("a plan tells the change in the document's words, then in the kernel's", () => {
  const plan = { ...NOTHING, ...EDITED, steps: [step([WEB])] };
  assertEquals(shown(planBlocks(plan, false)), [
    "Version 3 → 4",
    "",
    "Configuration  1 object",
    "~ firewall rule web: destination_port 80 → 443",
    "",
    "Load table inet patronus  1 changed",
    '~  rule web in chain forward  - tcp dport 80 counter accept comment "we…',
    '                              + tcp dport 443 counter accept comment "w…',
  ]);
  const whole = shown(planBlocks(plan, true));
  assertEquals(whole.slice(-4), [
    "~  rule web in chain forward  - tcp dport 80 counter accept comment",
    '                              "web"',
    "                              + tcp dport 443 counter accept comment",
    '                              "web"',
  ]);
});

Deno.test("what else a plan knows is said: the first version, drift, findings, others' chains, lockouts", () => {
  const found: Change = {
    action: "remove",
    subject: "rule without a comment in chain input",
    before: "accept",
  };
  const cases: readonly [part: Partial<Plan>, lines: string[]][] = [
    [{ from: null, ...EDITED }, [
      "Version 1  the first; nothing of Patronus is applied yet",
    ]],
    [{ from: null, ...EDITED, strange: true }, [
      "A first version  the rules in the kernel are of no version of this store",
    ]],
    [{ strange: true, steps: [step([found])], drift: [found] }, [
      "Drift  the rules in the kernel are of no version of this store; applying replaces them",
    ]],
    [{ steps: [step([found])], drift: [found] }, [
      "Version 3 stays  the machine differs from it",
      "Drift  changed behind Patronus's back; applying repairs it",
      "-  rule without a comment in chain input  accept",
    ]],
    [
      { findings: [{ severity: "warning", path: "firewall.rules[web]", message: "matches nothing", hint: "drop it" }] },
      [
        "warning: matches nothing (firewall.rules[web])",
        "  drop it",
      ],
    ],
    [{
      steps: [step([WEB])],
      foreign: [{ family: "ip", table: "docker", chain: "FORWARD", hook: "forward", priority: 0, policy: "drop" }],
    }, [
      "note: other tables of this machine also decide what passes:",
      "  ip docker FORWARD: hook forward, priority 0, policy drop",
    ]],
    [{
      steps: [step([WEB])],
      lockouts: [
        { connection: "established", from: "198.51.100.7", to: "192.0.2.1", port: 22, by: "rule drop-all" },
        { connection: "new", from: "198.51.100.7", to: "192.0.2.1", port: 22, by: "the default of chain input" },
      ],
    }, [
      "WARNING: applying this cuts you off",
      "  your own session, from 198.51.100.7 to 192.0.2.1 port 22, would be stopped by rule drop-all",
      "  a new session like yours, from 198.51.100.7 to 192.0.2.1 port 22, would be stopped by the default of chain input",
    ]],
  ];
  for (const [part, lines] of cases) {
    const text = shown(planBlocks({ ...NOTHING, ...part }, false), Infinity);
    for (const line of lines) assert(text.includes(line), `${line}\nis not in\n${text.join("\n")}`);
  }
});

Deno.test("a plan that cannot be applied says so last", () => {
  const findings = [{ severity: "error", path: "firewall.rules[web].in", message: "there is no zone wna" }] as const;
  const text = shown(planBlocks({ ...NOTHING, ...EDITED, findings }, false));
  assertEquals(text.slice(-3), [
    "error: there is no zone wna (firewall.rules[web].in)",
    "",
    "this cannot be applied before its errors are mended",
  ]);
});

Deno.test("drift is told once, not among what the edit changes", () => {
  const plan = { ...NOTHING, steps: [step([WEB])], drift: [{ ...WEB }] };
  const text = shown(planBlocks(plan, false), Infinity);
  assertEquals(text.filter((line) => line.includes("rule web in chain forward")).length, 1);
});

Deno.test("a long list is counted, not told, unless all of it is asked for", () => {
  const many = Array.from(
    { length: SHOWN + 976 },
    (_, index): Change => ({ action: "add", subject: `rule r${index}`, after: "accept" }),
  );
  assertEquals(shown(changeBlocks(many, false)).length, SHOWN + 1);
  assertEquals(shown(changeBlocks(many, false)).at(-1), "… and 976 more; patronus plan --full shows all");
  assertEquals(shown(changeBlocks(many, true)).length, SHOWN + 976);
});

Deno.test("chains share a line, and what only moved is told once", () => {
  const chain = (name: string, action: Change["action"] = "add"): Change => ({ action, subject: `chain ${name}` });
  const moved: Change = {
    action: "change",
    subject: "rule a in chain input (moved)",
    before: "accept",
    after: "accept",
  };
  const changes = [
    chain("input"),
    chain("output"),
    moved,
    chain("vpn"),
    chain("old", "remove"),
    chain("older", "remove"),
  ];
  assertEquals(shown(changeBlocks(changes, false)), [
    "+  2 chains                       input, output",
    "~  rule a in chain input (moved)  accept",
    "+  chain vpn",
    "-  2 chains                       old, older",
  ]);
  assertEquals(shown(changeBlocks(changes, true)).length, 6);
});

Deno.test("changes are counted by what happens", () => {
  const change = (action: Change["action"]): Change => ({ action, subject: "x" });
  assertEquals(tally([]), "nothing");
  assertEquals(tally([change("remove"), change("add"), change("add")]), "2 added, 1 removed");
  assertEquals(tally([change("change")]), "1 changed");
});

Deno.test("the plan for programs holds no document and nothing of the journal", () => {
  const json = JSON.parse(JSON.stringify(planJson({ ...NOTHING, steps: [step([WEB])] })));
  assertEquals(Object.keys(json), [
    "from",
    "empty",
    "document",
    "steps",
    "strange",
    "drift",
    "findings",
    "lockouts",
    "foreign",
  ]);
  assertEquals(json.empty, false);
  assertEquals(json.steps, [{ kind: "nftables", title: "load table inet patronus", changes: [WEB] }]);
  assertEquals((planJson(NOTHING) as { empty: boolean }).empty, true);
});
