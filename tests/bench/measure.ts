/**
 * Measures contenders in rounds: each round times every one of them once, so that whatever else the machine is doing hits
 * all alike. Medians of several rounds, because a single run on a busy machine says little.
 */

/** Values by what was measured: milliseconds, or the unit in which something was noted. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/** One round in progress. */
export interface Round {
  /** Times work, in milliseconds, and gives what it gives. */
  time<T>(key: string, work: () => T | Promise<T>): Promise<T>;
  /** Keeps a value that is no time of its own. */
  note(key: string, value: number): void;
  /** The newest value of a key. */
  last(key: string): number;
}

/** Runs a round once for warming up, which does not count, and then so many times. `index` begins at 0, for the warm-up. */
export async function rounds(
  count: number,
  work: (round: Round, index: number) => Promise<void>,
): Promise<Samples> {
  const samples = new Map<string, number[]>();
  const keep = (key: string, value: number) => {
    const values = samples.get(key);
    if (values === undefined) samples.set(key, [value]);
    else values.push(value);
  };
  const round: Round = {
    async time(key, work) {
      const start = performance.now();
      const result = await work();
      keep(key, performance.now() - start);
      return result;
    },
    note: keep,
    last: (key) => samples.get(key)?.at(-1) ?? NaN,
  };
  await work(round, 0);
  samples.clear();
  for (let index = 1; index <= count; index++) await work(round, index);
  return samples;
}

/** The value below which a share of the values lies, between 0 and 1; 0.5 is the median. Between two values it is interpolated. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
