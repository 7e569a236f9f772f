/** Typed door to `@std/cli`, whose npm build carries no types. */
import * as std from "@std/cli";

/** What `parseArgs` is told about the options of a command. */
export interface ParseOptions {
  readonly boolean?: readonly string[];
  readonly string?: readonly string[];
  readonly collect?: readonly string[];
  readonly negatable?: readonly string[];
  readonly alias?: Readonly<Record<string, string>>;
  readonly stopEarly?: boolean;
  readonly "--"?: boolean;
  /** Called for what no option names; returning false leaves it out of the result. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Options by name, positional words in `_`, and those after `--` in `--`. */
export interface Parsed {
  readonly _: (string | number)[];
  readonly "--"?: string[];
  readonly [option: string]: unknown;
}

/** Splits argv into options and positional words. */
export const parseArgs: (argv: string[], options?: ParseOptions) => Parsed =
  (std as unknown as { parseArgs: (argv: string[], options?: ParseOptions) => Parsed }).parseArgs;
