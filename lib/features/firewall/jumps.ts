/** Checks of the ways between chains. */
import type { Finding } from "../../model/error.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import { error, many, PLACES, warning } from "../finding.ts";
import { type Edges, layers } from "../graph.ts";

/**
 * NFT_JUMP_STACK_SIZE of net/netfilter/nf_tables.h is 16: the kernel refuses a chain that many jumps below its hook. The
 * way from the hook into the slot of rules is the first.
 */
const DEEPEST = 14;

/** Cycles, chains too deep to reach, and chains that nothing reaches. */
export function checkJumps({ firewall: { chains, rules } }: Document, directory: Directory): Finding[] {
  const targets = new Map<string, string[]>(chains.map(({ id }) => [id, []]));
  const reached = new Set<string>();
  const filled = new Map<string, number>();
  for (const { enabled, chain, action, target } of rules) {
    if (!enabled) continue;
    filled.set(chain, (filled.get(chain) ?? 0) + 1);
    if (action !== "jump" || target === undefined) continue;
    targets.get(chain)?.push(target);
    if (chain !== target) reached.add(target);
  }
  const unreached = chains.filter(({ id }) => filled.has(id) && !reached.has(id)).map((chain) =>
    warning(
      PLACES.chain(chain),
      `no rule jumps to this chain: what is in it (${many(filled.get(chain.id) ?? 0, "rule")}) decides nothing`,
      `a rule with action = "jump" and target = "${chain.name}" leads here`,
    )
  );
  return [...cyclesAndDepth(targets, directory), ...unreached];
}

function cyclesAndDepth(edges: Edges, directory: Directory): Finding[] {
  const { cycles, depths } = layers(edges);
  const circles = cycles.map((cycle) => {
    const [first = ""] = cycle;
    const names = [...cycle, first].map((id) => directory.chainName(id));
    return error(
      `firewall.chains[${names[0]}]`,
      `the chain ${names[0]} leads back to itself: ${names.join(" → ")}`,
      "take one of these jumps out",
    );
  });
  const deep = [...depths].filter(([, depth]) => depth === DEEPEST + 1).map(([id]) =>
    error(
      `firewall.chains[${directory.chainName(id)}]`,
      `chains jump to chains more than ${DEEPEST} deep here`,
      "the kernel follows no more than that",
    )
  );
  return [...circles, ...deep];
}
