/**
 * A command of the command line, as data. One table of these drives parsing, help, completion and docs/cli.md.
 *
 * A command does not print: it gives back an `Output`, and the command line shows it as text for people or as JSON.
 */

/** What a word completes to, read from the document or the machine when somebody presses Tab. */
export type Completion =
  | "rule"
  | "nat-rule"
  | "route"
  | "chain"
  | "interface"
  | "zone"
  | "place"
  | "address-alias"
  | "port-alias"
  | "alias"
  | "version"
  | "user"
  | "device"
  | "file";

/** A positional word. */
export interface Argument {
  /** As help shows it: `ID`. */
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
  /** Takes all words that are left. */
  readonly repeated?: boolean;
  readonly values?: readonly string[];
  readonly completes?: Completion;
}

/** An option: `--name`, `--name VALUE`, or `--name VALUE` several times. */
export interface Option {
  /** Without the dashes: `destination-port`. */
  readonly name: string;
  /** Other spellings, without dashes; one letter is a short option. */
  readonly aliases?: readonly string[];
  /** `flag` also has a `--no-` form; a `list` may be given several times, and commas separate its values. */
  readonly type: "flag" | "text" | "list";
  /** What help calls its value: `PORT`. */
  readonly value?: string;
  readonly values?: readonly string[];
  /** `values` are the well-known ones; others are legal. */
  readonly open?: boolean;
  readonly default?: string;
  readonly description: string;
  readonly required?: boolean;
  readonly completes?: Completion;
}

export interface Example {
  readonly command: string;
  readonly explanation: string;
}

/** `S` is what a command works on. */
export interface Command<S = never> {
  /** Its words behind the program's name: `["firewall", "add"]`. */
  readonly path: readonly string[];
  /** One line, imperative, without a full stop. */
  readonly summary: string;
  /** More, where one line is not enough; paragraphs are separated by an empty line. */
  readonly description?: string;
  readonly arguments?: readonly Argument[];
  /** A function where making the list costs something, as those that derive from a schema do. */
  readonly options?: readonly Option[] | (() => Promise<readonly Option[]>);
  readonly examples?: readonly Example[];
  /** Only reads: it also takes `--json`. */
  readonly reads?: boolean;
  /** Left out of help, completion and documentation. */
  readonly hidden?: boolean;
  readonly run: (input: Input, session: S) => Promise<Output>;
}

/** What was typed: positional words by the argument's name, options by theirs. */
export class Input {
  constructor(
    readonly words: Readonly<Record<string, string | readonly string[]>> = {},
    readonly options: Readonly<Record<string, string | boolean | readonly string[]>> = {},
  ) {}

  /** A positional word, or "" where an optional one was left out. */
  word(name: string): string {
    const value = this.words[name];
    return typeof value === "string" ? value : "";
  }

  /** All words of a repeated argument. */
  rest(name: string): readonly string[] {
    const value = this.words[name];
    return typeof value === "object" ? value : [];
  }

  text(name: string): string | undefined {
    const value = this.options[name];
    return typeof value === "string" ? value : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.options[name];
    return typeof value === "object" ? value : [];
  }

  flag(name: string): boolean | undefined {
    const value = this.options[name];
    return typeof value === "boolean" ? value : undefined;
  }
}

/** How a piece of text is meant; the terminal gives it a colour. */
export type Tone = "plain" | "strong" | "dim" | "good" | "warn" | "bad" | "accent";

export type Text = string | { readonly text: string; readonly tone: Tone };

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Columns of higher number go first when the terminal is too narrow; those without one never go. */
  readonly drop?: number;
  /** Narrower than this it does not get while others can. */
  readonly least?: number;
  /** What is too long goes on in the next line, where it would be cut otherwise; long words are broken where need be. */
  readonly wrap?: "anywhere" | "between words";
  /** Names the row: it stands above the other fields where the terminal is too narrow for a table. */
  readonly key?: boolean;
}

/** A part of what a command has to say. */
export type Block =
  | { readonly kind: "heading"; readonly text: string; readonly note?: string }
  | { readonly kind: "line"; readonly text: readonly Text[] }
  /** What to do next; not shown where output is not a terminal's. */
  | { readonly kind: "hint"; readonly text: string }
  | { readonly kind: "fields"; readonly fields: readonly (readonly [label: string, value: Text])[] }
  | { readonly kind: "table"; readonly columns: readonly Column[]; readonly rows: readonly (readonly Text[])[] }
  /** Printed as it is. */
  | { readonly kind: "verbatim"; readonly text: string };

export interface Output {
  readonly blocks: readonly Block[];
  /** What `--json` prints instead. */
  readonly json?: unknown;
  /** Exit status; 0 where it is left out. */
  readonly status?: number;
}
