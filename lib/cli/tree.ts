/** The command table seen as a tree: `firewall` is a group, `firewall add` a command. */
import type { Command } from "../model/command.ts";
import { PatronusError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";

/** One line for each word that only groups commands. */
export type Groups = Readonly<Record<string, string>>;

export interface Table<S = never> {
  readonly groups: Groups;
  readonly commands: readonly Command<S>[];
}

/** Where the leading words of a command line lead. */
export interface Place<S> {
  readonly path: readonly string[];
  /** The command of exactly these words; a group has none. */
  readonly command?: Command<S>;
  /** The words behind it, options included. */
  readonly rest: readonly string[];
}

/** Words that may follow `path`, in table order, without hidden ones. */
export function nextWords<S>(table: Table<S>, path: readonly string[]): string[] {
  const words = new Set<string>();
  for (const command of table.commands) {
    const next = command.path[path.length];
    if (!command.hidden && next !== undefined && begins(command.path, path)) words.add(next);
  }
  return [...words];
}

/** Follows argv into the tree as far as it goes. Throws a usage error with the nearest word where it goes nowhere. */
export function locate<S>(table: Table<S>, argv: readonly string[]): Place<S> {
  const path: string[] = [];
  while (true) {
    const command = table.commands.find((each) => same(each.path, path));
    const word = argv[path.length];
    if (word !== undefined && !word.startsWith("-")) {
      if (table.commands.some((each) => begins(each.path, [...path, word]))) {
        path.push(word);
        continue;
      }
      if (command === undefined) throw unknownWord(table, path, word);
    }
    return { path, ...(command === undefined ? {} : { command }), rest: argv.slice(path.length) };
  }
}

function unknownWord<S>(table: Table<S>, path: readonly string[], word: string): PatronusError {
  const close = nearest(word, nextWords(table, path));
  const before = ["patronus", ...path].join(" ");
  const said = path.length === 0 ? `there is no command ${word}` : `${path.join(" ")} has no verb ${word}`;
  const help = `${before} --help lists them`;
  return new PatronusError("usage", said, {
    hint: close === undefined ? help : `did you mean ${before} ${close}? ${help}`,
  });
}

function begins(path: readonly string[], head: readonly string[]): boolean {
  return head.every((word, index) => path[index] === word);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && begins(a, b);
}
