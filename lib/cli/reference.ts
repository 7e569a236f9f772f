/**
 * docs/cli.md, from the command table. `deno task docs` writes it and the tables of docs/configuration.md, and tests
 * compare: neither a command nor a field can change without its page.
 */
import { withFieldTables } from "../config/field_tables.ts";
import type { Command } from "../model/command.ts";
import { EXIT_STATUS } from "../model/error.ts";
import { COMMANDS } from "./commands.ts";
import { argumentText, argumentUsage, optionText, optionUsage, usage } from "./help.ts";
import { optionsOf } from "./parse.ts";

const PAGE = new URL("../../docs/cli.md", import.meta.url);
const CONFIGURATION = new URL("../../docs/configuration.md", import.meta.url);

const MEANING: Readonly<Record<number, string>> = {
  0: "done",
  1: "the request failed, or the document has errors",
  2: "the command line is wrong",
  3: "nothing to do where something was expected",
  4: "somebody else's change or a pending confirmation stands in the way",
  5: "not permitted",
};

/** The whole page, in Markdown. */
export async function reference(): Promise<string> {
  const statuses = [...new Set([0, ...Object.values(EXIT_STATUS)])].sort();
  const parts = [
    "# The command line\n",
    "_Written by `deno task docs` from the command table; change that, not this page._\n",
    "Edits go to your _candidate_: nothing happens on the machine before `patronus apply`. `patronus plan` shows what it " +
    "would change, and `patronus discard` drops the edits. Every command takes `--help`; every reading one takes `--json`.\n",
    `| exit status | meaning |\n|---|---|\n${
      statuses.map((status) => `| ${status} | ${MEANING[status] ?? ""} |`).join("\n")
    }\n`,
    "| environment | meaning |\n|---|---|\n" +
    "| `PATRONUS_STATE_DIR` | where versions and candidates are kept (`/var/lib/patronus`) |\n" +
    "| `PATRONUS_RUN_DIR` | where locks, leases and the network's log are kept (`/run/patronus`) |\n" +
    "| `PATRONUS_ETC_DIR` | where resolv.conf is (`/etc`) |\n" +
    "| `NO_COLOR` | no colours |\n" +
    "| `PATRONUS_DEBUG=1` | errors show where they happened |\n",
  ];
  let group = "";
  for (const command of COMMANDS.commands.filter((each) => !each.hidden)) {
    const [first = ""] = command.path;
    const heading = command.path.length > 1 ? first : "";
    if (heading !== group && heading !== "") parts.push(`## ${heading}\n`, `${COMMANDS.groups[heading] ?? ""}\n`);
    group = heading;
    parts.push(await section(command, heading === "" ? "##" : "###"));
  }
  return parts.join("\n");
}

async function section<S>(command: Command<S>, level: string): Promise<string> {
  const options = await optionsOf(command);
  const parts = [`${level} patronus ${command.path.join(" ")}\n`, `${command.summary}.\n`];
  if (command.description !== undefined) parts.push(`${command.description}\n`);
  parts.push("```\n" + usage(command, options) + "\n```\n");
  const rows = [
    ...(command.arguments ?? []).map((each) => [argumentUsage(each), argumentText(each)]),
    ...options.map((each) => [optionUsage(each), optionText(each)]),
  ];
  if (rows.length > 0) {
    const cell = (text = "") => text.replaceAll("|", "\\|");
    parts.push(`| | |\n|---|---|\n${rows.map(([left, right]) => `| \`${left}\` | ${cell(right)} |`).join("\n")}\n`);
  }
  for (const example of command.examples ?? []) {
    parts.push(`\`\`\`sh\n# ${example.explanation}\n${example.command}\n\`\`\`\n`);
  }
  return parts.join("\n");
}

if (import.meta.main) {
  const page = await reference();
  if (Deno.args.includes("--write")) {
    await Deno.writeTextFile(PAGE, page);
    await Deno.writeTextFile(CONFIGURATION, withFieldTables(await Deno.readTextFile(CONFIGURATION)));
  } else await Deno.stdout.write(new TextEncoder().encode(page));
}
