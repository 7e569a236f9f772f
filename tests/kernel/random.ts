/** Random numbers from a seed, so that a failing run can be repeated: `PATRONUS_SEED=N`. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number = Number(Deno.env.get("PATRONUS_SEED") ?? Math.floor(Math.random() * 2 ** 31))) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to `limit` - 1 (a linear congruential generator with the constants of Numerical Recipes). */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** A few of the items, each at most once, in random order. */
  some<T>(items: readonly T[], most: number): T[] {
    const left = [...items];
    const taken: T[] = [];
    for (let count = this.below(most + 1); count > 0 && left.length > 0; count--) {
      taken.push(...left.splice(this.below(left.length), 1));
    }
    return taken;
  }
}
