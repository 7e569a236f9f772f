/** nf_tables as the kernel has it: read a table, list all tables, commit a transaction. */
import { NetlinkError } from "../netlink/wire/error.ts";
import type { Message } from "../netlink/wire/message.ts";
import type { Netlink } from "../netlink/socket/connection.ts";
import { bigMemory } from "../netlink/socket/memory.ts";
import type { Batch, Observed, ObservedRule } from "../nft/batch.ts";
import {
  dumpRequest,
  generationRequest,
  oneRequest,
  readChain,
  readDump,
  readElements,
  readGeneration,
  readRule,
  readSet,
  readTable,
} from "../nft/decode.ts";
import { MESSAGE } from "../nft/messages.ts";
import { type Echo, encode } from "../nft/wire.ts";
import type { Chain, NamedSet, TableFamily } from "../nft/ruleset.ts";

const payloads = (messages: readonly Message[]) => messages.map((message) => message.payload);

/** The generation of the whole ruleset: it grows by one with each transaction of anybody. */
export async function readGenerationId(netlink: Netlink): Promise<number> {
  const [answer] = await netlink.request(generationRequest(), "read the generation id of nf_tables");
  if (answer === undefined) throw new Error("the kernel gave no generation id of nf_tables");
  return readGeneration(answer.payload);
}

/** Every table in the kernel, whoever made it. */
export async function listTables(netlink: Netlink): Promise<ReturnType<typeof readTable>[]> {
  return payloads(await netlink.dump(dumpRequest("tables", "any"), "list tables")).map(readTable);
}

/** Base chains of every table but one: they also decide what passes. */
export async function foreignBaseChains(
  netlink: Netlink,
  own: { family: TableFamily; name: string },
): Promise<{ family: TableFamily; table: string; chain: Chain }[]> {
  const chains = payloads(await netlink.dump(dumpRequest("chains", "any"), "list chains")).map(readChain);
  return chains.filter(({ family, table, chain }) =>
    chain.base !== undefined && (family !== own.family || table !== own.name)
  );
}

/** Reads one table; null where it does not exist. */
export async function readTableState(netlink: Netlink, family: TableFamily, name: string): Promise<Observed | null> {
  const found = (await listTables(netlink)).find((table) => table.family === family && table.name === name);
  if (found === undefined) return null;
  const operation = `read table ${family} ${name}`;
  const dump = (what: "chains" | "rules" | "sets") => netlink.dump(dumpRequest(what, family, name), operation);
  // The rules first: they take the longest, and the caller may have other work meanwhile.
  const rules = payloads(await dump("rules"));
  const chains = payloads(await dump("chains"));
  const sets: { set: Uint8Array; elements: Uint8Array[] }[] = [];
  for (const { payload } of await dump("sets")) {
    const read = readSet(payload);
    if (read === null || read.table !== name) continue;
    const elements = payloads(await netlink.dump(dumpRequest("elements", family, name, read.set.name), operation));
    sets.push({ set: payload, elements });
  }
  const observed = readDump(family, name, { chains, rules, sets });
  return found.dormant ? { ...observed, dormant: true } : observed;
}

/** A rule of the kernel's with the chain that it is in. */
export interface TakenRule {
  readonly chain: string;
  readonly rule: ObservedRule;
}

export interface CommitOptions {
  /** Only if nobody changed anything since. */
  readonly generation?: number;
  /** Which rules the kernel is to repeat; of those that it takes, for few only. */
  readonly echo?: Echo;
}

/** The rules that the kernel repeated, in the order of the operations. */
export interface Echoed {
  readonly taken: readonly TakenRule[];
  /** Rules that are no more, with their last counters. */
  readonly ended: readonly ObservedRule[];
}

/**
 * Commits one transaction: all of it or nothing. Gives the rules that the kernel was asked to repeat.
 * Throws a `NetlinkError` that names the refused operation, or those of `Netlink.batch`.
 */
export async function commit(netlink: Netlink, batch: Batch, options: CommitOptions = {}): Promise<Echoed> {
  const { bytes, operation } = encode(batch, { allocate: bigMemory, ...options });
  const repeated = await netlink.batch(bytes, operation);
  const rules = (wanted: number) =>
    repeated.filter(({ type }) => type === wanted).map(({ payload }) => readRule(payload));
  return { taken: rules(MESSAGE.NEWRULE), ended: rules(MESSAGE.DELRULE).map(({ rule }) => rule) };
}

/** One rule as it is now. Throws ENOENT where it is gone. */
export async function readOneRule(
  netlink: Netlink,
  family: TableFamily,
  table: string,
  place: Place,
): Promise<ObservedRule> {
  const operation = `read rule ${place.handle} of chain ${place.chain}`;
  const [answer] = await netlink.request(oneRequest(family, table, place), operation);
  if (answer === undefined) throw new Error(`cannot ${operation}: the kernel gave none`);
  return readRule(answer.payload).rule;
}

/** Where a rule stands. */
interface Place {
  readonly chain: string;
  readonly handle: bigint;
}

/** One set with its elements, also one inside a rule. Null for types that Patronus does not make. */
export async function readOneSet(
  netlink: Netlink,
  family: TableFamily,
  table: string,
  set: string,
): Promise<NamedSet | null> {
  const operation = `read set ${set}`;
  const [answer] = await netlink.request(oneRequest(family, table, { set }), operation);
  const read = answer === undefined ? null : readSet(answer.payload);
  if (read === null) return null;
  const elements = payloads(await netlink.dump(dumpRequest("elements", family, table, set), operation));
  return { ...read.set, elements: readElements(elements, read.set) };
}

/** Whether the kernel refused a transaction because somebody else's came first. */
export function isOutdated(error: unknown): boolean {
  return error instanceof NetlinkError && error.code === "ERESTART";
}
