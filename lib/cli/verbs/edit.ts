/** `config edit`: the candidate in the user's editor. */
import { print } from "../../config/format.ts";
import type { Input, Output } from "../../model/command.ts";
import { PatronusError } from "../../model/error.ts";
import { systemError } from "../../model/system_error.ts";
import { readText } from "../../services/text.ts";
import type { Desk } from "../desk.ts";
import { findingBlocks } from "./findings.ts";
import { formatOf, readDocument, summary } from "./config.ts";

export async function edit(input: Input, desk: Desk): Promise<Output> {
  const format = formatOf(input);
  const before = print(await desk.document(), format);
  const directory = await makeDirectory();
  const file = `${directory}/candidate.${format}`;
  await Deno.writeTextFile(file, before, { mode: 0o600 });
  await runEditor(file);
  const text = await readText(file);
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
      ...findingBlocks(findings),
      { kind: "hint", text: "patronus plan shows what applying it would change" },
    ],
  };
}

/** A directory of mode 0700, below TMPDIR. */
async function makeDirectory(): Promise<string> {
  try {
    return await Deno.makeTempDir({ prefix: "patronus-" });
  } catch (error) {
    const hint = "TMPDIR has to name a directory that can be written";
    throw systemError(error, "cannot make a directory for the text to edit", hint);
  }
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
