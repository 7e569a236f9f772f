/** People for tests: a store of their own, a clock that goes when told to, and hashing that costs nothing. */
import { Store } from "../store.ts";
import { random } from "../sample.ts";
import type { Caller } from "./actor.ts";
import { type People, peopleOf } from "./people.ts";

export interface Sample {
  readonly store: Store;
  readonly people: People;
  readonly directory: string;
  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): void;
}

export const ROOT: Caller = { actor: { kind: "root", claims: "ann" }, address: null };
export const PASSWORD = "wet umbrella sings bass";

/** Runs a test with a new store, which goes with it. The same test sees the same randomness each time. */
export function withPeople(test: (sample: Sample) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const directory = Deno.makeTempDirSync();
    const store = Store.open(`${directory}/state`);
    let now = Date.UTC(2026, 0, 1);
    const next = random(1);
    const people: People = {
      ...peopleOf(store),
      now: () => now,
      random: (length) => Uint8Array.from({ length }, () => next() * 256),
      cost: { N: 16, r: 1, p: 1 },
    };
    try {
      await test({ store, people, directory: `${directory}/state`, pass: (milliseconds) => now += milliseconds });
    } finally {
      store.close();
      Deno.removeSync(directory, { recursive: true });
    }
  };
}
