/** Asks for a password: on a terminal without showing it, elsewhere from standard input. Never from the command line, which others see. */
import { PatronusError } from "../model/error.ts";
import { readText } from "../services/text.ts";
import type { Io } from "./io.ts";

/** The part of a terminal's standard input that is needed here. */
export interface Keyboard {
  isTerminal(): boolean;
  setRaw(raw: boolean): void;
  read(buffer: Uint8Array): Promise<number | null>;
}

/** Where a new password comes from; `user` is whose it will be. */
export type AskPassword = (user: string, io: Io) => Promise<string>;

/**
 * A new password: typed twice on a terminal, else one line of standard input. Throws `input` where the two differ, where there
 * is more than a line, or where nothing is given.
 */
export async function askPassword(
  user: string,
  io: Io,
  keyboard: Keyboard = Deno.stdin,
  read: () => Promise<string> = () => readText("-"),
): Promise<string> {
  if (keyboard.isTerminal()) return await typedTwice(user, io, keyboard);
  const text = (await read()).replace(/\r?\n$/, "");
  if (/[\r\n]/.test(text)) {
    throw new PatronusError("input", "standard input has more than one line", { hint: "the password is one line" });
  }
  if (text === "") throw nothingGiven();
  return text;
}

async function typedTwice(user: string, io: Io, keyboard: Keyboard): Promise<string> {
  const lines = new HiddenLines(keyboard);
  keyboard.setRaw(true);
  try {
    const asked: string[] = [];
    for (const prompt of [`New password for ${user}: `, "Once more: "]) {
      io.writeError(prompt);
      asked.push(await lines.next());
      io.writeError("\r\n");
    }
    const [first = "", second] = asked;
    if (first === "") throw nothingGiven();
    if (first !== second) throw new PatronusError("input", "the two passwords differ; nothing was changed");
    return first;
  } finally {
    keyboard.setRaw(false);
  }
}

const ENTER = /[\r\n]/;
const [INTERRUPT, END, BACKSPACE, DELETE, KILL] = ["\x03", "\x04", "\x08", "\x7f", "\x15"];
/** What keys such as the arrows send (ECMA-48, CSI; VT100, SS3). */
// deno-lint-ignore no-control-regex -- the escape character is what they begin with
const SEQUENCE = /\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z])/y;

/** Lines of a terminal in raw mode, where nothing is shown and no key has a meaning but what is given to it here. */
class HiddenLines {
  readonly #decoder = new TextDecoder();
  /** Typed or pasted, and not looked at yet. */
  #text = "";

  constructor(readonly keyboard: Keyboard) {}

  /** The next line without its end. Throws where it is broken off. */
  async next(): Promise<string> {
    const line: string[] = [];
    for (;;) {
      const key = await this.#key();
      if (ENTER.test(key)) return line.join("");
      if (key === INTERRUPT || (key === END && line.length === 0)) throw nothingGiven();
      if (key === BACKSPACE || key === DELETE) line.pop();
      else if (key === KILL) line.length = 0;
      else if (key >= " ") line.push(key);
    }
  }

  /** One character, or the whole sequence that a key sends. */
  async #key(): Promise<string> {
    while (this.#text === "") {
      const buffer = new Uint8Array(1024);
      const count = await this.keyboard.read(buffer);
      if (count === null) throw nothingGiven();
      this.#text += this.#decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    SEQUENCE.lastIndex = 0;
    const key = SEQUENCE.exec(this.#text)?.[0] ?? String.fromCodePoint(this.#text.codePointAt(0) ?? 0);
    this.#text = this.#text.slice(key.length);
    return key;
  }
}

function nothingGiven(): PatronusError {
  return new PatronusError("input", "no password was given; nothing was changed", {
    hint: "type it, or give it on standard input",
  });
}
