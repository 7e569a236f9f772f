/** A transaction in words: what it adds, changes and removes, each rule and element as nft prints it. */
import type { Observed, Operation } from "../nft/batch.ts";
import { commentId } from "../nft/comment.ts";
import type { Chain, NamedSet } from "../nft/ruleset.ts";
import { printElement } from "../nft/text.ts";
import { OldRules, ruleText } from "./old_rules.ts";
import { endedRules, findReturns } from "./returns.ts";
import type { Change } from "./step.ts";

/** What is deleted and made again has changed or moved, if anything: a rule that is as it was is not told. */
export function kernelChanges(observed: Observed | null, operations: readonly Operation[]): Change[] {
  const old = new OldRules(observed);
  const returns = findReturns(old, operations);
  const back = new Set([...returns.rules.values()].map(({ rule }) => rule));
  return operations.flatMap((operation): Change[] => {
    switch (operation.op) {
      case "add-table":
        return [];
      case "wake-table":
        return [{
          action: "change",
          subject: "the whole table",
          before: "dormant: no packet comes to it",
          after: "awake",
        }];
      case "delete-table":
        return [{ action: "remove", subject: "the whole table" }];
      case "add-chain":
        return [{
          action: returns.chains.has(operation.chain.name) ? "change" : "add",
          subject: `chain ${operation.chain.name}`,
          ...defined("before", chainWords(observed?.chains.find(({ name }) => name === operation.chain.name))),
          ...defined("after", chainWords(operation.chain)),
        }];
      case "set-policy":
        return [{
          action: "change",
          subject: `policy of chain ${operation.chain.name}`,
          ...defined("before", observed?.chains.find(({ name }) => name === operation.chain.name)?.base?.policy),
          ...defined("after", operation.chain.base?.policy),
        }];
      case "delete-chain":
        return returns.chains.has(operation.chain) ? [] : [{ action: "remove", subject: `chain ${operation.chain}` }];
      case "flush-chain":
      case "delete-rule":
        return endedRules(old, operation).filter(({ rule }) => !back.has(rule)).map(({ chain, rule }) => ({
          action: "remove",
          subject: subject(chain, rule),
          before: old.text(rule),
        }));
      case "add-set":
        return [{
          action: returns.sets.has(operation.set.name) ? "change" : "add",
          subject: `set ${operation.set.name}`,
          ...defined("before", setWords(observed?.sets.find(({ name }) => name === operation.set.name))),
          ...defined("after", setWords(operation.set)),
        }];
      case "delete-set":
        return returns.sets.has(operation.set) ? [] : [{ action: "remove", subject: `set ${operation.set}` }];
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
        const from = returns.rules.get(operation);
        const before = from && old.text(from.rule);
        if (from?.detached === true && before === ruleText(operation.rule)) return [];
        return [{
          action: from === undefined ? "add" : "change",
          subject: subject(operation.chain, operation.rule, from?.detached === false ? " (moved)" : ""),
          ...defined("before", before),
          // Whoever only counts them does not pay for ten thousand rules in words.
          get after() {
            return ruleText(operation.rule);
          },
        }];
      }
      case "replace-rule": {
        const from = old.find(operation.chain, operation.handle);
        return [{
          action: "change",
          subject: subject(operation.chain, operation.rule),
          ...defined("before", from && old.text(from)),
          after: ruleText(operation.rule),
        }];
      }
    }
  });
}

function subject(chain: string, { comment }: { readonly comment?: string }, note = ""): string {
  return `rule ${comment === undefined ? "without a comment" : commentId(comment)} in chain ${chain}${note}`;
}

function chainWords(chain: Chain | undefined): string | undefined {
  if (chain === undefined) return undefined;
  const { base, comment } = chain;
  return [
    ...(base === undefined
      ? []
      : [`type ${base.type} hook ${base.hook} priority ${base.priority}; policy ${base.policy}`]),
    ...(comment === undefined ? [] : [`comment "${comment}"`]),
  ].join("; ");
}

function setWords(set: NamedSet | undefined): string | undefined {
  return set?.elements.map((element) => printElement(element, set.key)).join(", ");
}

function defined<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined || value === "" ? {} : { [key]: value } as Record<K, string>;
}
