/**
 * Where a command does its work: through the daemon where one runs, else with the store, the engine and the machine in this
 * process, each opened when it is first asked for.
 */
import type { Store, Version } from "../config/store.ts";
import type { Actions } from "../engine/mod.ts";
import type { Boot } from "../engine/plan.ts";
import type { Document } from "../features/document.ts";
import type { Session } from "../features/session.ts";
import { type Finding, PatronusError } from "../model/error.ts";
import type { Io } from "./io.ts";

export interface Desk extends Session {
  readonly user: string;
  readonly io: Io;
  /** Whether there is a store, or what is left of one. */
  hasState(): Promise<boolean>;
  engine(): Promise<Actions>;
  /** What the kernel holds although there is no store; null where it holds nothing of Patronus, or may not be read. */
  strangeRules(): Promise<{ readonly version: number | null } | null>;
  /** Brings up what was confirmed last, whatever state the store is in. */
  boot(): Promise<Boot>;
  /** Everything that is wrong or worth knowing in a document. */
  check(document: Document): Promise<readonly Finding[]>;
  /** Newest first; none where there is no store. */
  history(limit: number): Promise<readonly Version[]>;
  /** What a version holds; throws `nothing` where there is none of this number. */
  documentOf(number: number): Promise<Document>;
  /** Whether the user has a candidate. */
  hasEdits(): Promise<boolean>;
  /** The store itself, for what is no part of the document, as people are; made where there is none. */
  store(): Promise<Store>;
  /** For reading: null where there is no store. */
  existingStore(): Promise<Store | null>;
  /** Who can log in. */
  users(): Promise<readonly { readonly name: string; readonly role: string }[]>;
  /** Makes an empty file beside the store that this user alone can read, and gives its path. */
  temporaryFile(prefix: string, suffix: string): Promise<string>;
  close(): Promise<void>;
}

/** Through the daemon where one runs, else in this process; then nothing is opened yet. */
export async function openDesk(io: Io): Promise<Desk> {
  const { runDirectory } = await import("../config/paths.ts");
  const { daemonAnswers } = await import("../web/presence.ts");
  if (await daemonAnswers(runDirectory())) return new (await import("./daemon_desk.ts")).DaemonDesk(io);
  return new (await import("./local_desk.ts")).LocalDesk(io);
}

export function noVersion(): PatronusError {
  return new PatronusError("nothing", "there is no version yet", { hint: "patronus apply makes the first" });
}
