/** The words of an object that stand for other objects. */

/** A word at a path of `References`, and where it stands in the object: `vlan.parent`, `hops[1].interface`. */
export interface ReferringWord {
  readonly place: string;
  readonly word: string;
}

/** Every word at a path; what is neither text nor holds any is passed over. */
export function wordsAt(object: unknown, path: string): ReferringWord[] {
  return within(object, path.split("."), "");
}

function within(value: unknown, steps: readonly string[], place: string): ReferringWord[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => within(each, steps, `${place}[${index}]`));
  const [step, ...rest] = steps;
  if (step === undefined) return typeof value === "string" ? [{ place, word: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  const inner = (value as Readonly<Record<string, unknown>>)[step];
  return within(inner, rest, place === "" ? step : `${place}.${step}`);
}
