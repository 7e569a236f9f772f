/** The `audit` commands. */
import type { Command } from "../../model/command.ts";
import type { Desk } from "../desk.ts";

const audit = () => import("./audit.ts");

export const auditCommands: readonly Command<Desk>[] = [
  {
    path: ["audit", "list"],
    summary: "Show who did what from where, newest first",
    options: [{ name: "limit", type: "text", value: "N", default: "50", description: "So many of them" }],
    reads: true,
    run: async (input, desk) => (await audit()).list(input, desk),
  },
  {
    path: ["audit", "verify"],
    summary: "Say whether entries were altered or taken out",
    description:
      "Each entry's hash covers the one before. Whoever can write to the store's file can still cut off the " +
      "end, or write the whole log anew; a head that you noted elsewhere shows that.",
    options: [{ name: "head", type: "text", value: "HEAD", description: "A head that was printed earlier" }],
    reads: true,
    run: async (input, desk) => (await audit()).verify(input, desk),
  },
  {
    path: ["audit", "archive"],
    summary: "Move old entries into a file; the chain still holds",
    description: "The file has an entry a line, as JSON. The log grows until this is done.",
    arguments: [{ name: "FILE", description: "Where to; it must not be there yet", completes: "file" }],
    options: [{ name: "keep", type: "text", value: "N", default: "10000", description: "So many stay in the log" }],
    examples: [{ command: "patronus audit archive audit-2026.jsonl --keep 1000", explanation: "all but the newest" }],
    run: async (input, desk) => (await audit()).archive(input, desk),
  },
];
