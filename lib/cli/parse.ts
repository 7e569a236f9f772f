/**
 * Turns the words behind a command into its `Input`. Written for the command table, since a general parser does not tell
 * a value that was left out from an empty one (`--comment ""` clears a comment).
 */
import { type Argument, type Command, Input, type Option } from "../model/command.ts";
import { PatronusError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";

/** Every reading command takes it. */
export const JSON_OPTION: Option = { name: "json", type: "flag", description: "Print JSON for programs" };

/** All options of a command, those that its kind brings included. */
export async function optionsOf<S>(command: Command<S>): Promise<readonly Option[]> {
  const own = typeof command.options === "function" ? await command.options() : command.options ?? [];
  return command.reads ? [...own, JSON_OPTION] : own;
}

/** Finds an option by any spelling; `off` where it was spelt with `--no-`. */
export function findOption(options: readonly Option[], spelt: string): { option: Option; off: boolean } | undefined {
  const named = (name: string) => options.find((each) => each.name === name || each.aliases?.includes(name));
  const option = named(spelt);
  if (option !== undefined) return { option, off: false };
  const negated = spelt.startsWith("no-") ? named(spelt.slice(3)) : undefined;
  return negated?.type === "flag" ? { option: negated, off: true } : undefined;
}

/**
 * Reads `argv`, the words behind the command's own. Throws a usage error that names the word, and the nearest known one,
 * for anything that the command does not take.
 */
export function parse<S>(command: Command<S>, options: readonly Option[], argv: readonly string[]): Input {
  const values: Record<string, string | boolean | string[]> = {};
  const words: string[] = [];
  const name = ["patronus", ...command.path].join(" ");
  const fail = (message: string, hint = `${name} --help shows what it takes`) =>
    new PatronusError("usage", message, { hint });

  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--") {
      words.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const [, dashes = "", spelt = "", given] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const found = dashes.length === 1 && spelt.length > 1 ? undefined : findOption(options, spelt);
    if (found === undefined) throw unknownOption(options, name, word, spelt);
    const { option, off } = found;
    if (option.type === "flag") {
      if (given !== undefined) throw fail(`--${option.name} takes no value`);
      values[option.name] = !off;
      continue;
    }
    const value = given ?? argv[++index];
    if (value === undefined) throw fail(`--${option.name} needs a value`);
    if (option.type === "text") values[option.name] = oneOf(option, value);
    else {
      const list = values[option.name];
      const items = value.split(",").map((item) => item.trim()).filter((item) => item !== "");
      // An unset variable of a script must not come to mean any.
      if (items.length === 0) throw fail(`--${option.name} is empty`, "any, or leaving it out, means no restriction");
      values[option.name] = [...(Array.isArray(list) ? list : []), ...items.map((item) => oneOf(option, item))];
    }
  }
  const format = values["format"];
  if (values["json"] === true && format !== undefined && format !== "json") {
    throw fail(`--json and --format ${format} contradict each other`, "give one of them");
  }
  const missing = options.find((option) => option.required && values[option.name] === undefined);
  const taken = place(command.arguments ?? [], words, fail);
  if (missing !== undefined) {
    const choice = missing.values === undefined ? "" : `: one of ${missing.values.join(", ")}`;
    throw fail(`--${missing.name} is missing`, `give --${missing.name} ${missing.value ?? "VALUE"}${choice}`);
  }
  return new Input(taken, values);
}

/** Gives the words to the arguments in order. */
function place(
  args: readonly Argument[],
  words: readonly string[],
  fail: (message: string) => PatronusError,
): Record<string, string | readonly string[]> {
  const taken: Record<string, string | readonly string[]> = {};
  let next = 0;
  for (const argument of args) {
    if (argument.repeated) {
      taken[argument.name] = words.slice(next);
      if (next >= words.length && !argument.optional) throw fail(`${argument.name} is missing`);
      next = words.length;
      continue;
    }
    const word = words[next++];
    if (word === undefined) {
      if (!argument.optional) throw fail(`${argument.name} is missing`);
      continue;
    }
    taken[argument.name] = oneOf({ ...argument, name: argument.name }, word);
  }
  const extra = words[next];
  if (extra !== undefined) throw fail(`one word too many: ${extra}`);
  return taken;
}

/** Checks a value against a closed list of them. */
function oneOf(item: Pick<Option, "name" | "values" | "open">, value: string): string {
  if (item.values === undefined || item.open || item.values.includes(value)) return value;
  const label = item.name === item.name.toUpperCase() ? item.name : `--${item.name}`;
  const close = nearest(value, item.values);
  throw new PatronusError("usage", `${label} cannot be ${value === "" ? "empty" : value}`, {
    hint: `${close === undefined ? "" : `did you mean ${close}? `}it is one of ${item.values.join(", ")}`,
  });
}

function unknownOption(options: readonly Option[], name: string, word: string, spelt: string): PatronusError {
  const known = options.flatMap((option) => [option.name, ...(option.aliases ?? [])]).filter((each) => each.length > 1);
  const close = nearest(spelt, known);
  const help = `${name} --help lists its options`;
  return new PatronusError("usage", `unknown option ${word.split("=")[0]}`, {
    hint: close === undefined ? help : `did you mean --${close}? ${help}`,
  });
}
