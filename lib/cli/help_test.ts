import { assert, assertEquals, assertMatch, assertThrows } from "../std/assert.ts";
import type { Command } from "../model/command.ts";
import { PatronusError } from "../model/error.ts";
import { COMMANDS } from "./commands.ts";
import { commandHelp, groupHelp, optionText, optionUsage } from "./help.ts";
import { optionsOf } from "./parse.ts";
import type { Terminal } from "./terminal.ts";
import { locate, nextWords } from "./tree.ts";
import { width } from "./width.ts";

const terminal = (cells: number): Terminal => ({ width: cells, colour: false, interactive: true });
const PLAIN = terminal(Infinity);

/** Every word that only groups commands, and the program itself. */
const GROUPS = [[], ...Object.keys(COMMANDS.groups).map((words) => words.split(" "))];

Deno.test("every command says what it does in one line, and its help names all that it takes", async () => {
  const paths = new Set<string>();
  for (const command of COMMANDS.commands) {
    const name = command.path.join(" ");
    assert(!paths.has(name), `${name} is there twice`);
    paths.add(name);
    assertMatch(command.summary, /^[A-Z].{8,75}[^.]$/, name);
    const options = await optionsOf(command);
    const spellings = options.flatMap((option) => [option.name, ...(option.aliases ?? [])]);
    assertEquals(new Set(spellings).size, spellings.length, `${name} has an option twice`);
    const help = await commandHelp(command, PLAIN);
    assert(help.startsWith(`${command.summary}\n`), name);
    assert(help.includes(`Usage: patronus ${name}`), name);
    for (const argument of command.arguments ?? []) {
      assert(help.includes(`  ${argument.optional ? "[" : ""}${argument.name}`), `${name} ${argument.name}`);
      assert(argument.description !== "", `${name} ${argument.name}`);
    }
    for (const option of options) {
      assert(help.includes(`  ${optionUsage(option)}`), `${name} --${option.name}`);
      assertMatch(option.description, /[^.]$/, `${name} --${option.name}`);
    }
    for (const example of command.examples ?? []) assert(help.includes(example.command), name);
  }
});

Deno.test("every example is a command line that the program takes", async () => {
  const { parse } = await import("./parse.ts");
  for (const command of COMMANDS.commands) {
    for (const { command: line } of command.examples ?? []) {
      for (const [, typed = ""] of line.matchAll(/patronus ((?:"[^"]*"|[^|)>])+)/g)) {
        const words = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
        const place = locate(COMMANDS, words);
        assert(place.command !== undefined, line);
        parse(place.command, await optionsOf(place.command), place.rest);
      }
    }
  }
});

Deno.test("every group says what it is for, and lists all that is in it", () => {
  for (const path of GROUPS) {
    const help = groupHelp(COMMANDS, path, PLAIN);
    const words = nextWords(COMMANDS, path);
    assert(words.length > 0, path.join(" "));
    for (const word of words) assertMatch(help, new RegExp(`^  ${word}( .*)?  \\S`, "m"));
    if (path.length > 0) assert(help.startsWith(COMMANDS.groups[path.join(" ")] ?? "?"), path.join(" "));
  }
  const grouped = new Set(
    COMMANDS.commands.flatMap(({ path }) => path.slice(1).map((_, at) => path.slice(0, at + 1).join(" "))),
  );
  assertEquals(Object.keys(COMMANDS.groups).sort(), [...grouped].sort());
});

Deno.test("help fits the terminal", async () => {
  for (const cells of [76, 80, 120]) {
    const texts = [...GROUPS.map((path) => groupHelp(COMMANDS, path, terminal(cells)))];
    for (const command of COMMANDS.commands) {
      // Examples are there to be copied, and a line of usage to be read: neither is broken.
      texts.push((await commandHelp({ ...command, examples: [] }, terminal(cells))).replace(/^Usage: .*$/m, ""));
    }
    for (const line of texts.flatMap((text) => text.split("\n"))) {
      assert(width(line) <= cells, `${cells}: ${line}`);
    }
  }
});

Deno.test("an option tells its spellings, values and default", () => {
  const cases: readonly [Parameters<typeof optionUsage>[0], usage: string, text: string][] = [
    [{ name: "force", type: "flag", description: "Do it" }, "--force", "Do it"],
    [{ name: "log", type: "flag", default: "no", description: "Log" }, "--[no-]log", "Log (default no)"],
    [{ name: "message", aliases: ["m"], type: "text", value: "TEXT", description: "Why" }, "-m, --message TEXT", "Why"],
    [
      { name: "protocol", type: "text", values: ["tcp", "udp"], open: true, default: "tcp", description: "Which" },
      "--protocol VALUE",
      "Which (tcp, udp, …; default tcp)",
    ],
    [
      { name: "action", type: "text", value: "ACTION", values: ["accept"], required: true, description: "What" },
      "--action ACTION",
      "What (accept; required)",
    ],
  ];
  for (const [option, usage, text] of cases) {
    assertEquals(optionUsage(option), usage);
    assertEquals(optionText(option), text);
  }
});

Deno.test("words lead to a command, to a group, or to the nearest word", () => {
  const none: Command["run"] = () => Promise.resolve({ blocks: [] });
  const table = {
    groups: { rule: "Rules" },
    commands: [
      { path: ["rule", "add"], summary: "Add", run: none },
      { path: ["rule", "secret"], summary: "Hidden", hidden: true, run: none },
      { path: ["plan"], summary: "Plan", run: none },
    ],
  };
  const cases: readonly [words: string[], path: string[], command: string | undefined, rest: string[]][] = [
    [[], [], undefined, []],
    [["rule"], ["rule"], undefined, []],
    [["rule", "add", "x", "--log"], ["rule", "add"], "Add", ["x", "--log"]],
    [["rule", "--json"], ["rule"], undefined, ["--json"]],
    [["plan", "rule"], ["plan"], "Plan", ["rule"]],
  ];
  for (const [words, path, summary, rest] of cases) {
    const place = locate(table, words);
    assertEquals([place.path, place.command?.summary, place.rest], [path, summary, rest]);
  }
  assertEquals(nextWords(table, ["rule"]), ["add"]);
  const wrong: readonly [string[], RegExp, RegExp][] = [
    [["paln"], /^there is no command paln$/, /did you mean patronus plan\?/],
    [["rule", "ad"], /^rule has no verb ad$/, /did you mean patronus rule add\?/],
    [["rule", "secrte"], /^rule has no verb secrte$/, /^patronus rule --help lists them$/],
  ];
  for (const [words, message, hint] of wrong) {
    const error = assertThrows(() => locate(table, words), PatronusError);
    assertEquals(error.code, "usage");
    assertMatch(error.message, message);
    assertMatch(error.details.hint ?? "", hint);
  }
});
