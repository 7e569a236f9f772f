/** Findings as part of an output. */
import type { Block, Text } from "../../model/command.ts";
import type { Finding } from "../../model/error.ts";

const TONES = { error: "bad", warning: "warn", note: "accent" } as const;
const RANK = { error: 0, warning: 1, note: 2 } as const;

/** A message that begins with its verb speaks of the place itself: `is missing`. */
const PREDICATE = /^(is|was|are|has|must|may|cannot|needs|takes)\b/;

/** Errors first, each with its place and what to do. */
export function findingBlocks(findings: readonly Finding[]): Block[] {
  return [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity]).flatMap((finding): Block[] => {
    const severity: Text = { text: `${finding.severity}: `, tone: TONES[finding.severity] };
    const line: Block = { kind: "line", text: [severity, ...sentence(finding)] };
    if (finding.hint === undefined) return [line];
    return [line, { kind: "line", text: [{ text: `  ${finding.hint}`, tone: "dim" }] }];
  });
}

function sentence({ path, message }: Finding): Text[] {
  if (path === "") return [message];
  if (PREDICATE.test(message)) return [`${path} ${message}`];
  return [message, { text: ` (${path})`, tone: "dim" }];
}
