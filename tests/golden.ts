/** Documents and the rulesets that they compile to: `tests/fixtures/compile/*.toml` with `*.nft` beside each. */
import { read } from "../lib/config/format.ts";
import { check } from "../lib/features/check.ts";
import type { Document } from "../lib/features/document.ts";
import type { Finding } from "../lib/model/error.ts";

const FOLDER = new URL("fixtures/compile/", import.meta.url);

export interface Golden {
  readonly name: string;
  readonly document: Document;
  /** Where the ruleset stands. */
  readonly ruleset: URL;
  readonly errors: readonly Finding[];
}

/** All of them, by name. Throws where one cannot be read. */
export function goldens(): Golden[] {
  const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) => name.endsWith(".toml")).sort();
  return names.map((file) => {
    const { document, findings } = read(Deno.readTextFileSync(new URL(file, FOLDER)), "toml");
    if (document === null) throw new Error(`${file}: ${JSON.stringify(findings)}`);
    const name = file.replace(/\.toml$/, "");
    const errors = check(document).filter(({ severity }) => severity === "error");
    return { name, document, ruleset: new URL(`${name}.nft`, FOLDER), errors };
  });
}
