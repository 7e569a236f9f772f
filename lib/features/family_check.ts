/** Checks that the parts of a rule speak of the same address family. */
import type { Family } from "../model/address.ts";
import type { Finding } from "../model/error.ts";
import type { Directory } from "./directory.ts";
import { familiesOfWord } from "./endpoint_check.ts";
import { error, warning } from "./finding.ts";
import type { Traffic } from "./traffic.ts";

/** A field of a rule, with the families that it allows. */
export interface Constraint {
  readonly field: string;
  readonly families: readonly Family[];
}

/** Two fields that leave no family between them are an error; a single address of the other family is a warning. */
export function checkFamilies(
  traffic: Traffic,
  constraints: readonly Constraint[],
  path: string,
  directory: Directory,
): Finding[] {
  const narrow = constraints.filter(({ families }) => families.length === 1);
  const [first] = narrow;
  if (first === undefined) return [];
  const other = narrow.find(({ families }) => families[0] !== first.families[0]);
  if (other !== undefined) {
    return [error(
      `${path}.${other.field}`,
      `${other.field} is ${printed(other)} only, and ${first.field} is ${printed(first)} only`,
      "a rule matches packets of one family at a time",
    )];
  }
  return (["source", "destination"] as const).flatMap((field) => strangers(traffic, field, first, path, directory));
}

/** Addresses that cannot come up where only the other family is meant. */
function strangers(
  traffic: Traffic,
  field: "source" | "destination",
  { field: reason, families }: Constraint,
  path: string,
  directory: Directory,
): Finding[] {
  return traffic[field].flatMap((word, index) => {
    if (word.startsWith("!")) return [];
    const own = familiesOfWord(word, directory);
    if (own.length === 0 || own.some((family) => families.includes(family))) return [];
    const message = `${directory.name(word)} has no effect: ${reason} is ${printed({ families })} only`;
    return [warning(`${path}.${field}[${index}]`, message)];
  });
}

function printed({ families }: Pick<Constraint, "families">): string {
  return families[0] === 4 ? "IPv4" : "IPv6";
}
