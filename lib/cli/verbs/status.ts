/** `status`: what runs, what is pending, and whether the kernel has it. */
import type { LeaseStatus, Pending, Status } from "../../engine/plan.ts";
import type { Block, Output, Text } from "../../model/command.ts";
import { formatDuration } from "../../model/duration.ts";
import type { Desk } from "../desk.ts";
import { changeBlocks } from "./changes.ts";
import { foreignWords, noConfiguration, strangeText } from "./notices.ts";
import { localTime } from "./words.ts";

export async function status(desk: Desk): Promise<Output> {
  if (!await desk.hasState()) return { blocks: noConfiguration(await desk.strangeRules()), json: null };
  const now = await (await desk.engine()).status();
  return { blocks: statusBlocks(now), json: now };
}

export function statusBlocks(status: Status): Block[] {
  const fields: (readonly [string, Text])[] = [
    ["version", versionText(status)],
    ...(status.readOnly === null ? [] : [["read-only", { text: status.readOnly, tone: "warn" }] as const]),
    ...(status.pending === null ? [] : [["pending", pendingText(status.pending)] as const]),
    ["candidate", candidateText(status.candidate)],
    ["kernel", kernelText(status.kernel)],
    ...(status.kernel.state === "unreadable" ? [] : [["rules", `${status.rules} in the kernel`] as const]),
    ["forwarding", forwardingText(status.forwarding)],
    ...(status.kept === false ? [["network", NOT_KEPT] as const] : []),
    ...status.leases.map((lease, index) => [index === 0 ? "leases" : "", leaseText(lease)] as const),
    ...status.foreign.map((chain, index) => [index === 0 ? "also decide" : "", foreignWords(chain)] as const),
    ...status.recovered.map((line, index) => [index === 0 ? "recovered" : "", { text: line, tone: "warn" }] as const),
  ];
  const blocks: Block[] = [{ kind: "fields", fields }];
  if (status.kernel.drift.length > 0) {
    blocks.push({ kind: "line", text: [] }, ...changeBlocks(status.kernel.drift, false), {
      kind: "hint",
      text: "patronus apply repairs it",
    });
  }
  return blocks;
}

function versionText({ version, confirmed }: Status): Text {
  if (version === null) return { text: "none yet", tone: "dim" };
  const { number, author, time, message } = version;
  const words = `${number}  by ${author}, ${localTime(time)}${message === "" ? "" : `  ${message}`}`;
  if (version.confirmed) return words;
  const last = confirmed === null ? "none is confirmed" : `version ${confirmed} is the last confirmed one`;
  return `${words}  (${last})`;
}

/** How long there is time to confirm, and who may. */
export function pendingText({ version, user, secondsLeft }: Pending): Text {
  const words = secondsLeft <= 0
    ? `version ${version} was not confirmed in time and is being undone`
    : `version ${version} will be undone in ${formatDuration(secondsLeft)} unless ${user} runs patronus confirm`;
  return { text: words, tone: "warn" };
}

function candidateText(candidate: Status["candidate"]): Text {
  if (candidate?.base === null && candidate.changes === 0) {
    return { text: "everything at its default, not applied", tone: "warn" };
  }
  if (candidate === null || candidate.changes === 0) return { text: "no edits", tone: "dim" };
  const many = candidate.changes === 1 ? "1 edit" : `${candidate.changes} edits`;
  const base = candidate.base === null ? "" : ` over version ${candidate.base}`;
  return { text: `${many}${base}, not applied`, tone: "warn" };
}

function kernelText({ state, version, drift }: Status["kernel"]): Text {
  switch (state) {
    case "in-sync":
      return { text: `as version ${version ?? "?"} says`, tone: "good" };
    case "drift":
      return {
        text: `changed behind Patronus's back: ${drift.length} difference${drift.length === 1 ? "" : "s"}`,
        tone: "bad",
      };
    case "missing":
      return { text: "the table is gone; patronus apply brings it back", tone: "bad" };
    case "unreadable":
      return { text: "reading it takes root", tone: "dim" };
    case "strange":
      return { text: `${strangeText(version)}; patronus apply replaces them`, tone: "bad" };
    case "none":
      return { text: "nothing applied yet", tone: "dim" };
  }
}

const NOT_KEPT: Text = {
  text: "no DHCP, and devices that appear are not set up: patronus apply changes that",
  tone: "bad",
};

/** `eth0: 192.0.2.7/24, gateway 192.0.2.1, until 12:00`. */
function leaseText({ device, addresses, gateways, expires }: LeaseStatus): string {
  const words = [
    addresses.join(" "),
    gateways.length === 0 ? "" : `gateway ${gateways.join(" ")}`,
    expires === null ? "" : `until ${localTime(expires)}`,
  ];
  return `${device}: ${words.filter((word) => word !== "").join(", ")}`;
}

function forwardingText({ ipv4, ipv6 }: Status["forwarding"]): Text {
  if (ipv4 === ipv6) return ipv4 ? { text: "on", tone: "good" } : { text: "off", tone: "dim" };
  return { text: ipv4 ? "IPv4 only" : "IPv6 only", tone: "good" };
}
