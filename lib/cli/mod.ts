/** Runs a command line. */
import type { Command } from "../model/command.ts";
import { PatronusError } from "../model/error.ts";
import { COMMANDS } from "./commands.ts";
import type { Desk } from "./desk.ts";
import { ClosedPipe, type Io } from "./io.ts";
import { optionsOf, parse } from "./parse.ts";
import { locate, type Place } from "./tree.ts";

/**
 * Runs `argv` (without the program's name) and writes to `io`. Gives the exit status; throws nothing. Whatever a command
 * does not need stays unloaded: help and `version` touch neither schemas nor engine.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const debug = Deno.env.get("PATRONUS_DEBUG") === "1";
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof ClosedPipe) return 0;
    try {
      const { tellFailure } = await import("./failure.ts");
      return tellFailure(error, io, debug);
    } catch {
      return 1;
    }
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === "--version" || argv[0] === "-V") return await dispatch(["version"], io);
  if (argv[0] === "help") {
    return await help(locate(COMMANDS, argv.slice(1).filter((word) => !word.startsWith("-"))), io);
  }
  // What the shell asks at each Tab: its words are somebody else's, half typed.
  if (argv[0] === "complete") return await complete(argv.slice(1), io);
  const place = locate(COMMANDS, argv);
  const options = place.rest.slice(0, place.rest.includes("--") ? place.rest.indexOf("--") : undefined);
  if (options.includes("--help") || options.includes("-h")) return await help(place, io);
  if (place.command === undefined) {
    const [word] = place.rest;
    if (word === undefined) return await help(place, io);
    throw new PatronusError("usage", `unknown option ${word}`, {
      hint: `${["patronus", ...place.path].join(" ")} --help shows what there is`,
    });
  }
  return await execute(place.command, place.rest, io);
}

async function execute(command: Command<Desk>, argv: readonly string[], io: Io): Promise<number> {
  const input = parse(command, await optionsOf(command), argv);
  const { openDesk } = await import("./desk.ts");
  const desk = await openDesk(io);
  try {
    const output = await command.run(input, desk);
    const { renderJson, renderText } = await import("./render.ts");
    io.write(command.reads && input.flag("json") ? renderJson(output) : renderText(output, io.stdout));
    return output.status ?? 0;
  } finally {
    await desk.close();
  }
}

async function help(place: Place<Desk>, io: Io): Promise<number> {
  const { commandHelp, groupHelp } = await import("./help.ts");
  const text = place.command === undefined
    ? groupHelp(COMMANDS, place.path, io.stdout)
    : await commandHelp(place.command, io.stdout);
  io.write(text);
  return 0;
}

async function complete(argv: readonly string[], io: Io): Promise<number> {
  const { completions } = await import("./completion.ts");
  const { openDesk } = await import("./desk.ts");
  const desk = await openDesk(io);
  try {
    io.write((await completions(COMMANDS, argv[0] === "--" ? argv.slice(1) : argv, desk)).join(""));
  } catch (error) {
    // A Tab that finds nothing says nothing; an error text would land in the middle of somebody's command line.
    if (error instanceof ClosedPipe) throw error;
  } finally {
    await desk.close();
  }
  return 0;
}
