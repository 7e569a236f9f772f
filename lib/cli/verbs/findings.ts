/** Findings as part of an output. */
import type { Block } from "../../model/command.ts";
import type { Finding } from "../../model/error.ts";

const TONES = { error: "bad", warning: "warn", note: "accent" } as const;
const RANK = { error: 0, warning: 1, note: 2 } as const;

/** Errors first, each with its place and what to do. */
export function findingBlocks(findings: readonly Finding[]): Block[] {
  return [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity]).flatMap((finding): Block[] => {
    const place = finding.path === "" ? "" : `  (${finding.path})`;
    const lines: Block[] = [{
      kind: "line",
      text: [{ text: `${finding.severity}: `, tone: TONES[finding.severity] }, finding.message, {
        text: place,
        tone: "dim",
      }],
    }];
    if (finding.hint !== undefined) lines.push({ kind: "line", text: [{ text: `  ${finding.hint}`, tone: "dim" }] });
    return lines;
  });
}
