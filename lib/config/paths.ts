/** Where Patronus keeps what it writes. Directories are 0700, files 0600. */

/** Survives reboots: the store and the last good copy. `PATRONUS_STATE_DIR` places it elsewhere. */
export function stateDirectory(): string {
  return Deno.env.get("PATRONUS_STATE_DIR") || "/var/lib/patronus";
}

/** Gone after a reboot: lock and sockets. `PATRONUS_RUN_DIR` places it elsewhere. */
export function runDirectory(): string {
  return Deno.env.get("PATRONUS_RUN_DIR") || "/run/patronus";
}

/** The machine's own settings: of those Patronus writes resolv.conf. `PATRONUS_ETC_DIR` places it elsewhere. */
export function etcDirectory(): string {
  return Deno.env.get("PATRONUS_ETC_DIR") || "/etc";
}

/** The database, inside the state directory. */
export function databasePath(directory: string): string {
  return `${directory}/patronus.db`;
}

/** The newest confirmed version in readable form, inside the state directory. */
export function lastGoodPath(directory: string): string {
  return `${directory}/last-good.json`;
}

/** The way in for administrators, for the day when neither can be read; inside the state directory. */
export function rescuePath(directory: string): string {
  return `${directory}/rescue.json`;
}

/** What resolv.conf was before Patronus wrote it, inside the state directory. */
export function resolverBeforePath(directory: string): string {
  return `${directory}/resolv-before.json`;
}

/** How the names of texts begin that `config edit` has in work, or keeps where they were refused; inside the state directory. */
export const EDIT_PREFIX = "edit-";

/** Whether a name in the state directory is one that Patronus gives. */
export function isOwnFile(name: string): boolean {
  return ["patronus.db", "last-good.json", "rescue.json", "resolv-before.json", EDIT_PREFIX].some((own) =>
    name.startsWith(own)
  );
}
