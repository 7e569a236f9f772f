/** The people of the store, and who is at this command line. */
import type { Caller } from "../../config/people/actor.ts";
import { type People, peopleOf } from "../../config/people/people.ts";
import type { Desk } from "../desk.ts";

/** Makes the store where there is none. */
export async function people(desk: Desk): Promise<People> {
  return peopleOf(await desk.store());
}

/** For reading: null where there is no store. */
export async function existingPeople(desk: Desk): Promise<People | null> {
  const store = await desk.existingStore();
  return store === null ? null : peopleOf(store);
}

/** Whoever can write to the store is root here, and says which person it is. */
export function caller(desk: Desk): Caller {
  return { actor: { kind: "root", claims: desk.user }, address: desk.sshAddress()?.from ?? null };
}
