/** `apply`, `confirm`, `rollback`, `discard`, `check`. */
import type { Actions } from "../../engine/mod.ts";
import type { Applied, Boot, Lockout, Pending } from "../../engine/plan.ts";
import type { Block, Input, Output } from "../../model/command.ts";
import { parseDuration } from "../../model/duration.ts";
import { PatronusError } from "../../model/error.ts";
import type { Desk } from "../desk.ts";
import { tally } from "./changes.ts";
import { findingBlocks } from "./findings.ts";
import { lockoutBlocks, lockoutWords } from "./notices.ts";
import { pendingText } from "./status.ts";
import { versionNumber } from "./words.ts";

/** `apply`. */
export async function apply(input: Input, desk: Desk): Promise<Output> {
  const typed = input.text("confirm");
  const message = input.text("message");
  if (input.flag("boot")) {
    if (typed !== undefined || message !== undefined) {
      throw new PatronusError("usage", "--boot takes neither --confirm nor --message", {
        hint: "it brings up what was applied and confirmed before",
      });
    }
    return { blocks: bootBlocks(await desk.boot()) };
  }
  const confirmWithin = typed === undefined ? undefined : secondsOf(typed);
  if (!await desk.hasState()) throw nothingYet();
  const warnings = await lockoutWarnings(desk, input, async (engine) => (await engine.plan()).lockouts);
  const applied = await (await desk.engine()).apply({
    ...(message === undefined ? {} : { message }),
    ...(confirmWithin === undefined ? {} : { confirmWithin }),
  });
  return { blocks: [...appliedBlocks(applied), ...warnings] };
}

/** The longest time that `--confirm` waits: a week. */
const LONGEST = 7 * 86400;

function secondsOf(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== null && seconds >= 1 && seconds <= LONGEST) return seconds;
  throw new PatronusError("usage", `--confirm cannot be ${text === "" ? "empty" : text}`, {
    hint: "it is a length of time from 1s to 7d, as 60s, 5m or 1h30m",
  });
}

/**
 * Whoever sits in an SSH session must not cut it by accident: without a way back (`--confirm`) or a clear word (`--force`)
 * such an apply is refused, on a terminal and in a script alike. Elsewhere there is no session to lose, and no plan to make.
 */
async function lockoutWarnings(
  desk: Desk,
  input: Input,
  find: (engine: Actions) => Promise<readonly Lockout[]>,
): Promise<Block[]> {
  if (input.flag("force") || desk.sshAddress() === null) return [];
  const lockouts = await find(await desk.engine());
  if (lockouts.length === 0) return [];
  if (input.text("confirm") !== undefined) return lockoutBlocks(lockouts);
  throw new PatronusError("failed", "applying this would cut you off; nothing was changed", {
    findings: lockouts.map((lockout) => ({ severity: "error", path: "", message: lockoutWords(lockout).join("") })),
    hint: "with --confirm 60s it undoes itself when you cannot confirm any more; --force does it anyway",
  });
}

/** What was done, and what is left to do, in one or two lines. */
export function appliedBlocks({ version, steps, pending, problems }: Applied, verb = "applied"): Block[] {
  const changes = tally(steps.flatMap((step) => step.changes));
  const kernel = changes === "nothing" ? "the machine was so already" : `${changes} on the machine`;
  return [
    { kind: "line", text: [{ text: `${verb}  `, tone: "good" }, `version ${version.number}: ${kernel}`] },
    ...problems.map((line): Block => ({ kind: "line", text: [{ text: "but  ", tone: "warn" }, line] })),
    ...(pending === null ? [] : [pendingLine(pending)]),
  ];
}

function pendingLine(pending: Pending): Block {
  return { kind: "line", text: [{ text: "pending  ", tone: "warn" }, pendingText(pending)] };
}

const SOURCES: Readonly<Record<Boot["source"], string>> = {
  version: "",
  "last-good": "from the last good copy",
  rescue: "the rescue rules: only the management networks of the last confirmed version get in",
  none: "nothing: no version was ever confirmed",
  closed: "closed: nothing but loopback, neighbour discovery and the DHCP client passes",
};

/** How people get on from there. */
const BACK = "put the store back, or mount its disk, and run patronus apply --boot again; " +
  "or begin anew with patronus firewall init or config import, and patronus apply";

/** Where the machine's state came from; a warning unless it was the store. */
export function bootBlocks({ source, version, reason, recovered, problems }: Boot): Block[] {
  const what = [version === null ? "" : `version ${version}`, SOURCES[source]].filter((part) => part !== "").join(" ");
  const tone = source === "version" ? "good" : "bad";
  const blocks: Block[] = [{ kind: "line", text: [{ text: "up  ", tone }, what] }];
  if (reason !== undefined) blocks.push({ kind: "line", text: [{ text: "because  ", tone: "warn" }, reason] });
  for (const line of problems) blocks.push({ kind: "line", text: [{ text: "network  ", tone: "bad" }, line] });
  for (const line of recovered) blocks.push({ kind: "line", text: [{ text: "recovered  ", tone: "warn" }, line] });
  if (source === "rescue" || source === "closed") blocks.push({ kind: "line", text: [{ text: BACK, tone: "dim" }] });
  return blocks;
}

/** `confirm`. */
export async function confirm(desk: Desk): Promise<Output> {
  if (!await desk.hasState()) throw nothingYet();
  const { number } = await (await desk.engine()).confirm();
  return { blocks: [{ kind: "line", text: [{ text: "confirmed  ", tone: "good" }, `version ${number} stays`] }] };
}

/** `rollback [N]` and `config rollback N`. */
export async function rollback(input: Input, desk: Desk): Promise<Output> {
  const typed = input.word("N");
  const number = typed === "" ? undefined : versionNumber(typed);
  if (!await desk.hasState()) throw nothingYet();
  const confirm = input.text("confirm");
  const confirmWithin = confirm === undefined ? undefined : secondsOf(confirm);
  const warnings = await lockoutWarnings(desk, input, (engine) => engine.rollbackLockouts(number));
  const applied = await (await desk.engine()).rollback(number, confirmWithin);
  const { version, steps } = applied;
  // Undoing what was pending needs no plan: its steps were kept.
  const undone: Block = {
    kind: "line",
    text: [{ text: "rolled back  ", tone: "good" }, `version ${version.number}: ${version.message}`],
  };
  return {
    blocks: [
      ...(steps.length > 0 ? appliedBlocks(applied, "rolled back") : [undone]),
      ...warnings,
      { kind: "hint", text: "what was undone is your candidate now: patronus config diff shows it, discard drops it" },
    ],
  };
}

/** `discard`. */
export async function discard(desk: Desk): Promise<Output> {
  if (!await desk.hasState()) throw nothingYet();
  await (await desk.engine()).discard();
  return { blocks: [{ kind: "line", text: [{ text: "discarded  ", tone: "warn" }, "your edits"] }] };
}

/** `check`. */
export async function check(desk: Desk): Promise<Output> {
  // As it would be applied: onto a newer version, edits are merged first.
  const findings = await desk.hasState()
    ? await (await desk.engine()).check()
    : await desk.check(await desk.document());
  const wrong = findings.some((finding) => finding.severity === "error");
  const blocks = findings.length > 0
    ? findingBlocks(findings)
    : [{ kind: "line", text: [{ text: "fine  ", tone: "good" }, "nothing to complain about"] } as const];
  return { blocks, json: findings, status: wrong ? 1 : 0 };
}

function nothingYet(): PatronusError {
  return new PatronusError("nothing", "there is no configuration yet", {
    hint: "patronus firewall init makes a first one from what this machine has",
  });
}
