import { assertEquals } from "../std/assert.ts";
import type { Column, Text } from "../model/command.ts";
import { tableLines } from "./table.ts";
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
  assertEquals(tableLines(COLUMNS, ROWS, terminal(Infinity)), [
    " #  RULE               LOG  COMMENT",
    " 1  allow-web-servers  log  the web site of the whole company",
    "10  drop                    東京",
  ]);
  const wide: readonly Column[] = [{ title: "NAME" }, { title: "MORE" }];
  assertEquals(tableLines(wide, [["東京", "x"], ["Büro", "y"]], terminal(80)), ["NAME  MORE", "東京  x", "Büro  y"]);
});

Deno.test("a column with nothing in it is left out, and so is a title line with no titles", () => {
  const rows = ROWS.map((row) => [row[0] ?? "", row[1] ?? "", "", ""]);
  assertEquals(tableLines(COLUMNS, rows, terminal(80))[0], " #  RULE");
  assertEquals(tableLines([{ title: "" }, { title: "" }], [["+", "rule"]], terminal(80)), ["+  rule"]);
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
    [12, " #  RULE", " 1  allow-w…"],
    [11, "1", "  RULE     allow-web-"],
  ];
  for (const [cells, title, first] of cases) {
    const lines = tableLines(COLUMNS, ROWS, terminal(cells));
    assertEquals(lines.slice(0, 2), [title, first], `${cells} cells`);
  }
});

const WRAPPED: readonly Column[] = [
  { title: "" },
  { title: "RULE", least: 12, wrap: "anywhere", key: true },
  { title: "FROM", least: 14, wrap: "anywhere" },
  { title: "HITS", align: "right", drop: 2 },
  { title: "COMMENT", least: 10, drop: 1 },
];
const LONG: readonly (readonly Text[])[] = [
  [{ text: "+", tone: "good" }, "web", "lan 192.168.100.0/24, guests", "12k", "東京の事務所 の ために"],
  ["", "allow-the-web-servers", "2001:db8:1234:5678:9abc:def0:1234:5678/64", "1", ""],
  ["", "", "any", "", "🔥🔥🔥 a family 👨‍👩‍👧"],
];

Deno.test("a column that wraps goes on below, and breaks long words where that saves another column", () => {
  assertEquals(tableLines(WRAPPED, LONG, terminal(80)), [
    "   RULE                   FROM                                  HITS  COMMENT",
    "+  web                    lan 192.168.100.0/24, guests           12k  東京の事…",
    "   allow-the-web-servers  2001:db8:1234:5678:9abc:def0:1234:       1",
    "                          5678/64",
    "                          any                                         🔥🔥🔥 a…",
  ]);
  assertEquals(tableLines(WRAPPED, LONG, terminal(47)), [
    "   RULE                   FROM",
    "+  web                    lan 192.168.100.0/24,",
    "                          guests",
    "   allow-the-web-servers  2001:db8:1234:5678:",
    "                          9abc:def0:1234:5678/",
    "                          64",
    "                          any",
  ]);
});

Deno.test("a column whose words stay whole outlives columns that may go, and then the table", () => {
  const columns = WRAPPED.map((column) =>
    column.title === "FROM" ? { ...column, wrap: "between words" } as const : column
  );
  assertEquals(tableLines(columns, LONG, terminal(80)), [
    "   RULE                   FROM                                       COMMENT",
    "+  web                    lan 192.168.100.0/24, guests               東京の事務…",
    "   allow-the-web-servers  2001:db8:1234:5678:9abc:def0:1234:5678/64",
    "                          any                                        🔥🔥🔥 a f…",
  ]);
  assertEquals(tableLines(columns, LONG, terminal(56))[0], "+  web");
});

Deno.test("where columns cannot stand beside each other, each row becomes a record with all its fields", () => {
  assertEquals(tableLines(WRAPPED, LONG, terminal(23)), [
    "+  web",
    "  FROM     lan",
    "           192.168.100.",
    "           0/24, guests",
    "  HITS     12k",
    "  COMMENT  東京の事務所",
    "           の ために",
    "allow-the-web-servers",
    "  FROM     2001:db8:",
    "           1234:5678:",
    "           9abc:def0:",
    "           1234:5678/64",
    "  HITS     1",
    "  FROM     any",
    "  COMMENT  🔥🔥🔥 a",
    "           family 👨‍👩‍👧",
  ]);
});

Deno.test("no line is wider than the terminal", () => {
  const tables = [[COLUMNS, ROWS], [WRAPPED, LONG], [
    WRAPPED.map(({ title: _, ...column }) => ({ ...column, title: "" })),
    LONG,
  ]] as const;
  for (const [columns, rows] of tables) {
    for (let cells = 25; cells <= 120; cells++) {
      for (const line of tableLines(columns, rows, terminal(cells))) {
        assertEquals(width(line) <= cells, true, `${cells} cells: ${line}`);
      }
    }
  }
});

Deno.test("tables below each other share their widths", () => {
  const columns: readonly Column[] = [{ title: "A" }, { title: "B" }];
  assertEquals(tableLines(columns, [["x", "y"]], terminal(80), [["x", "y"], ["longer", ""]]), [
    "A       B",
    "x       y",
  ]);
});

Deno.test("colours take no cells, and hidden characters never reach the terminal", () => {
  const rows: Text[][] = [[{ text: "accept", tone: "good" }, "a\x1b[2J\u202eb"], [{ text: "drop", tone: "bad" }, "x"]];
  const columns: readonly Column[] = [{ title: "ACTION" }, { title: "NOTE" }];
  assertEquals(tableLines(columns, rows, terminal(80, true)), [
    "\x1b[2mACTION\x1b[0m  \x1b[2mNOTE\x1b[0m",
    "\x1b[32maccept\x1b[0m  a\\u{1b}[2J\\u{202e}b",
    "\x1b[31mdrop\x1b[0m    x",
  ]);
});
