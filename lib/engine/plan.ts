/** What applying would do, and what an apply has done: data that prints as text, JSON and HTML. */
import type { ObjectChange } from "../config/changes.ts";
import type { Version } from "../config/store.ts";
import type { Finding } from "../model/error.ts";
import type { Change, PlannedStep } from "./step.ts";

/** A step as people see it, without what only the engine can read. */
export type ShownStep = Pick<PlannedStep, "kind" | "title" | "changes">;

/** A base chain of somebody else's table: it too decides what passes. */
export interface ForeignChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly hook: string;
  readonly priority: number;
  readonly policy: "accept" | "drop";
}

/** A connection of the caller's own that the plan would cut. */
export interface Lockout {
  /** `established`: the session that the caller sits in; `new`: another one from the same place. */
  readonly connection: "established" | "new";
  readonly from: string;
  readonly to: string;
  /** TCP port of this machine. */
  readonly port: number;
  /** What decides against it, as `rule drop-all` or `the default of chain input`. */
  readonly by: string;
}

export interface Plan {
  /** The newest version, which the candidate will follow; null before the first. */
  readonly from: number | null;
  /** Differences from `from` to the candidate, merged onto it where it is newer than the candidate's base. */
  readonly document: readonly ObjectChange[];
  /** The same in lines for people, in the words of the document. */
  readonly words: readonly string[];
  /** Differences in the words of the kernel, in the order in which they are made; empty when the machine is as desired. */
  readonly steps: readonly ShownStep[];
  /** The kernel holds rules of Patronus that are of no version of this store. */
  readonly strange: boolean;
  /** What was changed behind Patronus's back; applying repairs it. */
  readonly drift: readonly Change[];
  readonly findings: readonly Finding[];
  readonly lockouts: readonly Lockout[];
  readonly foreign: readonly ForeignChain[];
}

/** Nothing to apply: the document is the newest version and the machine is as it says. */
export function isEmpty(plan: Plan): boolean {
  return plan.document.length === 0 && plan.steps.length === 0;
}

/** An apply that waits for `confirm`. */
export interface Pending {
  readonly version: number;
  /** Who applied it and may confirm it. */
  readonly user: string;
  /** Seconds until it is undone; 0 when that is overdue. */
  readonly secondsLeft: number;
}

export interface Applied {
  readonly version: Version;
  readonly steps: readonly ShownStep[];
  /** Null: it is confirmed. */
  readonly pending: Pending | null;
  /** What did not go as it should and is no reason to undo the change. */
  readonly problems: readonly string[];
}

/**
 * What `boot` brought up; `none`: the machine is left alone, for there is a store in which no version was ever confirmed.
 */
export interface Boot {
  readonly source: "version" | "last-good" | "rescue" | "closed" | "none";
  /** Its version, where the source has one. */
  readonly version: number | null;
  /** Why it was not the newest confirmed version out of the store. */
  readonly reason?: string;
  /** What was unfinished, and how that was ended. */
  readonly recovered: readonly string[];
  /** What of the network could not be set up. */
  readonly problems: readonly string[];
}

export interface Status {
  /** The newest version; null before the first. */
  readonly version: Version | null;
  /** Number of the newest confirmed version. */
  readonly confirmed: number | null;
  /** Why nothing can be changed; null where everything can. */
  readonly readOnly: string | null;
  readonly pending: Pending | null;
  /** The caller's edits: how many objects differ from the newest version. */
  readonly candidate: { readonly base: number | null; readonly changes: number } | null;
  readonly kernel: {
    /**
     * `unreadable`: the caller may not read it. `none`: no version is applied yet. `strange`: the table is there, but of no
     * version of this store.
     */
    readonly state: "in-sync" | "drift" | "missing" | "unreadable" | "none" | "strange";
    /** Version in the kernel, as the stamp rule says; 0: the rescue ruleset, or closed. */
    readonly version: number | null;
    readonly drift: readonly Change[];
  };
  /** Kernel rules of the table. */
  readonly rules: number;
  readonly forwarding: { readonly ipv4: boolean; readonly ipv6: boolean };
  readonly foreign: readonly ForeignChain[];
  readonly leases: readonly LeaseStatus[];
  /** Whether somebody sets up devices that appear and runs DHCP; null where the version wants none of it. */
  readonly kept: boolean | null;
  /** What this process found unfinished when it started, and how it ended that. */
  readonly recovered: readonly string[];
}

/** What a DHCP server lends to a device. */
export interface LeaseStatus {
  readonly device: string;
  readonly family: 4 | 6;
  /** As `192.0.2.7/24`. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly resolvers: readonly string[];
  readonly server: string | null;
  /** ISO 8601; null for ever. */
  readonly expires: string | null;
}
