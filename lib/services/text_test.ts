import { PatronusError } from "../model/error.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../std/assert.ts";
import { decode, readText } from "./text.ts";

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(parts.flatMap((part) => typeof part === "string" ? [...new TextEncoder().encode(part)] : part));

Deno.test("text is read as it is, without a byte order mark", () => {
  assertEquals(decode(bytes("a = 'é€😀'\n"), "f"), "a = 'é€😀'\n");
  assertEquals(decode(bytes([0xef, 0xbb, 0xbf], "a"), "f"), "a");
  assertEquals(decode(bytes(), "f"), "");
});

Deno.test("what is no UTF-8 is refused with line and byte", () => {
  const cases: [Uint8Array<ArrayBuffer>, string][] = [
    [bytes([0xff]), "line 1, byte 1 is 0xff"],
    [bytes("abc", [0xe9], "de"), "line 1, byte 4 is 0xe9"],
    [bytes("é\nx = '", [0xe9], "'\nmore\n", [0xff]), "line 2, byte 6 is 0xe9"],
    [bytes("a\n\n", [0xe2, 0x82]), "line 3, byte 1 is 0xe2"],
    [bytes("a", [0xc0, 0xaf]), "line 1, byte 2 is 0xc0"],
    [bytes("a", [0xed, 0xa0, 0x80]), "line 1, byte 2 is 0xed"],
    [bytes("x".repeat(100_000), "\n", [0x80]), "line 2, byte 1 is 0x80"],
  ];
  for (const [text, place] of cases) {
    const error = assertThrows(() => decode(text, "f.toml"), PatronusError, `f.toml is not UTF-8 text: ${place}`);
    assertEquals(error.code, "input");
  }
  const utf16 = assertThrows(() => decode(bytes([0xff, 0xfe, 0x61, 0]), "f"), PatronusError);
  assertEquals(utf16.details.hint, "it looks like UTF-16: save it as UTF-8");
});

Deno.test("reading ends, whatever the file is", async () => {
  const cases: [string, string][] = [
    ["/dev/zero", "/dev/zero is longer than 64 MiB"],
    ["/nowhere/f", "there is no file /nowhere/f"],
    ["/tmp", "cannot read /tmp: it is a directory"],
    ["/dev/null/f", "cannot read /dev/null/f: a part of the path is a file"],
  ];
  for (const [file, message] of cases) {
    const error = await assertRejects(() => readText(file), PatronusError);
    assert(error.message.startsWith(message), error.message);
  }
});
