/** Text that people hand in: from a file, a pipe or standard input, held to UTF-8 and to a length. */
import { PatronusError } from "../model/error.ts";
import { systemError } from "../model/system_error.ts";

/** A document of ten thousand rules takes some two MiB, and one of a million addresses some twenty. */
const MOST_MEBIBYTES = 64;

/**
 * Reads a file, or standard input where it is `-`, without a byte order mark. Throws a `PatronusError` that names the file
 * where it cannot be read, is longer than 64 MiB, or is no UTF-8.
 */
export async function readText(file: string): Promise<string> {
  const name = file === "-" ? "standard input" : file;
  return decode(await readBytes(file, name), name);
}

async function readBytes(file: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (file === "-") return await bounded(Deno.stdin, name);
    using source = await Deno.open(file, { read: true });
    return await bounded(source, name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new PatronusError("input", `there is no file ${name}`);
    throw systemError(error, `cannot read ${name}`);
  }
}

/** Everything that comes, however long it takes; no device or pipe says beforehand how much that is. */
async function bounded(
  source: { read(buffer: Uint8Array): Promise<number | null> },
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const part = new Uint8Array(64 * 1024);
    const count = await source.read(part);
    if (count === null) break;
    parts.push(part.subarray(0, count));
    length += count;
    if (length > MOST_MEBIBYTES * 2 ** 20) {
      throw new PatronusError("input", `${name} is longer than ${MOST_MEBIBYTES} MiB, which no configuration is`, {
        hint: "is it the right file?",
      });
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Text of bytes in UTF-8. Throws an input error that tells the line and the byte in it, both from 1, where it is none. */
export function decode(bytes: Uint8Array<ArrayBuffer>, name: string): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const at = soundBytes(bytes);
  const before = bytes.subarray(0, at);
  const line = before.reduce((count, byte) => byte === NEWLINE ? count + 1 : count, 1);
  const place = `line ${line}, byte ${at - before.lastIndexOf(NEWLINE)}`;
  const hex = `0x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`;
  throw new PatronusError("input", `${name} is not UTF-8 text: ${place} is ${hex}`, {
    hint: isUtf16(bytes) ? "it looks like UTF-16: save it as UTF-8" : "save it as UTF-8, or turn it with iconv",
  });
}

const NEWLINE = 10;

/** How many bytes stand in front of the first character that is none. */
function soundBytes(bytes: Uint8Array<ArrayBuffer>): number {
  let [sound, wrong] = [0, bytes.length + 1];
  while (wrong - sound > 1) {
    const middle = (sound + wrong) >> 1;
    if (middle <= bytes.length && isUtf8(bytes.subarray(0, middle), true)) sound = middle;
    else wrong = middle;
  }
  // What was only begun is wrong from its first byte.
  while (!isUtf8(bytes.subarray(0, sound))) sound--;
  return sound;
}

/** `open`: the last character may be incomplete. */
function isUtf8(bytes: Uint8Array<ArrayBuffer>, open = false): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: open });
    return true;
  } catch {
    return false;
  }
}

/** The byte order mark of UTF-16, in either order. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
