import { assertEquals, assertMatch, assertThrows } from "../std/assert.ts";
import type { Command, Option } from "../model/command.ts";
import { PatronusError } from "../model/error.ts";
import { JSON_OPTION, optionsOf, parse } from "./parse.ts";

const OPTIONS: readonly Option[] = [
  { name: "action", type: "text", values: ["accept", "drop"], value: "ACTION", description: "what happens" },
  { name: "destination-port", aliases: ["dport", "p"], type: "list", description: "ports" },
  { name: "state", type: "list", values: ["new", "invalid"], description: "states" },
  { name: "protocol", type: "text", values: ["tcp", "udp"], open: true, description: "protocol" },
  { name: "comment", type: "text", description: "text" },
  { name: "log", aliases: ["l"], type: "flag", default: "no", description: "log" },
];

const command = (more: Partial<Command> = {}): Command => ({
  path: ["rule", "add"],
  summary: "Add a rule",
  run: () => Promise.resolve({ blocks: [] }),
  ...more,
});

const words = (line: string) => line === "" ? [] : line.split(" ").map((word) => word.replaceAll("_", " "));

Deno.test("options are read in every spelling", () => {
  const cases: readonly [line: string, options: Record<string, unknown>][] = [
    ["", {}],
    ["--action drop", { action: "drop" }],
    ["--action=drop", { action: "drop" }],
    ["--action drop --action accept", { action: "accept" }],
    ["--dport 80,443", { "destination-port": ["80", "443"] }],
    ["--dport 80 -p 443 --destination-port=8000-8100", { "destination-port": ["80", "443", "8000-8100"] }],
    ["--dport 80,_443,", { "destination-port": ["80", "443"] }],
    ["--protocol 47", { protocol: "47" }],
    ["--comment a_b=c", { comment: "a b=c" }],
    ["--comment=", { comment: "" }],
    ["--comment --log", { comment: "--log" }],
    ["--log", { log: true }],
    ["-l", { log: true }],
    ["--no-log", { log: false }],
    ["--log --no-log", { log: false }],
  ];
  for (const [line, options] of cases) assertEquals(parse(command(), OPTIONS, words(line)).options, options, line);
});

Deno.test("words go to the arguments in order, and behind -- everything is a word", () => {
  const two = command({
    arguments: [{ name: "FROM", description: "" }, { name: "TO", description: "", optional: true }],
  });
  const many = command({
    arguments: [{ name: "FIRST", description: "" }, { name: "REST", description: "", repeated: true }],
  });
  const cases: readonly [Command, string, Record<string, unknown>][] = [
    [two, "a", { FROM: "a" }],
    [two, "a b", { FROM: "a", TO: "b" }],
    [two, "a --log b", { FROM: "a", TO: "b" }],
    [two, "-- --log -", { FROM: "--log", TO: "-" }],
    [two, "-", { FROM: "-" }],
    [many, "a b c", { FIRST: "a", REST: ["b", "c"] }],
  ];
  for (const [each, line, expected] of cases) assertEquals(parse(each, OPTIONS, words(line)).words, expected, line);
});

Deno.test("what a command does not take is refused with the word and a way on", () => {
  const one = command({ arguments: [{ name: "SHELL", description: "", values: ["bash", "zsh"] }] });
  const several = command({ arguments: [{ name: "ID", description: "", repeated: true }] });
  const required = OPTIONS.map((option) => option.name === "action" ? { ...option, required: true } : option);
  const cases: readonly [Command, readonly Option[], string, message: RegExp, hint: RegExp][] = [
    [command(), OPTIONS, "--acton drop", /^unknown option --acton$/, /did you mean --action\?/],
    [command(), OPTIONS, "--xyzzy=1", /^unknown option --xyzzy$/, /patronus rule add --help/],
    [command(), OPTIONS, "--no-comment", /^unknown option --no-comment$/, /--help/],
    [command(), OPTIONS, "-log", /^unknown option -log$/, /did you mean --log\?/],
    [command(), OPTIONS, "--action", /^--action needs a value$/, /--help/],
    [command(), OPTIONS, "--action dorp", /^--action cannot be dorp$/, /did you mean drop\? it is one of accept, drop/],
    [command(), OPTIONS, "--action=", /^--action cannot be empty$/, /it is one of accept, drop/],
    [command(), OPTIONS, "--state new,invaild", /^--state cannot be invaild$/, /did you mean invalid\?/],
    [command(), OPTIONS, "--log=yes", /^--log takes no value$/, /--help/],
    [command(), OPTIONS, "stray", /^one word too many: stray$/, /--help/],
    [command(), required, "--log", /^--action is missing$/, /give --action ACTION: one of accept, drop/],
    [one, OPTIONS, "", /^SHELL is missing$/, /--help/],
    [one, OPTIONS, "zhs", /^SHELL cannot be zhs$/, /did you mean zsh\?/],
    [several, OPTIONS, "--log", /^ID is missing$/, /--help/],
  ];
  for (const [each, options, line, message, hint] of cases) {
    const error = assertThrows(() => parse(each, options, words(line)), PatronusError);
    assertEquals(error.code, "usage", line);
    assertMatch(error.message, message);
    assertMatch(error.details.hint ?? "", hint);
  }
});

Deno.test("--json takes no other format beside it", () => {
  const options: Option[] = [{ name: "format", type: "text", description: "" }, JSON_OPTION];
  assertEquals(parse(command(), options, words("--json --format json")).options, { json: true, format: "json" });
  const error = assertThrows(() => parse(command(), options, words("--format nft --json")), PatronusError);
  assertEquals([error.code, error.message], ["usage", "--json and --format nft contradict each other"]);
});

Deno.test("every reading command takes --json, no other does", async () => {
  const names = async (each: Command) => (await optionsOf(each)).map((option) => option.name);
  const own = () => Promise.resolve(OPTIONS.slice(0, 1));
  assertEquals(await names(command({ options: own })), ["action"]);
  assertEquals(await names(command({ options: own, reads: true })), ["action", "json"]);
});
