/** A transaction in words: what it adds, changes and removes, each rule and element as nft prints it. */
import type { Observed, ObservedRule, Operation } from "../nft/batch.ts";
import { commentId } from "../nft/comment.ts";
import { decodeRule } from "../nft/decode_rule.ts";
import type { Chain, Rule } from "../nft/ruleset.ts";
import { printElement, printRule } from "../nft/text.ts";
import type { Change } from "./step.ts";

/** A rule that is deleted in one place and added in another has only moved, or was rewritten on the way. */
export function kernelChanges(observed: Observed | null, operations: readonly Operation[]): Change[] {
  const old = new OldRules(observed);
  const added = new Set(
    operations.flatMap((operation) => operation.op === "add-rule" ? [place(operation.chain, operation.rule)] : []),
  );
  const leaving = new Map<string, ObservedRule>();
  for (const operation of operations) {
    if (operation.op !== "delete-rule") continue;
    const rule = old.find(operation.chain, operation.handle);
    if (rule !== undefined && added.has(place(operation.chain, rule))) leaving.set(place(operation.chain, rule), rule);
  }
  return operations.flatMap((operation): Change[] => {
    switch (operation.op) {
      case "add-table":
        return [];
      case "delete-table":
        return [{ action: "remove", subject: "the whole table" }];
      case "add-chain":
        return [{
          action: "add",
          subject: `chain ${operation.chain.name}`,
          ...defined("after", hookWords(operation.chain)),
        }];
      case "set-policy":
        return [{
          action: "change",
          subject: `policy of chain ${operation.chain.name}`,
          ...defined("before", observed?.chains.find(({ name }) => name === operation.chain.name)?.base?.policy),
          ...defined("after", operation.chain.base?.policy),
        }];
      case "delete-chain":
        return [{ action: "remove", subject: `chain ${operation.chain}` }];
      case "flush-chain":
        return old.all(operation.chain).map((rule) => ({
          action: "remove",
          subject: subject(operation.chain, rule),
          before: old.text(rule),
        }));
      case "add-set":
        return [{
          action: "add",
          subject: `set ${operation.set.name}`,
          ...defined(
            "after",
            operation.set.elements.map((element) => printElement(element, operation.set.key)).join(", "),
          ),
        }];
      case "delete-set":
        return [{ action: "remove", subject: `set ${operation.set}` }];
      case "add-elements":
      case "delete-elements": {
        const elements = operation.elements.map((element) => printElement(element, operation.set.key)).join(", ");
        const add = operation.op === "add-elements";
        return [{
          action: add ? "add" : "remove",
          subject: `elements of set ${operation.set.name}`,
          [add ? "after" : "before"]: elements,
        }];
      }
      case "add-rule": {
        const from = leaving.get(place(operation.chain, operation.rule));
        return [{
          action: from === undefined ? "add" : "change",
          subject: subject(operation.chain, operation.rule, from === undefined ? "" : " (moved)"),
          ...defined("before", from && old.text(from)),
          // Whoever only counts them does not pay for ten thousand rules in words.
          get after() {
            return text(operation.rule);
          },
        }];
      }
      case "replace-rule": {
        const from = old.find(operation.chain, operation.handle);
        return [{
          action: "change",
          subject: subject(operation.chain, operation.rule),
          ...defined("before", from && old.text(from)),
          after: text(operation.rule),
        }];
      }
      case "delete-rule": {
        const rule = old.find(operation.chain, operation.handle);
        if (rule !== undefined && leaving.get(place(operation.chain, rule)) === rule) return [];
        return [{
          action: "remove",
          subject: rule === undefined ? `a rule of chain ${operation.chain}` : subject(operation.chain, rule),
          ...defined("before", rule && old.text(rule)),
        }];
      }
    }
  });
}

class OldRules {
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
    return text(decodeRule(rule, this.observed?.anonymous ?? new Map()));
  }
}

/** Where a rule belongs, whatever it says: its chain and id. */
function place(chain: string, { comment }: { readonly comment?: string }): string {
  return `${chain} ${commentId(comment ?? "")}`;
}

function subject(chain: string, { comment }: { readonly comment?: string }, note = ""): string {
  return `rule ${comment === undefined ? "without a comment" : commentId(comment)} in chain ${chain}${note}`;
}

/** Readings are no part of what a rule says. */
function text(rule: Rule): string {
  const statements = rule.statements.map((statement) =>
    statement.kind === "counter" ? { ...statement, packets: 0, bytes: 0 } : statement
  );
  return printRule({ ...rule, statements }).replace("counter packets 0 bytes 0", "counter");
}

function hookWords({ base }: Chain): string | undefined {
  return base && `type ${base.type} hook ${base.hook} priority ${base.priority}; policy ${base.policy}`;
}

function defined<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined || value === "" ? {} : { [key]: value } as Record<K, string>;
}
