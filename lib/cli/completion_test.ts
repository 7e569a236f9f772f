import { assertEquals, assertMatch } from "../std/assert.ts";
import { read } from "../config/format.ts";
import { COMMANDS } from "./commands.ts";
import { completions, SCRIPTS } from "./completion.ts";
import type { Desk } from "./desk.ts";

const DOCUMENT = `
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
members = "192.0.2.10"
comment = "web servers"

[aliases.web-ports]
type = "port"
members = [80, 443]

[[firewall.rules]]
id = "allow-web"
action = "accept"
comment = "public web"

[[firewall.rules]]
id = "drop-rest"
action = "drop"

[[nat.rules]]
id = "outbound"
type = "masquerade"
out = "wan"
`;

const document = read(DOCUMENT, "toml").document;
const source = {
  document: () => Promise.resolve(document),
  history: () => Promise.resolve([12, 11, 2].map((number) => ({ number }))),
  devices: () => Promise.resolve([{ name: "eth0", addresses: ["192.0.2.1/24"] }, { name: "br0", addresses: [] }]),
} as unknown as Desk;

/** The words offered, without notes. */
async function offered(line: string): Promise<string[]> {
  return (await completions(COMMANDS, line.split(" "), source)).map((offer) => offer.trimEnd().split("\t")[0] ?? "");
}

Deno.test("Tab offers what may stand there, and nothing else", async () => {
  const cases: readonly [line: string, words: string[]][] = [
    ["pl", ["plan"]],
    ["firewall en", ["enable", "enable-forwarding"]],
    ["firewall chain ", ["add", "rename", "delete"]],
    ["completion ", ["bash", "zsh", "fish"]],
    ["firewall edit ", ["allow-web", "drop-rest"]],
    ["firewall edit a", ["allow-web"]],
    ["firewall delete allow-web d", ["drop-rest"]],
    ["nat enable ", ["outbound"]],
    ["zone show ", ["inside"]],
    ["alias show ", ["web", "web-ports"]],
    ["rollback ", ["12", "11", "2"]],
    ["rollback 1", ["12", "11"]],
    ["config diff 2 1", ["12", "11"]],
    ["config import ", [":files"]],
    ["config export --version ", ["12", "11", "2"]],
    ["config export --format ", ["toml", "json"]],
    ["config export --format=j", ["--format=json"]],
    ["firewall add --action ", ["accept", "drop", "reject", "jump", "return"]],
    ["firewall add --action=d", ["--action=drop"]],
    ["firewall add --in ", ["lan", "wan", "inside"]],
    ["firewall add --in !l", ["!lan"]],
    ["firewall add --in wan,l", ["wan,lan"]],
    ["firewall add --in=wan,!i", ["--in=wan,!inside"]],
    ["firewall add --destination ", ["web"]],
    ["firewall add --dport ", ["web-ports"]],
    ["firewall add --before ", ["allow-web", "drop-rest"]],
    ["firewall add --chain ", ["input", "forward", "output"]],
    ["firewall add --comm", ["--comment"]],
    ["firewall add --no-e", ["--no-enabled"]],
    ["plan --", ["--full", "--json"]],
    ["plan --full --", ["--json"]],
    ["apply --confirm ", []],
    ["firewall list xyz", []],
    ["network set ", ["lan", "wan"]],
    ["network add dmz --device ", ["eth0", "br0"]],
  ];
  for (const [line, words] of cases) assertEquals(await offered(line), words, line);
});

Deno.test("an offer tells what it stands for", async () => {
  assertEquals(await completions(COMMANDS, ["firewall", "edit", "a"], source), ["allow-web\tpublic web\n"]);
  assertEquals(await completions(COMMANDS, ["pla"], source), [
    "plan\tShow what applying your candidate would change\n",
  ]);
  assertEquals(await completions(COMMANDS, ["rollback", "12"], source), ["12\n"]);
});

Deno.test("each shell's script only asks the program", () => {
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    assertMatch(script, /complete -- /, shell);
    assertEquals(script.includes("firewall"), false, shell);
  }
});
