/** Standard output and error of this process. */
import { systemError } from "../model/system_error.ts";
import type { Terminal } from "./terminal.ts";

/** Where a command line writes to. */
export interface Io {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** Throws `ClosedPipe` where nobody reads any more. */
  write(text: string): void;
  writeError(text: string): void;
}

/** The reader of standard output has gone, as `| head` does when it has seen enough: no error, nobody is listening. */
export class ClosedPipe extends Error {}

/** Cells of a line where the terminal does not say (POSIX's customary 80). */
const USUAL_WIDTH = 80;

export function processIo(): Io {
  return {
    stdout: terminal(Deno.stdout),
    stderr: terminal(Deno.stderr),
    write: (text) => writeAll(Deno.stdout, text, "standard output"),
    writeError: (text) => writeAll(Deno.stderr, text, "standard error"),
  };
}

type Environment = (name: string) => string | undefined;

/** What a stream can show. `size` gives the cells of a line, and throws or gives 0 where the system does not know. */
export function terminal(
  stream: { isTerminal(): boolean },
  env: Environment = (name) => Deno.env.get(name),
  size: () => number = () => Deno.consoleSize().columns,
): Terminal {
  const interactive = stream.isTerminal();
  // https://no-color.org: set and not empty means no colours; a dumb terminal has none.
  const colour = interactive && !env("NO_COLOR") && env("TERM") !== "dumb";
  return { width: interactive ? columns(env, size) : Infinity, colour, interactive };
}

function columns(env: Environment, size: () => number): number {
  const told = Number(env("COLUMNS"));
  if (Number.isInteger(told) && told > 0) return told;
  try {
    return size() || USUAL_WIDTH;
  } catch {
    return USUAL_WIDTH;
  }
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string, name: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(stream.writeSync(bytes));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new ClosedPipe();
      // A pipe that another program made nonblocking is full: try again.
      if (!(error instanceof Deno.errors.WouldBlock)) throw systemError(error, `cannot write to ${name}`);
    }
  }
}
