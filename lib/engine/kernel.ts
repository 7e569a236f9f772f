/** nf_tables as the kernel has it: read a table, list all tables, commit a transaction. */
import { NetlinkError } from "../netlink/wire/error.ts";
import type { Message } from "../netlink/wire/message.ts";
import type { Netlink } from "../netlink/socket/connection.ts";
import { bigMemory } from "../netlink/socket/memory.ts";
import type { Batch, Observed } from "../nft/batch.ts";
import {
  dumpRequest,
  generationRequest,
  readChain,
  readDump,
  readGeneration,
  readSet,
  readTable,
} from "../nft/decode.ts";
import { encode } from "../nft/wire.ts";
import type { Chain, TableFamily } from "../nft/ruleset.ts";

const payloads = (messages: readonly Message[]) => messages.map((message) => message.payload);

/** The generation of the whole ruleset: it grows by one with each transaction of anybody. */
export async function readGenerationId(netlink: Netlink): Promise<number> {
  const [answer] = await netlink.request(generationRequest(), "read the generation id of nf_tables");
  if (answer === undefined) throw new Error("the kernel gave no generation id of nf_tables");
  return readGeneration(answer.payload);
}

/** Every table in the kernel, whoever made it. */
export async function listTables(netlink: Netlink): Promise<{ family: TableFamily; name: string }[]> {
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
  const exists = (await listTables(netlink)).some((table) => table.family === family && table.name === name);
  if (!exists) return null;
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
  return readDump(family, name, { chains, rules, sets });
}

/**
 * Commits one transaction: all of it or nothing. With `generation`, only if nobody changed anything since. Throws a
 * `NetlinkError` that names the refused operation, or those of `Netlink.batch`.
 */
export async function commit(netlink: Netlink, batch: Batch, generation?: number): Promise<void> {
  const { bytes, operation } = encode(batch, {
    allocate: bigMemory,
    ...(generation === undefined ? {} : { generation }),
  });
  await netlink.batch(bytes, operation);
}

/** Whether the kernel refused a transaction because somebody else's came first. */
export function isOutdated(error: unknown): boolean {
  return error instanceof NetlinkError && error.code === "ERESTART";
}
