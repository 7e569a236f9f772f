/** Which fields each type of NAT rule has. */
import type { Finding } from "../../model/error.ts";
import { error } from "../finding.ts";
import type { NatRule } from "./schema.ts";

type Type = NatRule["type"];

/** Fields that some types have and others have not. */
const OPTIONAL = [
  "in",
  "out",
  "source",
  "source_port",
  "destination",
  "destination_port",
  "to",
  "to_port",
  "external",
  "internal",
  "hairpin",
  "random_port",
  "persistent",
] as const;

type Field = (typeof OPTIONAL)[number];

const MATCH: readonly Field[] = ["source", "source_port", "destination", "destination_port"];

/** What each type has, beside what all rules have. */
export const FIELDS: Readonly<Record<Type, readonly Field[]>> = {
  "masquerade": ["in", "out", ...MATCH, "to_port", "random_port"],
  "snat": ["in", "out", ...MATCH, "to", "to_port", "random_port", "persistent"],
  "dnat": ["in", ...MATCH, "to", "to_port", "hairpin", "persistent"],
  "redirect": ["in", ...MATCH, "to_port"],
  "one-to-one": ["in", "out", "external", "internal"],
  "nptv6": ["in", "out", "external", "internal"],
};

/** Why a field makes no sense, where the type alone does not say it. */
const REASONS: Partial<Record<Field, Partial<Record<Type, string>>>> = {
  out: {
    dnat: "a destination changes before it is known where the packet goes out",
    redirect: "a destination changes before it is known where the packet goes out",
  },
  to: { masquerade: "the new source is the address of the interface that the packet goes out of; snat takes one" },
  source: { "one-to-one": "internal says it", nptv6: "internal says it" },
  destination: { "one-to-one": "external says it", nptv6: "external says it" },
};

/** Fields that a rule has, but its type has not. */
export function checkFields(rule: NatRule, path: string): Finding[] {
  const own = FIELDS[rule.type];
  return OPTIONAL.filter((field) => !own.includes(field) && isGiven(rule[field])).map((field) => {
    const types = Object.entries(FIELDS).filter(([, fields]) => fields.includes(field)).map(([type]) => type);
    const hint = REASONS[field]?.[rule.type] ?? `${field} belongs to ${types.join(", ")}`;
    return error(`${path}.${field}`, `type ${rule.type} has no ${field}`, hint);
  });
}

function isGiven(value: NatRule[Field]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}
