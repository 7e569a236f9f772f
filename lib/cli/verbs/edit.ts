/** `config edit`: the candidate in the user's editor. */
import { print } from "../../config/format.ts";
import { EDIT_PREFIX } from "../../config/paths.ts";
import type { Document } from "../../features/document.ts";
import type { Input, Output } from "../../model/command.ts";
import { type Finding, PatronusError } from "../../model/error.ts";
import { readText } from "../../services/text.ts";
import type { Desk } from "../desk.ts";
import { type Format, formatOf, readDocument, summary } from "./config.ts";
import { findingBlocks } from "./findings.ts";

export async function edit(input: Input, desk: Desk): Promise<Output> {
  const format = formatOf(input);
  const before = print(await desk.document(), format);
  const file = await desk.temporaryFile(EDIT_PREFIX, `.${format}`);
  try {
    await Deno.writeTextFile(file, before);
    await runEditor(file);
    const text = await readText(file);
    const taken = text === before ? null : await take(text, format, desk);
    await Deno.remove(file);
    return taken === null ? { blocks: [{ kind: "line", text: ["nothing was changed"] }] } : edited(taken);
  } catch (error) {
    throw await kept(error, file, before);
  }
}

/** Makes a text the candidate. Throws where it is none, or where it cannot be kept. */
async function take(text: string, format: Format, desk: Desk): Promise<Taken> {
  const { document, findings } = await readDocument(text, format, desk);
  if (document === null) {
    throw new PatronusError("input", "that is not a valid configuration; your candidate stays as it was", { findings });
  }
  await desk.edit(() => document);
  return { document, findings };
}

interface Taken {
  readonly document: Document;
  /** What is worth knowing all the same. */
  readonly findings: readonly Finding[];
}

function edited({ document, findings }: Taken): Output {
  return {
    blocks: [
      { kind: "line", text: [{ text: "edited  ", tone: "good" }, summary(document)] },
      ...findingBlocks(findings),
      { kind: "hint", text: "patronus plan shows what applying it would change" },
    ],
  };
}

/** The error with the place where the text is kept; a text that was not touched goes. */
async function kept(error: unknown, file: string, before: string): Promise<unknown> {
  const text = await Deno.readTextFile(file).catch(() => null);
  if (text === null || text === "" || text === before) {
    await Deno.remove(file).catch(() => {});
    return error;
  }
  const { code, message, details } = error instanceof PatronusError
    ? error
    : { code: "failed" as const, message: error instanceof Error ? error.message : String(error), details: {} };
  const hint = [details.hint, `your text is kept: mend it, and run patronus config import ${file}`];
  return new PatronusError(code, message, {
    ...details,
    hint: hint.filter((part) => part !== undefined).join("; "),
    cause: error,
  });
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
  throw new PatronusError("failed", `the editor ${command} ended with status ${code}; nothing was changed`, {
    hint: "EDITOR or VISUAL names another one",
  });
}
