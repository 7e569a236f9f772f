/** Where the daemon's sockets are, inside the run directory. */

/** For the local root. */
export function adminSocket(runDir: string): string {
  return `${runDir}/admin.sock`;
}

/** For the web process, with its callers' sessions and tokens. */
export function apiSocket(runDir: string): string {
  return `${runDir}/api.sock`;
}

/** Headers with which the local root says on whose behalf it works, and where that one sits. */
export const USER_HEADER = "patronus-user";
export const SESSION_HEADER = "patronus-session";
