/** The `config` commands. */
import type { Command, Option } from "../../model/command.ts";
import { COMING_BACK } from "./engine_commands.ts";
import type { Desk } from "../desk.ts";

const config = () => import("./config.ts");

const FORMAT: Option = {
  name: "format",
  type: "text",
  value: "FORMAT",
  values: ["toml", "json"],
  default: "toml",
  description: "How to print it",
};
const VERSION: Option = {
  name: "version",
  type: "text",
  value: "N",
  description: "That version instead of your candidate",
  completes: "version",
};

export const configCommands: readonly Command<Desk>[] = [
  {
    path: ["config", "show"],
    summary: "Print the configuration: your candidate, or a version",
    options: [VERSION, FORMAT],
    reads: true,
    run: async (input, desk) => (await config()).show(input, desk),
  },
  {
    path: ["config", "diff"],
    summary: "Compare two configurations, object by object",
    description: "Without A and B: what your candidate changes of the newest version. A and B are version numbers, " +
      "or the words head and candidate.",
    arguments: [
      { name: "A", description: "The older one; without it the newest version", optional: true, completes: "version" },
      { name: "B", description: "The newer one; without it your candidate", optional: true, completes: "version" },
    ],
    reads: true,
    examples: [
      { command: "patronus config diff", explanation: "what did I edit?" },
      { command: "patronus config diff 3 5", explanation: "what changed between two versions?" },
    ],
    run: async (input, desk) => (await config()).compare(input, desk),
  },
  {
    path: ["config", "history"],
    summary: "List the versions, newest first",
    options: [{ name: "limit", type: "text", value: "N", default: "20", description: "So many of them" }],
    reads: true,
    run: async (input, desk) => (await config()).history(input, desk),
  },
  {
    path: ["config", "rollback"],
    summary: "Go back to the content of a version, as a new version",
    arguments: [{ name: "N", description: "The version's number", completes: "version" }],
    options: COMING_BACK,
    run: async (input, desk) => (await import("./engine.ts")).rollback(input, desk),
  },
  {
    path: ["config", "export"],
    summary: "Write the configuration to a file or to standard output",
    arguments: [{
      name: "FILE",
      description: "Where to; - or nothing: standard output",
      optional: true,
      completes: "file",
    }],
    options: [
      VERSION,
      { ...FORMAT, description: "How to write it; without it as the file's name ends" },
      { name: "with-secrets", type: "flag", description: "Keys and passwords too" },
    ],
    run: async (input, desk) => (await config()).exportFile(input, desk),
  },
  {
    path: ["config", "import"],
    summary: "Make a file's configuration your candidate",
    description: "Says everything that is wrong with the file at once, and then changes nothing.",
    arguments: [{
      name: "FILE",
      description: "TOML or JSON in UTF-8, up to 64 MiB; - is standard input",
      completes: "file",
    }],
    options: [{ ...FORMAT, default: "", description: "What it is; without it as the name ends, or as it looks" }],
    examples: [
      { command: "patronus config import edge.toml", explanation: "then look: patronus plan" },
      { command: "ssh edge patronus config export | patronus config import -", explanation: "from another machine" },
    ],
    run: async (input, desk) => (await config()).importFile(input, desk),
  },
  {
    path: ["config", "edit"],
    summary: "Edit your candidate in $VISUAL or $EDITOR",
    description: "A text that is refused is kept in the state directory, and the error says where.",
    options: [{ ...FORMAT, description: "What to edit it as" }],
    run: async (input, desk) => (await import("./edit.ts")).edit(input, desk),
  },
];
