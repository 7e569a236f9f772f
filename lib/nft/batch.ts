/**
 * The operations of one atomic transaction, in order: what `diff` yields, `wire` encodes and the plan prints.
 * A rule in the kernel is named by the handle that the last dump gave.
 */
import type { AnonymousSet, Chain, Element, NamedSet, Rule, Table } from "./ruleset.ts";

export type Operation =
  | { readonly op: "add-table" }
  | { readonly op: "delete-table" }
  /** Lets the hooks of a dormant table be called again. */
  | { readonly op: "wake-table" }
  | { readonly op: "add-chain"; readonly chain: Chain }
  /** Only the policy of a base chain can change in place. */
  | { readonly op: "set-policy"; readonly chain: Chain }
  | { readonly op: "delete-chain"; readonly chain: string }
  | { readonly op: "flush-chain"; readonly chain: string }
  | { readonly op: "add-set"; readonly set: NamedSet }
  | { readonly op: "delete-set"; readonly set: string }
  | { readonly op: "add-elements"; readonly set: NamedSet; readonly elements: readonly Element[] }
  | { readonly op: "delete-elements"; readonly set: NamedSet; readonly elements: readonly Element[] }
  /** Appends, or with `after` puts behind that handle, or with `before` in front of it. */
  | {
    readonly op: "add-rule";
    readonly chain: string;
    readonly rule: Rule;
    readonly after?: bigint;
    readonly before?: bigint;
  }
  /** The handle stays; the counter starts at what `rule` says. */
  | { readonly op: "replace-rule"; readonly chain: string; readonly handle: bigint; readonly rule: Rule }
  | { readonly op: "delete-rule"; readonly chain: string; readonly handle: bigint };

/** A transaction against one table. */
export interface Batch {
  readonly family: Table["family"];
  readonly table: string;
  readonly operations: readonly Operation[];
}

/** A rule in the kernel. `expressions` are the bytes as dumped; `decodeRule` turns them into statements. */
export interface ObservedRule {
  readonly handle: bigint;
  readonly comment?: string;
  readonly expressions: Uint8Array;
}

/** What the kernel holds of one table. Rules are decoded only where somebody asks, for most are as they should be. */
export interface Observed {
  readonly family: Table["family"];
  readonly name: string;
  /** Chains with no rules in them; those stand in `rules`, by chain. */
  readonly chains: readonly Chain[];
  readonly rules: ReadonlyMap<string, readonly ObservedRule[]>;
  readonly sets: readonly NamedSet[];
  /** Sets inside rules, by the kernel's name for them. */
  readonly anonymous: ReadonlyMap<string, AnonymousSet>;
  /** None of its hooks is called: somebody switched the table off. */
  readonly dormant?: boolean;
}
