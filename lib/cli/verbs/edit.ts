/** `config edit`: the candidate in the user's editor. */
import { print } from "../../config/format.ts";
import type { Input, Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import type { Desk } from "../desk.ts";
import { formatOf, readDocument, summary } from "./config.ts";

export async function edit(input: Input, desk: Desk): Promise<Output> {
  const format = formatOf(input);
  const before = print(await desk.document(), format);
  // makeTempDir makes it 0700.
  const directory = await Deno.makeTempDir({ prefix: "patronus-" });
  const file = `${directory}/candidate.${format}`;
  await Deno.writeTextFile(file, before, { mode: 0o600 });
  await runEditor(file);
  const text = await Deno.readTextFile(file);
  if (text === before) {
    await Deno.remove(directory, { recursive: true });
    return { blocks: [{ kind: "line", text: ["nothing was changed"] }] };
  }
  const { document, findings } = await readDocument(text, format, desk);
  if (document === null) {
    throw new PatronusError("input", "that is not a valid configuration; your candidate stays as it was", {
      findings,
      hint: `your text is kept: mend it and run patronus config import ${file}`,
    });
  }
  await desk.edit(() => document);
  await Deno.remove(directory, { recursive: true });
  return {
    blocks: [
      { kind: "line", text: [{ text: "edited  ", tone: "good" }, summary(document)] },
      { kind: "hint", text: "patronus plan shows what applying it would change" },
    ],
  };
}

async function runEditor(file: string): Promise<void> {
  const command = Deno.env.get("VISUAL") || Deno.env.get("EDITOR") || "vi";
  // The shell takes the variable apart, as it does for git and crontab: it may hold options.
  const editor = new Deno.Command("/bin/sh", {
    args: ["-c", `${command} "$1"`, "patronus", file],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const { success, code } = await editor.output();
  if (success) return;
  throw new PatronusError("failed", `the editor ${command} ended with status ${code}`, {
    hint: `your text is kept in ${file}; set EDITOR to another editor`,
  });
}
