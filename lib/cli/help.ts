/** Help at every level, from the command table. */
import type { Argument, Command, Option } from "../model/command.ts";
import { optionsOf } from "./parse.ts";
import { paint, type Terminal } from "./terminal.ts";
import { nextWords, type Table } from "./tree.ts";
import { width, wrap } from "./width.ts";

/** Help is read in lines of at most this many cells, however wide the terminal is. */
const READABLE = 100;

/** `ID…`, `[MEMBER…]`. */
export function argumentUsage(argument: Argument): string {
  const word = `${argument.name}${argument.repeated ? "…" : ""}`;
  return argument.optional ? `[${word}]` : word;
}

/** `--comment TEXT`, `-m, --message TEXT`. */
export function optionUsage(option: Option): string {
  // A flag with a default can be turned either way.
  const dashes = option.type === "flag" && option.default !== undefined ? "--[no-]" : "--";
  const spelt = [option.name, ...(option.aliases ?? [])].map((name) => name.length === 1 ? `-${name}` : dashes + name)
    .sort((a, b) => Number(a.startsWith("--")) - Number(b.startsWith("--")));
  return option.type === "flag" ? spelt.join(", ") : `${spelt.join(", ")} ${option.value ?? "VALUE"}`;
}

/** What an option is for, with what its value can be. */
export function optionText(option: Option): string {
  const notes: string[] = [];
  if (option.values !== undefined && option.values.length > 0) {
    notes.push(`${option.values.join(", ")}${option.open ? ", …" : ""}`);
  }
  if (option.default !== undefined && option.default !== "") notes.push(`default ${option.default}`);
  if (option.required) notes.push("required");
  return notes.length === 0 ? option.description : `${option.description} (${notes.join("; ")})`;
}

export function usage<S>(command: Command<S>, options: readonly Option[]): string {
  const words = ["patronus", ...command.path, ...(command.arguments ?? []).map(argumentUsage)];
  for (const option of options.filter((each) => each.required)) {
    words.push(`--${option.name} ${option.value ?? "VALUE"}`);
  }
  if (options.some((option) => !option.required)) words.push("[options]");
  return words.join(" ");
}

/** Help of one command. */
export async function commandHelp<S>(command: Command<S>, terminal: Terminal): Promise<string> {
  const options = await optionsOf(command);
  const lines = [command.summary, "", `${paint("Usage:", "strong", terminal)} ${usage(command, options)}`];
  const limit = Math.min(terminal.width, READABLE);
  for (const paragraph of command.description?.split("\n\n") ?? []) lines.push("", ...wrap(paragraph, limit));
  const args = (command.arguments ?? []).map((each) => [argumentUsage(each), argumentText(each)] as const);
  if (args.length > 0) lines.push("", paint("Arguments:", "strong", terminal), ...definitions(args, terminal));
  const all = [...options.map((each) => [optionUsage(each), optionText(each)] as const), HELP_LINE];
  lines.push("", paint("Options:", "strong", terminal), ...definitions(all, terminal));
  if (command.examples !== undefined) {
    lines.push("", paint("Examples:", "strong", terminal));
    for (const example of command.examples) {
      lines.push(`  ${paint(`# ${example.explanation}`, "dim", terminal)}`, `  ${example.command}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

const HELP_LINE = ["-h, --help", "Show this help"] as const;

export function argumentText(argument: Argument): string {
  return argument.values === undefined
    ? argument.description
    : `${argument.description} (${argument.values.join(", ")})`;
}

/** Help of the program or of a group of commands. */
export function groupHelp<S>(table: Table<S>, path: readonly string[], terminal: Terminal): string {
  const words = ["patronus", ...path].join(" ");
  const lines = [
    path.length === 0 ? "Patronus, a firewall and router you can see through" : table.groups[path.join(" ")] ?? "",
    "",
    `${paint("Usage:", "strong", terminal)} ${words} COMMAND [options]`,
  ];
  const entries: (readonly [string, string])[] = [];
  for (const word of nextWords(table, path)) {
    const own = [...path, word];
    const command = table.commands.find((each) =>
      each.path.length === own.length && each.path.join(" ") === own.join(" ")
    );
    const left = command === undefined ? word : [word, ...(command.arguments ?? []).map(argumentUsage)].join(" ");
    entries.push([left, command?.summary ?? table.groups[own.join(" ")] ?? ""]);
  }
  lines.push("", paint("Commands:", "strong", terminal), ...definitions(entries, terminal));
  if (path.length === 0) {
    lines.push(
      "",
      paint("A first firewall:", "strong", terminal),
      "  patronus firewall init          # a document from what this machine has",
      "  patronus plan                   # what applying it would change",
      "  patronus apply --confirm 60s    # do it, and undo it unless you confirm",
    );
  }
  lines.push("", `${words} COMMAND --help tells more about each.`);
  return `${lines.join("\n")}\n`;
}

/** Two columns: what it is called, and what it is. */
function definitions(entries: readonly (readonly [string, string])[], terminal: Terminal): string[] {
  const limit = Math.min(terminal.width, READABLE);
  const longest = Math.max(...entries.map(([name]) => width(name)));
  const column = Math.min(longest, Math.max(16, Math.floor(limit * 0.38)));
  return entries.flatMap(([name, text]) => {
    const lines = wrap(text, Math.max(20, limit - column - 4));
    const indent = " ".repeat(column + 4);
    const first = paint(name, "accent", terminal);
    const fits = width(name) <= column;
    const head = fits ? `  ${first}${" ".repeat(column - width(name))}  ${lines[0] ?? ""}` : `  ${first}`;
    return [head, ...lines.slice(fits ? 1 : 0).map((line) => indent + line)];
  });
}
