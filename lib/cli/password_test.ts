import { PatronusError } from "../model/error.ts";
import { assertEquals, assertRejects } from "../std/assert.ts";
import { askPassword, type Keyboard } from "./password.ts";
import type { Io } from "./io.ts";

/** A terminal on which somebody types, piece by piece. */
function typing(pieces: readonly (string | Uint8Array)[]): { keyboard: Keyboard; io: Io; log: string[] } {
  const log: string[] = [];
  const left = pieces.map((piece) => typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
  const keyboard: Keyboard = {
    isTerminal: () => true,
    setRaw: (raw) => log.push(raw ? "raw" : "cooked"),
    read: (buffer) => {
      const piece = left.shift();
      if (piece === undefined) return Promise.resolve(null);
      buffer.set(piece);
      return Promise.resolve(piece.length);
    },
  };
  return { keyboard, io: { writeError: (text: string) => log.push(text) } as unknown as Io, log };
}

const TYPED: readonly (readonly [pieces: (string | Uint8Array)[], password: string])[] = [
  [["secret\r", "secret\r"], "secret"],
  [["secret\rsecret\r"], "secret"],
  [["s", "e", "crex", "\x7f", "t", "\n", "wrong\x15secret\n"], "secret"],
  [["né\x08e\r", "n", Uint8Array.of(0xc3), Uint8Array.of(0xa9, 0x7f), "e\r"], "ne"],
  [["\x7f👩\x7fsec\x1b[D\x1b[3~\x1bOAret\t\r", "secret\r"], "secret"],
];

Deno.test("what is typed twice is the password, and nothing of it shows", async () => {
  for (const [pieces, password] of TYPED) {
    const { keyboard, io, log } = typing(pieces);
    assertEquals(await askPassword("ann", io, keyboard), password);
    assertEquals(log, ["raw", "New password for ann: ", "\r\n", "Once more: ", "\r\n", "cooked"]);
  }
});

Deno.test("what is broken off or differs is no password, and the terminal is as before", async () => {
  const cases: readonly (readonly [string[], string])[] = [
    [["one\r", "two\r"], "differ"],
    [["\r", "\r"], "no password was given"],
    [["secret\x03"], "no password was given"],
    [["\x04"], "no password was given"],
    [["secret\r", "sec"], "no password was given"],
  ];
  for (const [pieces, words] of cases) {
    const { keyboard, io, log } = typing(pieces);
    const error = await assertRejects(() => askPassword("ann", io, keyboard), PatronusError, words);
    assertEquals([error.code, log.at(-1)], ["input", "cooked"]);
  }
});

Deno.test("elsewhere it is the one line of standard input", async () => {
  const { keyboard, io, log } = typing([]);
  const piped = { ...keyboard, isTerminal: () => false };
  const ask = (text: string) => askPassword("ann", io, piped, () => Promise.resolve(text));
  assertEquals([await ask("secret\n"), await ask("secret\r\n"), await ask(" secret ")], [
    "secret",
    "secret",
    " secret ",
  ]);
  await assertRejects(() => ask("one\ntwo\n"), PatronusError, "more than one line");
  await assertRejects(() => ask("\n"), PatronusError, "no password was given");
  assertEquals(log, []);
});
