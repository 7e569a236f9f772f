/** Where benchmarks run: a directory, a private network, and a socket to the kernel that loads and empties its ruleset. */
import { type Engine, openEngine } from "../../lib/engine/mod.ts";
import { commit, listTables } from "../../lib/engine/kernel.ts";
import type { Document } from "../../lib/features/document.ts";
import { NETFILTER, NetlinkConnection } from "../../lib/netlink/socket/connection.ts";
import { assertPrivateNetwork } from "../private_network.ts";
import type { Place } from "./program.ts";

const USER = "bench";
/** Milliseconds that the kernel has for freeing what was unloaded: it does so behind the transaction. */
const PAUSE = 30;
/** Milliseconds behind which the engine takes no reading of counters for new. */
const REST = 1100;

export class Site {
  readonly netlink: NetlinkConnection;
  #places = 0;

  /** Throws where the network is not a private one. */
  constructor(readonly directory: string) {
    assertPrivateNetwork();
    this.netlink = NetlinkConnection.open(NETFILTER);
  }

  /** A place of its own for a store. */
  place(): Place {
    const place = `${this.directory}/${this.#places++}`;
    return { stateDir: `${place}/state`, runDir: `${place}/run`, user: USER };
  }

  /** Writes a file and gives its path. */
  file(name: string, text: string): string {
    const path = `${this.directory}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  /** Removes all tables, and waits until the kernel has done with it. */
  async flush(): Promise<void> {
    for (const { family, name } of await listTables(this.netlink)) {
      await commit(this.netlink, { family, table: name, operations: [{ op: "delete-table" }] });
    }
    await this.pause();
  }

  /** Lets the kernel do what it has put off: it would hold up the next transaction. */
  pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, PAUSE));
  }

  close(): void {
    this.netlink.close();
  }
}

/** Opens an engine and applies a document to an empty ruleset. */
export async function openWith(site: Site, place: Place, document: Document): Promise<Engine> {
  await site.flush();
  const engine = await openEngine(place);
  try {
    edit(engine, document);
    await engine.apply();
    return engine;
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** Makes a document the candidate over the newest version. */
export function edit({ store }: Engine, document: Document): void {
  store.saveCandidate(USER, store.head()?.number ?? null, document);
}

/** Waits until the engine's reading of the kernel is no longer fresh, as it is between the edits of a person. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST));
}
