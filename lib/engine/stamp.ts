/** The stamp: one rule in a chain without a hook says which version is in the kernel. Every transaction replaces it. */
import type { Observed } from "../nft/batch.ts";
import type { Rule, Table } from "../nft/ruleset.ts";

export interface Stamp {
  readonly version: number;
  /** The version's digest: a number alone would also fit a version of another store. */
  readonly digest: string;
}

/** The stamp of a ruleset that is no version: what boot loads for want of a store. */
export const UNVERSIONED: Stamp = { version: 0, digest: "0" };

const CHAIN = "stamp";
const PATTERN = /^stamp: version (\d+) digest ([0-9a-f]+)$/;

function stampRule({ version, digest }: Stamp): Rule {
  return {
    comment: `stamp: version ${version} digest ${digest}`,
    statements: [{ kind: "verdict", verdict: { type: "return" } }],
  };
}

/** Whether two stamps are of one version of one store. */
export function isSame(a: Stamp | null, b: Stamp): boolean {
  return a?.version === b.version && a.digest === b.digest;
}

/** The table with its stamp. */
export function withStamp(table: Table, stamp: Stamp): Table {
  return { ...table, chains: [...table.chains, { name: CHAIN, rules: [stampRule(stamp)] }] };
}

/** What the kernel's table says of itself; null without a stamp. */
export function readStamp(observed: Observed | null): Stamp | null {
  const [, version, digest] = PATTERN.exec(observed?.rules.get(CHAIN)?.[0]?.comment ?? "") ?? [];
  return version === undefined || digest === undefined ? null : { version: Number(version), digest };
}

/** What the kernel holds, but for the stamp. */
export function withoutStamp(observed: Observed): Observed {
  const rules = new Map(observed.rules);
  rules.delete(CHAIN);
  return { ...observed, chains: observed.chains.filter((chain) => chain.name !== CHAIN), rules };
}
