/** Brings the machine to a document that is given as text: read, checked, compiled and loaded as at boot. */
import { read } from "../config/format.ts";
import { bringUp } from "../engine/bring_up.ts";
import { check } from "../features/check.ts";

let version = 0;

/** Throws what is wrong with the document, or what the kernel refuses. */
export async function load(toml: string): Promise<void> {
  const { document, findings } = read(toml, "toml");
  const all = document === null ? findings : [...findings, ...check(document)];
  const wrong = all.filter(({ severity }) => severity === "error");
  if (document === null || wrong.length > 0) {
    throw new Error(wrong.map(({ path, message }) => `${path} ${message}`).join("; "));
  }
  // No store gives this document a number and a digest.
  await bringUp(() => document, { version: ++version, digest: "0" });
}
