/** The kernel's rules before a transaction, and rules as nft prints them. */
import type { Observed, ObservedRule } from "../nft/batch.ts";
import { decodeRule } from "../nft/decode_rule.ts";
import type { Rule } from "../nft/ruleset.ts";
import { printRule } from "../nft/text.ts";

export class OldRules {
  readonly #handles = new Map<string, Map<bigint, ObservedRule>>();

  constructor(readonly observed: Observed | null) {}

  all(chain: string): readonly ObservedRule[] {
    return this.observed?.rules.get(chain) ?? [];
  }

  find(chain: string, handle: bigint): ObservedRule | undefined {
    let rules = this.#handles.get(chain);
    if (rules === undefined) {
      rules = new Map(this.all(chain).map((rule) => [rule.handle, rule]));
      this.#handles.set(chain, rules);
    }
    return rules.get(handle);
  }

  text(rule: ObservedRule): string {
    return ruleText(decodeRule(rule, this.observed?.anonymous ?? new Map()));
  }
}

/** Readings are no part of what a rule says. */
export function ruleText(rule: Rule): string {
  const statements = rule.statements.map((statement) =>
    statement.kind === "counter" ? { ...statement, packets: 0, bytes: 0 } : statement
  );
  return printRule({ ...rule, statements }).replace("counter packets 0 bytes 0", "counter");
}
