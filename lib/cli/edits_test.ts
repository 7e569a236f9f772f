/** Command lines that edit, and what each makes of the same small document. */
import { assertEquals, assertMatch, assertRejects } from "../std/assert.ts";
import { diff, printDiff } from "../config/changes.ts";
import { read } from "../config/format.ts";
import type { Document } from "../features/document.ts";
import { check } from "../features/mod.ts";
import type { Output } from "../model/command.ts";
import { PatronusError } from "../model/error.ts";
import { COMMANDS } from "./commands.ts";
import type { Desk } from "./desk.ts";
import { optionsOf, parse } from "./parse.ts";
import { renderText } from "./render.ts";
import { locate } from "./tree.ts";

const EDGE = `
[[interfaces]]
name = "wan"
device = "eth0"

[[interfaces]]
name = "lan"
device = "eth1"

[zones.inside]
interfaces = "lan"

[aliases.web]
type = "host"
members = ["192.0.2.10", "192.0.2.11"]

[firewall]
forwarding = true
chains = [{ name = "guests" }]

[[firewall.rules]]
id = "first"
action = "accept"
in = "lan"
out = "wan"
comment = "out"

[[firewall.rules]]
id = "second"
action = "drop"
destination = "web"

[[firewall.rules]]
id = "third"
chain = "input"
action = "accept"
in = "inside"

[[firewall.rules]]
id = "fourth"
action = "jump"
target = "guests"

[[nat.rules]]
id = "outbound"
type = "masquerade"
out = "wan"
`;

function parsed(text: string): Document {
  const { document, findings } = read(text, "toml");
  if (document === null) throw new Error(JSON.stringify(findings));
  return document;
}

/** Holds one document in memory, and checks edits as the real desk does. */
function memoryDesk(before: Document): { desk: Desk; now: () => Document } {
  let document = before;
  const desk = {
    document: () => Promise.resolve(document),
    applied: () => Promise.resolve(before),
    isNew: () => Promise.resolve(false),
    edit: (change: (document: Document) => Document) => {
      const after = change(document);
      const findings = check(after).filter((finding) => finding.severity === "error");
      if (findings.length > 0) throw new PatronusError("input", "that would not be valid", { findings });
      document = after;
      return Promise.resolve(document);
    },
  } as unknown as Desk;
  return { desk, now: () => document };
}

const words = (line: string) => [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");

async function run(line: string, desk: Desk): Promise<Output> {
  const { command, rest } = locate(COMMANDS, words(line));
  if (command === undefined) throw new Error(`${line} is no command`);
  return await command.run(parse(command, await optionsOf(command), rest), desk);
}

/** What a command line changes, and what it says. */
async function edited(line: string): Promise<{ changes: string[]; said: string }> {
  const before = parsed(EDGE);
  const { desk, now } = memoryDesk(before);
  const output = await run(line, desk);
  const said = renderText(output, { width: 200, colour: false, interactive: false });
  return { changes: printDiff(diff(before, now()), before, now()), said };
}

Deno.test("an edit changes what it says, and nothing else", async () => {
  const cases: readonly [line: string, changes: string[]][] = [
    ["firewall add --action drop", ["+ firewall rule drop: action drop"]],
    ["firewall add --action accept --in !wan --src 10.0.0.0/8,web --dport 80,8000-8100 --protocol tcp --log", [
      "+ firewall rule accept-tcp-wan-80-8000-8100: action accept, in !wan, protocol tcp, source [10.0.0.0/8, web], destination_port [80, 8000-8100], log yes",
    ]],
    ["firewall add --action accept --comment 'Public web: 東京 & more'", [
      '+ firewall rule public-web-more: action accept, comment "Public web: 東京 & more"',
    ]],
    ["firewall add --action accept --comment out --id first-2 --tags a,b --no-enabled", [
      "+ firewall rule first-2: action accept, enabled no, comment out, tags [a, b]",
    ]],
    ["firewall edit first --out any --no-log --comment ''", [
      "~ firewall rule first: out wan → none, comment out → none",
    ]],
    ["firewall edit second --destination !web --action reject --reject-with tcp-reset --protocol tcp", [
      "~ firewall rule second: action drop → reject, reject_with auto → tcp-reset, protocol any → tcp, destination web → !web",
    ]],
    ["firewall edit first --reset comment,in", ["~ firewall rule first: in lan → none, comment out → none"]],
    ["firewall edit second --before first", ["~ firewall rule second: moved to the top"]],
    ["firewall move second --first", ["~ firewall rule second: moved to the top"]],
    ["firewall move first --after third", ["~ firewall rule first: moved behind third"]],
    ["firewall move fourth --position 1", ["~ firewall rule fourth: moved to the top"]],
    ["firewall move first --last", ["~ firewall rule first: moved behind fourth"]],
    ["firewall move first --before first", []],
    ["firewall disable first fourth", [
      "~ firewall rule first: enabled yes → no",
      "~ firewall rule fourth: enabled yes → no",
    ]],
    ["firewall enable first", []],
    ["firewall clone first", ["+ firewall rule first-2: action accept, in lan, out wan, comment out"]],
    ["firewall delete first third", [
      "- firewall rule first: action accept, in lan, out wan, comment out",
      "- firewall rule third: chain input, action accept, in inside",
    ]],
    ["firewall set --default-forward reject --log-default --anti-lockout-ports 22,2222 --anti-lockout-in inside", [
      "~ firewall: default_forward drop → reject, log_default no → yes, anti_lockout.in none → inside, anti_lockout.ports 22 → [22, 2222]",
    ]],
    ["firewall enable-forwarding --family ipv4", ["~ firewall: forwarding yes → ipv4"]],
    ["firewall enable-forwarding", []],
    ["firewall disable-forwarding", ["~ firewall: forwarding yes → no"]],
    ["firewall chain add dmz", ["+ firewall chain dmz"]],
    ["firewall chain rename guests visitors", ["~ firewall chain visitors: name guests → visitors"]],
    ["nat add --type dnat --in wan --protocol tcp --dport 443 --to 192.0.2.10 --hairpin lan --first", [
      "+ nat rule dnat-tcp-wan-443: type dnat, in wan, protocol tcp, destination_port 443, to 192.0.2.10, hairpin lan",
    ]],
    ["nat edit outbound --family ipv4", ["~ nat rule outbound: family both → ipv4"]],
    ["nat disable outbound", ["~ nat rule outbound: enabled yes → no"]],
    ["nat delete outbound", ["- nat rule outbound: type masquerade, out wan"]],
    ["alias add ssh --type port 22 2222", ["+ alias ssh: type port, members [22, 2222]"]],
    ["alias edit web --add-member 192.0.2.12 --remove-member 192.0.2.10", [
      "~ alias web: members [192.0.2.10, 192.0.2.11] → [192.0.2.11, 192.0.2.12]",
    ]],
    ["alias rename web servers", ["~ alias servers: name web → servers"]],
    ["zone add outside --interfaces wan", ["+ zone outside: interfaces wan"]],
    ["zone rename inside home", ["~ zone home: name inside → home"]],
    ["zone edit inside --interfaces lan,wan", ["~ zone inside: interfaces lan → [lan, wan]"]],
    ["network add dmz --device eth2", ["+ interface dmz: device eth2"]],
    ["network set lan --device eth7", ["~ interface lan: device eth1 → eth7"]],
    ["network rename wan internet", ["~ interface internet: name wan → internet"]],
  ];
  for (const [line, changes] of cases) assertEquals((await edited(line)).changes, changes, line);
});

Deno.test("an edit that cannot be changes nothing and says why", async () => {
  const cases: readonly [line: string, code: string, says: RegExp][] = [
    ["firewall add --action drop --id first", "input", /there is already a rule first/],
    ["firewall add --action drop --id First", "input", /not valid/],
    ["firewall add --action drop --in guests", "input", /there is no interface or zone guests \(--in\)/],
    ["firewall add --action jump --target geusts", "input", /there is no chain geusts \(--target\)/],
    ["firewall add --action accept --dport 80", "input", /not be valid/],
    ["firewall add --action drop --first --last", "usage", /more than one place/],
    ["firewall add --action drop --position 0", "usage", /--position cannot be 0/],
    ["firewall add --action drop --before nothing", "input", /there is no rule nothing/],
    ["firewall edit first", "usage", /nothing to change/],
    ["firewall edit fisrt --log", "input", /there is no rule fisrt/],
    ["firewall move first", "usage", /where to\?/],
    ["firewall set", "usage", /nothing to set/],
    ["firewall delete first nothing", "input", /there is no rule nothing/],
    ["firewall chain delete guests", "input", /chain guests is in use/],
    ["alias delete web", "input", /alias web is in use/],
    ["zone delete inside", "input", /zone inside is in use/],
    ["network delete wan", "input", /interface wan is in use/],
    ["alias edit web --remove-member 192.0.2.99", "input", /web has no member 192\.0\.2\.99/],
    ["alias rename web lan", "input", /not be valid/],
    ["alias add any --type host", "input", /not valid/],
    ["firewall init", "conflict", /there is a configuration already/],
  ];
  for (const [line, code, says] of cases) {
    const error = await assertRejects(() => edited(line), PatronusError);
    assertEquals(error.code, code, line);
    assertMatch(error.message, says);
  }
});

Deno.test("an edit says what is there now, in one line for each object", async () => {
  const cases: readonly [line: string, said: string][] = [
    ["firewall add --action drop --in wan --comment spam", "added  spam  forward: drop anything from wan\n"],
    ["firewall edit second --log", "changed  second  forward: drop anything to web and log it\n"],
    [
      "firewall disable first third",
      "disabled  first  forward: accept anything from lan to wan (disabled)\ndisabled  third  input: accept anything from inside (disabled)\n",
    ],
    ["firewall delete second", "deleted  rule second\n"],
    ["firewall disable-forwarding", "changed  forwarding: on → off\n"],
    ["firewall enable-forwarding", "it is so already\n"],
    ["firewall flush", "flushed  4 rules\nnow only the defaults decide: input drop, forward drop, output accept\n"],
    ["alias rename web servers", "renamed  host servers: 192.0.2.10, 192.0.2.11\n"],
  ];
  for (const [line, said] of cases) assertEquals((await edited(line)).said, said, line);
});

Deno.test("a place by number counts within the rule's chain", async () => {
  const { desk, now } = memoryDesk(parsed(EDGE));
  await run("firewall add --action drop --id x --position 2", desk);
  assertEquals(now().firewall.rules.map((rule) => rule.id), ["first", "x", "second", "third", "fourth"]);
  await run("firewall edit x --position 99", desk);
  assertEquals(now().firewall.rules.map((rule) => rule.id).at(-1), "x");
  await run("firewall edit x --chain input --position 1", desk);
  assertEquals(now().firewall.rules.map((rule) => rule.id), ["first", "second", "x", "third", "fourth"]);
});
