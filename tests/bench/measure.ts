/** Times work: medians of several runs, because a single run on a busy machine says little. */

/** Milliseconds of one run. */
export async function time(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs `prepare` and then, timed, `work`, so many times; gives the times in milliseconds. */
export async function times(
  runs: number,
  work: () => unknown,
  prepare: () => unknown = () => {},
): Promise<number[]> {
  const results: number[] = [];
  for (let run = 0; run < runs; run++) {
    await prepare();
    results.push(await time(work));
  }
  return results;
}

/** The middle of a list of numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] ?? 0 : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
