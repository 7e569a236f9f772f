/** Typed door to `@std/toml`, whose npm build carries no types. */
import * as std from "@std/toml";

interface Toml {
  parse(text: string): Record<string, unknown>;
  stringify(value: Record<string, unknown>): string;
}

/** Reads TOML 1.0 text into plain values; throws a `SyntaxError` that names line and column. */
export const parse: Toml["parse"] = (std as unknown as Toml).parse;
/** Prints plain values as TOML. */
export const stringify: Toml["stringify"] = (std as unknown as Toml).stringify;
