import { assertEquals } from "../std/assert.ts";
import { visible, visibleJson } from "./visible.ts";

Deno.test("what would steer a terminal or hide in a line is shown by its number", () => {
  const cases: readonly [text: string, shown: string][] = [
    ["a\x1b[31mb\x07", "a\\u{1b}[31mb\\u{7}"],
    ["two\r\nlines\tand more", "two\\u{d}\\u{a}lines\\u{9}and more"],
    ["\x9b2J\x7f", "\\u{9b}2J\\u{7f}"],
    ["accept \u202eetisnart\u202c", "accept \\u{202e}etisnart\\u{202c}"],
    ["\u2066a\u2069\u200e\u200f\u061c", "\\u{2066}a\\u{2069}\\u{200e}\\u{200f}\\u{61c}"],
    ["w\u200beb \ufeff\u00ad\u2060\u3164", "w\\u{200b}eb \\u{feff}\\u{ad}\\u{2060}\\u{3164}"],
    ["a\u2028b\u2029", "a\\u{2028}b\\u{2029}"],
    ["\u{e0041}\u{e0042}", "\\u{e0041}\\u{e0042}"],
    ["la\u200dn", "la\\u{200d}n"],
    ["\ud83d alone", "\\u{d83d} alone"],
  ];
  for (const [text, shown] of cases) assertEquals(visible(text), shown);
});

Deno.test("all that shows stays as it is, joined and combined characters too", () => {
  for (const text of ["", "Büro, 東京 🔥", "Bu\u0308ro", "👨‍👩‍👧 ❤️", "می\u200cخواهم", "क्\u200dष", "שלום", "\\u{202e}"]) {
    assertEquals(visible(text), text);
  }
});

Deno.test("JSON keeps its value", () => {
  const value = { comment: "\u202eno\x9b2J\u{e0041}", lines: ["a\nb", "東京", "👨‍👩‍👧"] };
  const text = JSON.stringify(value, null, 2);
  assertEquals(JSON.parse(visibleJson(text)), value);
  assertEquals(visibleJson('"\u202e\u{e0041}"\n'), '"\\u202e\\udb40\\udc41"\n');
});
