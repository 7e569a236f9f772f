/** Where Patronus keeps what it writes. Directories are 0700, files 0600. */

/** Survives reboots: the store and the last good copy. `PATRONUS_STATE_DIR` places it elsewhere. */
export function stateDirectory(): string {
  return Deno.env.get("PATRONUS_STATE_DIR") || "/var/lib/patronus";
}

/** Gone after a reboot: lock and sockets. `PATRONUS_RUN_DIR` places it elsewhere. */
export function runDirectory(): string {
  return Deno.env.get("PATRONUS_RUN_DIR") || "/run/patronus";
}

/** The database, inside the state directory. */
export function databasePath(directory: string): string {
  return `${directory}/patronus.db`;
}

/** The newest confirmed version in readable form, inside the state directory. */
export function lastGoodPath(directory: string): string {
  return `${directory}/last-good.json`;
}
