/** People for tests: a store of their own, a clock that goes when told to, and hashing that costs nothing. */
import { Store } from "../store.ts";
import { random } from "../sample.ts";
import type { Caller } from "./actor.ts";
import { type People, peopleOf } from "./people.ts";
import { activateTotp, beginTotp } from "./second_factor.ts";
import { codeOf, stepAt } from "./totp.ts";
import { addUser, userNamed } from "./users.ts";

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

export const BROWSER = { address: "192.0.2.7", agent: "Mozilla/5.0" };

/** The administrator ann, 1, and the operator bob, 2. */
export async function addPeople(people: People): Promise<void> {
  await addUser(people, ROOT, { name: "ann", role: "admin", password: PASSWORD });
  await addUser(people, ROOT, { name: "bob", role: "operator", password: PASSWORD });
}

/** Gives a user an authenticator: its secret, and the recovery codes. The code of this moment is used up. */
export function enrol(people: People, name: string): { secret: Uint8Array; codes: string[] } {
  beginTotp(people, name, "edge");
  const { number } = userNamed(people, name);
  const secret = people.database.row("SELECT value FROM secrets WHERE id = ?", `totp:${number}`)?.value as Uint8Array;
  return { secret, codes: activateTotp(people, ROOT, name, codeOf(secret, stepAt(people.now()))) };
}
