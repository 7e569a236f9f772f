/** Who leads to whom: aliases in aliases, chains that jump to chains. */

export type Edges = ReadonlyMap<string, readonly string[]>;

export interface Layers {
  /** Longest way down from each node, counted in nodes, for those from which no way leads into a cycle; leaves first. */
  readonly depths: ReadonlyMap<string, number>;
  /** Each cycle once, as its nodes in order. Of cycles that share nodes, some are named. */
  readonly cycles: readonly (readonly string[])[];
}

/** Peels leaves off until only cycles, and what leads into them, are left. Takes no recursion, however deep it goes. */
export function layers(edges: Edges): Layers {
  const parents = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [node, targets] of edges) {
    const known = targets.filter((target) => edges.has(target));
    open.set(node, known.length);
    for (const target of known) {
      const above = parents.get(target);
      if (above === undefined) parents.set(target, [node]);
      else above.push(node);
    }
  }
  const depths = new Map<string, number>();
  const leaves = [...edges.keys()].filter((node) => open.get(node) === 0);
  for (const leaf of leaves) {
    const below = (edges.get(leaf) ?? []).reduce((most, target) => Math.max(most, depths.get(target) ?? 0), 0);
    depths.set(leaf, below + 1);
    for (const parent of parents.get(leaf) ?? []) {
      const left = (open.get(parent) ?? 0) - 1;
      open.set(parent, left);
      if (left === 0) leaves.push(parent);
    }
  }
  return { depths, cycles: cyclesAmong(edges, new Set([...edges.keys()].filter((node) => !depths.has(node)))) };
}

/** From each of these nodes a way leads into a cycle: walk on until a node comes up again. */
function cyclesAmong(edges: Edges, nodes: ReadonlySet<string>): string[][] {
  const cycles: string[][] = [];
  const walked = new Set<string>();
  for (const start of nodes) {
    const way = new Set<string>();
    let here: string | undefined = start;
    while (here !== undefined && !walked.has(here)) {
      walked.add(here);
      way.add(here);
      here = edges.get(here)?.find((target) => nodes.has(target));
    }
    if (here === undefined || !way.has(here)) continue;
    const steps = [...way];
    cycles.push(steps.slice(steps.indexOf(here)));
  }
  return cycles;
}
