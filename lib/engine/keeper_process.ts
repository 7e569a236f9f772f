/**
 * Starts the process that keeps the network while no daemon does. It has a session of its own, so that neither a closed
 * terminal nor a cut connection ends it.
 */
import { resolve } from "node:path";
import type { LinkState, NetworkState } from "../features/network_state.ts";
import { startDetached } from "./detached.ts";
import { ETC } from "./resolver.ts";

/** Where it writes what happens, inside the run directory. */
export function logPath(runDir: string): string {
  return `${runDir}/network.log`;
}

/** Whether a state needs somebody to keep it: it sets something up that can come and go. */
export function isKept({ links, routes }: NetworkState): boolean {
  return routes.length > 0 || links.some(isSetUp);
}

/** Whether a state says more of a device than its name. */
export function isSetUp({ made, addresses, mtu, mac, vlans }: LinkState): boolean {
  return [made, addresses, mtu, mac, vlans].some((setting) => setting !== undefined);
}

/** Held as long as one runs; null where one runs already. */
export function keeperLock(runDir: string): Deno.FsFile | null {
  Deno.mkdirSync(runDir, { recursive: true, mode: 0o755 });
  const file = Deno.openSync(`${runDir}/keeper.lock`, { read: true, write: true, create: true, mode: 0o600 });
  if (file.tryLockSync(true)) return file;
  file.close();
  return null;
}

/** Directories that it works with. */
export interface KeeperPlaces {
  readonly stateDir: string;
  readonly runDir: string;
  readonly etcDir?: string;
}

/** Whether one runs. */
export function keeperRuns(runDir: string): boolean {
  const lock = keeperLock(runDir);
  lock?.close();
  return lock === null;
}

/** Starts a keeper unless one runs, and waits until it listens. Gives whether it did; throws where it does not start. */
export async function startKeeper(options: KeeperPlaces): Promise<boolean> {
  if (keeperRuns(options.runDir)) return false;
  await startDetached("keep.ts", [resolve(options.stateDir), resolve(options.runDir), resolve(options.etcDir ?? ETC)], {
    message: "the process that keeps the network does not start",
    hint: "devices that appear later are not set up; patronus apply sets up those that are there",
  });
  return true;
}
