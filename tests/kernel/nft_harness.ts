/** Loads a ruleset both ways, as text with the real `nft` and natively, and reads it back both ways. */
import { commit, readTableState } from "../../lib/engine/kernel.ts";
import { NETFILTER, NetlinkConnection } from "../../lib/netlink/socket/connection.ts";
import { decodeTable } from "../../lib/nft/decode_rule.ts";
import { loadTable } from "../../lib/nft/load_table.ts";
import type { Table } from "../../lib/nft/ruleset.ts";
import { printTable } from "../../lib/nft/text.ts";
import { assertPrivateNetwork } from "../private_network.ts";

assertPrivateNetwork();

/** Runs `nft`; throws with what it said when it fails. */
export function nft(args: string[], input = ""): string {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, input);
    const all = input === "" ? args : [...args, "-f", path];
    const { success, stdout, stderr } = new Deno.Command("nft", { args: all, env: { TZ: "UTC" } }).outputSync();
    if (!success) throw new Error(`nft ${args.join(" ")}: ${new TextDecoder().decode(stderr)}\n${input}`);
    return new TextDecoder().decode(stdout);
  } finally {
    Deno.removeSync(path);
  }
}

export const flush = (): string => nft(["flush", "ruleset"]);

export function connect(options: { sendBuffer?: number; receiveBuffer?: number } = {}): NetlinkConnection {
  return NetlinkConnection.open(NETFILTER, options);
}

/** `nft -j list ruleset` without handles and the program's own version. */
export function listing(): unknown[] {
  const { nftables } = JSON.parse(nft(["-j", "list", "ruleset"])) as { nftables: unknown[] };
  return JSON.parse(JSON.stringify(nftables.slice(1), (key, value) => key === "handle" ? undefined : value));
}

export async function loadNatively(netlink: NetlinkConnection, tables: readonly Table[]): Promise<void> {
  for (const table of tables) {
    await commit(netlink, { family: table.family, table: table.name, operations: loadTable(table) });
  }
}

export function loadText(tables: readonly Table[]): void {
  nft([], tables.map(printTable).join("\n"));
}

/** What the kernel holds, decoded. */
export async function readBack(netlink: NetlinkConnection, table: Table): Promise<Table | null> {
  const observed = await readTableState(netlink, table.family, table.name);
  return observed === null ? null : decodeTable(observed);
}
