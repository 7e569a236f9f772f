/** Checks of aliases: members of the right kind, no cycles, and notes on what is merged. */
import type { Finding } from "../../model/error.ts";
import { NAME } from "../../model/id.ts";
import type { Directory } from "../directory.ts";
import type { Document } from "../document.ts";
import { error, PLACES } from "../finding.ts";
import { addressComplaint } from "./contents.ts";
import { overlaps } from "./overlap.ts";
import type { Alias } from "./schema.ts";

/** Aliases in aliases in aliases: deeper than anybody can follow. */
const DEEPEST = 32;

/** Kinds that an alias may hold: a network alias takes whatever is an address. */
const HOLDS: Readonly<Record<Alias["type"], readonly Alias["type"][]>> = {
  host: ["host"],
  network: ["network", "host"],
  port: ["port"],
};

const MEMBERS: Readonly<Record<Alias["type"], string>> = {
  host: "addresses and ranges",
  network: "addresses, networks and ranges",
  port: "ports (0-65535) and ranges as 8000-8100",
};

export function checkAliases(document: Document, directory: Directory): Finding[] {
  return [
    ...document.aliases.flatMap((alias) => [
      ...members(alias, directory),
      ...nested(alias, directory),
      ...overlaps(alias, directory.contents.get(alias.id)),
    ]),
    ...cycles(document, directory),
  ];
}

function members(alias: Alias, directory: Directory): Finding[] {
  return (directory.contents.get(alias.id)?.wrong ?? []).map((index) => {
    const member = alias.members[index] ?? "";
    const { message, hint } = complaint(alias, member, directory);
    return error(`${PLACES.alias(alias)}.members[${index}]`, message, hint);
  });
}

function complaint({ type }: Alias, member: string, directory: Directory): { message: string; hint?: string } {
  const hint = `it holds ${MEMBERS[type]}, and aliases of its kind`;
  if (member.startsWith("!")) return { message: `an alias cannot exclude ${member.slice(1)}`, hint: "rules can" };
  if (NAME.test(member)) return directory.unknown(["alias"], member);
  if (type === "port") return { message: `${member} is no port`, hint };
  if (type === "host" && member.includes("/")) {
    return { message: `${member} is a network, and this a host alias`, hint: 'networks belong to type = "network"' };
  }
  return { hint, ...addressComplaint(member) };
}

function nested(alias: Alias, directory: Directory): Finding[] {
  if ((directory.contents.get(alias.id)?.nested.length ?? 0) === 0) return [];
  return alias.members.flatMap((member, index) => {
    const inner = directory.alias(member);
    if (inner === undefined || HOLDS[alias.type].includes(inner.type)) return [];
    return [error(
      `${PLACES.alias(alias)}.members[${index}]`,
      `${inner.name} is a ${inner.type} alias, and this a ${alias.type} alias`,
      `it holds ${MEMBERS[alias.type]}, and aliases of its kind`,
    )];
  });
}

function cycles(document: Document, directory: Directory): Finding[] {
  const { cycles, depths } = directory.nesting;
  const circles = cycles.map((cycle) => {
    const [first = ""] = cycle;
    const names = [...cycle, first].map((id) => directory.name(id));
    return error(
      `aliases.${names[0]}.members`,
      `the alias ${names[0]} holds itself: ${names.join(" → ")}`,
      "take one of them out of the other",
    );
  });
  const deep = document.aliases.filter(({ id }) => (depths.get(id) ?? 0) === DEEPEST + 1).map((alias) =>
    error(`${PLACES.alias(alias)}.members`, `aliases are nested more than ${DEEPEST} deep here`)
  );
  return [...circles, ...deep];
}
