/** What several commands have to say of the machine. */
import type { ForeignChain, Lockout } from "../../engine/plan.ts";
import type { Block } from "../../model/command.ts";

/** What to say where nothing was ever edited or applied, or what is left of that is in the kernel alone. */
export function noConfiguration(strange: { readonly version: number | null } | null): Block[] {
  const rest: Block[] = strange === null
    ? []
    : [{ kind: "line", text: [{ text: `the kernel holds ${strangeText(strange.version)}`, tone: "bad" }] }];
  return [
    { kind: "line", text: ["there is no configuration yet"] },
    ...rest,
    { kind: "hint", text: "patronus firewall init makes a first one from what this machine has" },
  ];
}

/** Rules of Patronus in the kernel that are of no version of this store; version 0 is what boot loads without a store. */
export function strangeText(version: number | null): string {
  if (version === 0) return "the rescue rules, loaded at boot for want of a store";
  return version === null ? "rules of another store" : `rules of another store, its version ${version}`;
}

/** Base chains of other tables: they too may drop what Patronus accepts. */
export function foreignBlocks(foreign: readonly ForeignChain[]): Block[] {
  return [
    {
      kind: "line",
      text: [{ text: "note: ", tone: "accent" }, "other tables of this machine also decide what passes:"],
    },
    ...foreign.map((chain): Block => ({ kind: "line", text: [{ text: `  ${foreignWords(chain)}`, tone: "dim" }] })),
  ];
}

/** `ip filter FORWARD: hook forward, priority 0, policy drop`. */
export function foreignWords({ family, table, chain, hook, priority, policy }: ForeignChain): string {
  return `${family} ${table} ${chain}: hook ${hook}, priority ${priority}, policy ${policy}`;
}

/** Says which connections of the caller's own would end. */
export function lockoutBlocks(lockouts: readonly Lockout[]): Block[] {
  return [
    { kind: "line", text: [{ text: "WARNING: applying this cuts you off", tone: "bad" }] },
    ...lockouts.map((lockout): Block => {
      const [who, fate] = lockoutWords(lockout);
      return { kind: "line", text: ["  ", { text: who, tone: "strong" }, fate] };
    }),
  ];
}

/** Which connection ends, and how: `your own session` and `, from 192.0.2.7 to 192.0.2.1 port 22, would be …`. */
export function lockoutWords({ connection, from, to, port, by }: Lockout): [who: string, fate: string] {
  const who = connection === "established" ? "your own session" : "a new session like yours";
  return [who, `, from ${from} to ${to} port ${port}, would be stopped by ${by}`];
}
