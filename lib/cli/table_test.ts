import { assertEquals } from "../std/assert.ts";
import type { Column, Text } from "../model/command.ts";
import { layout } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { width } from "./width.ts";

const terminal = (cells: number, colour = false): Terminal => ({ width: cells, colour, interactive: true });

const COLUMNS: readonly Column[] = [
  { title: "#", align: "right" },
  { title: "RULE", least: 8 },
  { title: "LOG", drop: 1 },
  { title: "COMMENT", least: 10, drop: 2 },
];
const ROWS: readonly (readonly Text[])[] = [
  ["1", "allow-web-servers", "log", "the web site of the whole company"],
  ["10", "drop", "", "東京"],
];

Deno.test("columns are aligned, cells of wide characters too", () => {
  assertEquals(layout(COLUMNS, ROWS, terminal(Infinity)), [
    " #  RULE               LOG  COMMENT",
    " 1  allow-web-servers  log  the web site of the whole company",
    "10  drop                    東京",
  ]);
  const wide: readonly Column[] = [{ title: "NAME" }, { title: "MORE" }];
  assertEquals(layout(wide, [["東京", "x"], ["Büro", "y"]], terminal(80)), ["NAME  MORE", "東京  x", "Büro  y"]);
});

Deno.test("a column with nothing in it is left out, and so is a title line with no titles", () => {
  const rows = ROWS.map((row) => [row[0] ?? "", row[1] ?? "", "", ""]);
  assertEquals(layout(COLUMNS, rows, terminal(80))[0], " #  RULE");
  assertEquals(layout([{ title: "" }, { title: "" }], [["+", "rule"]], terminal(80)), ["+  rule"]);
});

Deno.test("a narrow terminal cuts what may go first, then drops it, and keeps what matters", () => {
  const cases: readonly [cells: number, title: string, first: string][] = [
    [61, " #  RULE               LOG  COMMENT", " 1  allow-web-servers  log  the web site of the whole company"],
    [60, " #  RULE               LOG  COMMENT", " 1  allow-web-servers  log  the web site of the whole compa…"],
    [40, " #  RULE               LOG  COMMENT", " 1  allow-web-servers  log  the web sit…"],
    [37, " #  RULE              LOG  COMMENT", " 1  allow-web-serve…  log  the web s…"],
    [36, " #  RULE               LOG", " 1  allow-web-servers  log"],
    [25, " #  RULE              LOG", " 1  allow-web-serve…  log"],
    [24, " #  RULE", " 1  allow-web-servers"],
    [13, " #  RULE", " 1  allow-we…"],
    [12, " #  RULE", " 1  allow-w…"],
  ];
  for (const [cells, title, first] of cases) {
    const lines = layout(COLUMNS, ROWS, terminal(cells));
    assertEquals(lines.slice(0, 2), [title, first], `${cells} cells`);
  }
});

Deno.test("no line is wider than the terminal while its columns can shrink to what they need", () => {
  for (let cells = 12; cells <= 70; cells++) {
    for (const line of layout(COLUMNS, ROWS, terminal(cells))) {
      assertEquals(width(line) <= cells, true, `${cells} cells: ${line}`);
    }
  }
});

Deno.test("tables below each other share their widths", () => {
  const columns: readonly Column[] = [{ title: "A" }, { title: "B" }];
  assertEquals(layout(columns, [["x", "y"]], terminal(80), [["x", "y"], ["longer", ""]]), ["A       B", "x       y"]);
});

Deno.test("colours take no cells, and control characters never reach the terminal", () => {
  const rows: Text[][] = [[{ text: "accept", tone: "good" }, "a\x1b[2Jb"], [{ text: "drop", tone: "bad" }, "x"]];
  const columns: readonly Column[] = [{ title: "ACTION" }, { title: "NOTE" }];
  assertEquals(layout(columns, rows, terminal(80, true)), [
    "\x1b[2mACTION\x1b[0m  \x1b[2mNOTE\x1b[0m",
    "\x1b[32maccept\x1b[0m  a\ufffd[2Jb",
    "\x1b[31mdrop\x1b[0m    x",
  ]);
});
