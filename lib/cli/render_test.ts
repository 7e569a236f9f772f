import { assertEquals } from "../std/assert.ts";
import type { Block, Output } from "../model/command.ts";
import { renderJson, renderText } from "./render.ts";
import type { Terminal } from "./terminal.ts";

const PIPE: Terminal = { width: Infinity, colour: false, interactive: false };
const SCREEN: Terminal = { width: 80, colour: true, interactive: true };

const BLOCKS: readonly (readonly [block: Block, onPipe: string, onScreen: string])[] = [
  [
    { kind: "heading", text: "forward", note: "no rules" },
    "forward  no rules\n",
    "\x1b[1mforward\x1b[0m  \x1b[2mno rules\x1b[0m\n",
  ],
  [{ kind: "line", text: [{ text: "added  ", tone: "good" }, "web"] }, "added  web\n", "\x1b[32madded  \x1b[0mweb\n"],
  [{ kind: "line", text: [] }, "\n", "\n"],
  [{ kind: "line", text: ["a\nb\x1b[1m"] }, "a\\u{a}b\\u{1b}[1m\n", "a\\u{a}b\\u{1b}[1m\n"],
  [{ kind: "hint", text: "patronus plan" }, "", "\x1b[2mpatronus plan\x1b[0m\n"],
  [
    { kind: "fields", fields: [["rule", "web"], ["destination", { text: "any", tone: "dim" }]] },
    "rule         web\ndestination  any\n",
    "\x1b[2mrule\x1b[0m         web\n\x1b[2mdestination\x1b[0m  \x1b[2many\x1b[0m\n",
  ],
  [{ kind: "table", columns: [{ title: "A" }], rows: [["x"]] }, "A\nx\n", "\x1b[2mA\x1b[0m\nx\n"],
  [{ kind: "verbatim", text: "schema = 1" }, "schema = 1\n", "schema = 1\n"],
  [{ kind: "verbatim", text: "\ttab\n" }, "\ttab\n", "\ttab\n"],
  [{ kind: "verbatim", text: "" }, "", ""],
];

Deno.test("each block prints its way, with colours and hints on a terminal only", () => {
  for (const [block, pipe, screen] of BLOCKS) {
    assertEquals(renderText({ blocks: [block] }, PIPE), pipe);
    assertEquals(renderText({ blocks: [block] }, SCREEN), screen);
  }
});

Deno.test("JSON is what the command gave for it, with numbers that JSON can hold", () => {
  const cases: readonly [Output["json"], string][] = [
    [{ packets: 3n, name: "web" }, '{\n  "packets": 3,\n  "name": "web"\n}\n'],
    [{ comment: "\u202eno" }, '{\n  "comment": "\\u202eno"\n}\n'],
    [[], "[]\n"],
    [undefined, "null\n"],
  ];
  for (const [json, text] of cases) assertEquals(renderJson({ blocks: [], json }), text);
});

Deno.test("a hint that is not shown leaves no empty line behind", () => {
  const blocks: Block[] = [
    { kind: "line", text: ["done"] },
    { kind: "line", text: [] },
    { kind: "hint", text: "next" },
    { kind: "hint", text: "and then" },
  ];
  assertEquals(renderText({ blocks }, PIPE), "done\n");
  assertEquals(renderText({ blocks }, { ...SCREEN, colour: false }), "done\n\nnext\nand then\n");
});
